import { setupKey } from '../options/module-keys.ts'
import type { References } from './references.ts'
import type { SourceEdit } from './source-edits.ts'
import { bare, children, isFunction, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/**
 * The statements of a test file that set up what it imports: `dayjs.extend(plugin)`, `configure({ … })`.
 *
 * They are done once for the ordinary modules, and again for those of each iteration. A worker sees which of them define
 * tests or hooks instead: those are done once.
 */
export function setupStatements(
  program: SyntaxNode,
  { references }: References,
  names: ReadonlyMap<string, unknown>,
): SyntaxNode[] {
  return nodesAt(program, 'body').filter((statement) => {
    if (statement.type !== 'ExpressionStatement') return false
    const root = rootOf(nodeAt(statement, 'expression') as SyntaxNode)
    if (root === undefined || !names.has(root)) return false
    return references.some(({ node }) => statement.start <= node.start && node.end <= statement.end)
  })
}

/** The name at the head of what is called or assigned: 'dayjs' of `dayjs.extend(plugin)`. */
function rootOf(expression: SyntaxNode): string | undefined {
  let node: SyntaxNode | undefined = expression
  let isEffect = false
  while (node !== undefined) {
    const at: SyntaxNode = bare(node)
    if (at.type === 'Identifier') return isEffect ? (at.name as string) : undefined
    if (at.type === 'AwaitExpression') node = nodeAt(at, 'argument')
    else if (at.type === 'MemberExpression') node = nodeAt(at, 'object')
    else {
      isEffect = at.type === 'CallExpression' || at.type === 'AssignmentExpression'
      node = isEffect ? nodeAt(at, at.type === 'CallExpression' ? 'callee' : 'left') : undefined
    }
  }
  return undefined
}

export function setupEdits(statement: SyntaxNode, file: string): SourceEdit[] {
  const expression = nodeAt(statement, 'expression') as SyntaxNode
  const waits = hasAwait(expression)
  const call = `(globalThis[Symbol.for('${setupKey}')]??((_,done)=>done()))(${JSON.stringify(file)},${waits ? 'async ' : ''}()=>(`
  return [
    { start: expression.start, end: expression.start, text: `${waits ? 'await' : 'void'} ${call}` },
    { start: expression.end, end: expression.end, text: '))' },
  ]
}

function hasAwait(node: SyntaxNode): boolean {
  return node.type === 'AwaitExpression' || (!isFunction(node) && children(node).some(hasAwait))
}
