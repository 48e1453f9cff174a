import type { Links } from './meaning.ts'
import { children, isFunction, nameOf, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** What a name stands for, as far as the source says it. */
export type Binding =
  | { readonly kind: 'import'; readonly source: string; readonly imported: string }
  /** `const name = init`, or `const { path: name } = init`; a function declaration is its own init. */
  | { readonly kind: 'value'; readonly init: SyntaxNode; readonly path: readonly string[]; readonly scope: Scope }
  | { readonly kind: 'opaque' }

export interface Scope {
  readonly parent: Scope | undefined
  readonly names: Map<string, Binding>
  /** Of the outermost scope: what the modules export that the names are imported from. */
  readonly links?: Links
}

/** The imported name of `import * as name`. */
export const everything = '*'

export function lookUp(name: string, scope: Scope | undefined): Binding | undefined {
  for (let at = scope; at; at = at.parent) {
    const binding = at.names.get(name)
    if (binding) return binding
  }
  return undefined
}

/** The scope around a module, which says where its imports lead. */
export function linkedScope(links: Links): Scope {
  return { parent: undefined, names: new Map(), links }
}

/** The scope of a whole module. */
export function moduleScope(program: SyntaxNode, links: Links): Scope {
  return open(program, linkedScope(links))
}

export function linksOf(scope: Scope): Links | undefined {
  let outermost = scope
  while (outermost.parent) outermost = outermost.parent
  return outermost.links
}

/** The names that a statement declares, exported or not. */
export function declaredBy(statement: SyntaxNode): ReadonlyMap<string, Binding> {
  const scope: Scope = { parent: undefined, names: new Map() }
  declareLexical([statement], scope)
  return scope.names
}

type Visit = (node: SyntaxNode, scope: Scope, parent: SyntaxNode | undefined) => void

/** Visits every node with the scope in which its names are looked up. */
export function walk(node: SyntaxNode, visit: Visit, outer?: Scope, parent?: SyntaxNode): void {
  const scope = open(node, outer)
  visit(node, scope, parent)
  for (const child of children(node)) walk(child, visit, scope, node)
}

const opaque: Binding = { kind: 'opaque' }

function open(node: SyntaxNode, parent: Scope | undefined): Scope {
  const scope: Scope = { parent, names: new Map() }
  if (node.type === 'Program') {
    for (const statement of nodesAt(node, 'body')) declareImports(statement, scope)
    declareVars(node, scope)
    declareLexical(nodesAt(node, 'body'), scope)
  } else if (isFunction(node)) {
    if (node.type === 'FunctionExpression') declarePattern(nodeAt(node, 'id'), scope)
    for (const parameter of nodesAt(node, 'params')) declarePattern(parameter, scope)
    const body = nodeAt(node, 'body')
    if (body && !isFunction(body)) declareVars(body, scope)
  } else if (node.type === 'BlockStatement' || node.type === 'StaticBlock') {
    declareLexical(nodesAt(node, 'body'), scope)
  } else if (node.type === 'SwitchStatement') {
    for (const branch of nodesAt(node, 'cases')) declareLexical(nodesAt(branch, 'consequent'), scope)
  } else if (node.type === 'ForStatement' || node.type === 'ForInStatement' || node.type === 'ForOfStatement') {
    const head = nodeAt(node, 'init') ?? nodeAt(node, 'left')
    if (head) declareLexical([head], scope)
  } else if (node.type === 'CatchClause') {
    declarePattern(nodeAt(node, 'param'), scope)
  } else if (node.type === 'ClassExpression') {
    declarePattern(nodeAt(node, 'id'), scope)
  }
  return scope.names.size > 0 || !parent ? scope : parent
}

function declareImports(statement: SyntaxNode, scope: Scope): void {
  if (statement.type !== 'ImportDeclaration') return
  const source = nodeAt(statement, 'source')?.value
  for (const specifier of nodesAt(statement, 'specifiers')) {
    const local = nameOf(nodeAt(specifier, 'local'))
    if (!local || typeof source !== 'string') continue
    const imported =
      specifier.type === 'ImportNamespaceSpecifier'
        ? everything
        : specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : (nameOf(nodeAt(specifier, 'imported')) ?? local)
    scope.names.set(local, { kind: 'import', source, imported })
  }
}

function declareLexical(statements: readonly SyntaxNode[], scope: Scope): void {
  for (const statement of statements) {
    const exported = statement.type.startsWith('Export') ? nodeAt(statement, 'declaration') : undefined
    const declaration = exported ?? statement
    if (declaration.type === 'VariableDeclaration') declareVariables(declaration, scope)
    else if (declaration.type === 'ClassDeclaration') declarePattern(nodeAt(declaration, 'id'), scope)
    else if (declaration.type === 'FunctionDeclaration') {
      const name = nameOf(nodeAt(declaration, 'id'))
      if (name) scope.names.set(name, { kind: 'value', init: declaration, path: [], scope })
    }
  }
}

/** `var` belongs to the function, wherever it stands in it. */
function declareVars(node: SyntaxNode, scope: Scope): void {
  for (const child of children(node)) {
    if (isFunction(child)) continue
    if (child.type === 'VariableDeclaration' && child.kind === 'var') declareVariables(child, scope)
    declareVars(child, scope)
  }
}

function declareVariables(declaration: SyntaxNode, scope: Scope): void {
  for (const declarator of nodesAt(declaration, 'declarations')) {
    declarePattern(nodeAt(declarator, 'id'), scope, nodeAt(declarator, 'init'))
  }
}

function declarePattern(
  pattern: SyntaxNode | undefined,
  scope: Scope,
  init?: SyntaxNode,
  path: readonly string[] = [],
): void {
  if (!pattern) return
  switch (pattern.type) {
    case 'Identifier':
      scope.names.set(pattern.name as string, init ? { kind: 'value', init, path, scope } : opaque)
      return
    case 'ObjectPattern':
      for (const property of nodesAt(pattern, 'properties')) {
        const key = property.computed === true ? undefined : nameOf(nodeAt(property, 'key'))
        if (key !== undefined) declarePattern(nodeAt(property, 'value'), scope, init, [...path, key])
        else declarePattern(nodeAt(property, 'value') ?? nodeAt(property, 'argument'), scope)
      }
      return
    case 'ArrayPattern':
      for (const element of nodesAt(pattern, 'elements')) declarePattern(element, scope)
      return
    case 'AssignmentPattern':
      declarePattern(nodeAt(pattern, 'left'), scope)
      return
    case 'RestElement':
      declarePattern(nodeAt(pattern, 'argument'), scope)
      return
  }
}
