import { classKey } from '../options/module-keys.ts'
import { bare, nameOf, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** A class at the top of a module that extends one that it imports: `class Mine extends Base`, `… extends lib.Base`. */
export interface DerivedClass {
  readonly name: string
  /** The statement that declares it. */
  readonly statement: SyntaxNode
  /** What it extends. */
  readonly base: SyntaxNode
  /** The imported name at its head. */
  readonly root: SyntaxNode
}

export function derivedClasses(program: SyntaxNode, names: ReadonlyMap<string, unknown>): DerivedClass[] {
  return nodesAt(program, 'body').flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? nodeAt(statement, 'declaration') : statement
    return declaredClasses(declaration).flatMap(({ name, node }) => {
      const base = nodeAt(node, 'superClass')
      const root = base && rootOf(base)
      if (name === undefined || base === undefined || root === undefined) return []
      if (!names.has(root.name as string)) return []
      return [{ name, statement, base, root }]
    })
  })
}

function declaredClasses(declaration: SyntaxNode | undefined): { name: string | undefined; node: SyntaxNode }[] {
  if (declaration?.type === 'ClassDeclaration') return [{ name: nameOf(nodeAt(declaration, 'id')), node: declaration }]
  if (declaration?.type !== 'VariableDeclaration') return []
  return nodesAt(declaration, 'declarations').flatMap((declarator) => {
    const init = nodeAt(declarator, 'init')
    const node = init && bare(init)
    return node?.type === 'ClassExpression' ? [{ name: nameOf(nodeAt(declarator, 'id')), node }] : []
  })
}

/** The name at the head of `Base` or `lib.Base`. */
function rootOf(base: SyntaxNode): SyntaxNode | undefined {
  let node: SyntaxNode | undefined = bare(base)
  while (node?.type === 'MemberExpression' && node.computed !== true) node = nodeAt(node, 'object')
  return node?.type === 'Identifier' ? node : undefined
}

/** `view`: looks the imported name up. */
export function classText({ name, base, root }: DerivedClass, code: string, file: string, view: string): string {
  const parent = view + code.slice(root.end, base.end)
  return `;globalThis[Symbol.for('${classKey}')]?.(${JSON.stringify(file)},()=>${name},()=>${parent});`
}
