/** One node of the syntax tree that `this.parse` returns (ESTree; offsets count UTF-16 units). */
export interface SyntaxNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [property: string]: unknown
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string'
}

export function nodeAt(node: SyntaxNode, property: string): SyntaxNode | undefined {
  const value = node[property]
  return isNode(value) ? value : undefined
}

export function nodesAt(node: SyntaxNode, property: string): SyntaxNode[] {
  const value = node[property]
  return Array.isArray(value) ? value.filter(isNode) : []
}

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = []
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) found.push(...value.filter(isNode))
    else if (isNode(value)) found.push(value)
  }
  return found
}

export function isFunction(node: SyntaxNode): boolean {
  return (
    node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration'
  )
}

/** The expression without parentheses, `(0, x)` and optional-chain wrappers. */
export function bare(node: SyntaxNode): SyntaxNode {
  if (node.type === 'ParenthesizedExpression' || node.type === 'ChainExpression') {
    const inner = nodeAt(node, 'expression')
    return inner ? bare(inner) : node
  }
  if (node.type === 'SequenceExpression') {
    const last = nodesAt(node, 'expressions').at(-1)
    return last ? bare(last) : node
  }
  return node
}

/** The name of an identifier, of a string key (`import { 'a' as b }`), or undefined. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  if (!node) return undefined
  if (node.type === 'Identifier') return node.name as string
  return literalText(node)
}

/** The text of a string literal or of a template without expressions. */
export function literalText(node: SyntaxNode | undefined): string | undefined {
  if (node?.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node?.type === 'TemplateLiteral' && nodesAt(node, 'expressions').length === 0) {
    const value = nodesAt(node, 'quasis')[0]?.value as { cooked?: string | null } | undefined
    return value?.cooked ?? undefined
  }
  return undefined
}

/** The property that a member expression reads, when it is written out (`a.b`, `a['b']`). */
export function memberName(node: SyntaxNode): string | undefined {
  const property = nodeAt(node, 'property')
  return node.computed === true ? literalText(property) : nameOf(property)
}

/** A name that the module does not have. */
export function freeName(code: string, word: string): string {
  let name = `__simulation_${word}__`
  while (code.includes(name)) name += '_'
  return name
}
