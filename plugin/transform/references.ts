import { lookUp, walk } from './scope.ts'
import { isFunction, nodeAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** Where an imported name is used. */
interface Reference {
  readonly node: SyntaxNode
  readonly name: string
  /** `{ name }`; or somewhere in the constructor of `new name.Inner()`, which must not look like a call. */
  readonly form: 'plain' | 'shorthand' | 'constructed'
}

/** Where names come from. */
interface Imported {
  /** What declares them. */
  readonly declaration: SyntaxNode
  /** For `const { name } = await import(…)`: what it is declared with. */
  readonly init?: SyntaxNode | undefined
}

export interface References {
  readonly references: readonly Reference[]
  /** Used in code that runs later than the module itself. */
  readonly live: ReadonlySet<string>
  /** Named in an `export { … }`. */
  readonly passedOn: ReadonlySet<string>
}

/** Finds the uses of imported names in a module. */
export function referencesTo(program: SyntaxNode, names: ReadonlyMap<string, Imported>): References {
  const references: Reference[] = []
  const live = new Set<string>()
  const passedOn = new Set<string>()
  const constructed = new Set<SyntaxNode>()
  let functionEnd = -1
  walk(program, (node, scope, parent) => {
    if (node.start >= functionEnd && (isFunction(node) || node.type === 'PropertyDefinition')) functionEnd = node.end
    const callee = node.type === 'NewExpression' ? nodeAt(node, 'callee') : undefined
    if (callee) constructed.add(callee)
    const object = constructed.has(node) && node.type === 'MemberExpression' ? nodeAt(node, 'object') : undefined
    if (object) constructed.add(object)
    if (node.type !== 'Identifier') return
    const name = node.name as string
    const imported = names.get(name)
    const binding = imported && lookUp(name, scope)
    if (imported === undefined || binding === undefined || isInside(node, imported.declaration)) return
    if (binding.kind !== 'import' && (binding.kind !== 'value' || binding.init !== imported.init)) return
    if (parent?.type === 'ExportSpecifier') {
      passedOn.add(name)
      return
    }
    const isShorthand = parent?.type === 'Property' && parent.shorthand === true
    if (isShorthand ? nodeAt(parent, 'key') === node && nodeAt(parent, 'value') !== node : !isReference(node, parent))
      return
    references.push({ node, name, form: isShorthand ? 'shorthand' : constructed.has(node) ? 'constructed' : 'plain' })
    if (node.start < functionEnd) live.add(name)
  })
  return { references: unique(references), live, passedOn }
}

function isInside(node: SyntaxNode, { start, end }: SyntaxNode): boolean {
  return start <= node.start && node.end <= end
}

/** Parsers may use one node for the key and the value of `{ name }`. */
function unique(references: readonly Reference[]): Reference[] {
  return [...new Map(references.map((reference) => [reference.node.start, reference])).values()]
}

const named = new Set(['Property', 'MethodDefinition', 'PropertyDefinition', 'AccessorProperty', 'ImportAttribute'])
const labelled = new Set(['LabeledStatement', 'BreakStatement', 'ContinueStatement', 'MetaProperty'])

function isReference(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (parent === undefined || labelled.has(parent.type) || parent.type.startsWith('Import')) {
    return parent?.type === 'ImportExpression'
  }
  if (parent.computed === true) return true
  if (parent.type === 'MemberExpression') return nodeAt(parent, 'property') !== node
  return !named.has(parent.type) || nodeAt(parent, 'key') !== node
}
