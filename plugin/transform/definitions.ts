import { isOurs, meaningOf } from './resolve-meaning.ts'
import type { ApiMeaning, Links } from './meaning.ts'
import { linkedScope, lookUp, walk } from './scope.ts'
import type { Scope } from './scope.ts'
import { bare, isFunction, literalText, memberName, nameOf, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'
import { type SiteKind, siteFunctions } from '../../src/assertions/kinds.ts'

/** A call that defines a simulation test, whatever its form. */
export interface Definition {
  readonly call: SyntaxNode
  readonly callee: SyntaxNode
  readonly api: ApiMeaning
  readonly name: SyntaxNode
  readonly options: SyntaxNode | undefined
  /** The argument to wrap, and the function it stands for. */
  readonly body: { readonly argument: SyntaxNode; readonly fn: SyntaxNode } | undefined
}

/** A call of an assertion or buggify function with a written-out name. */
export interface SiteCall {
  readonly call: SyntaxNode
  readonly kind: SiteKind
  readonly name: string
  /** The argument that names it. */
  readonly argument: SyntaxNode
}

export interface Findings {
  readonly definitions: readonly Definition[]
  readonly sites: readonly SiteCall[]
  /** Where `simulationTest` is written as an imported name: `import { simulationTest }`, `namespace.simulationTest`. */
  readonly visibleNames: readonly SyntaxNode[]
}

/** Everything in one module that this plugin cares about. */
export function findDefinitions(program: SyntaxNode, links: Links): Findings {
  const definitions: Definition[] = []
  const sites: SiteCall[] = []
  const visibleNames: SyntaxNode[] = []
  const visit = (node: SyntaxNode, scope: Scope): void => {
    if (node.type === 'ImportDeclaration') visibleNames.push(...visibleImports(node))
    else if (node.type === 'MemberExpression') {
      const object = nodeAt(node, 'object')
      const property = nodeAt(node, 'property')
      if (property && object && memberName(node) === 'simulationTest' && node.computed !== true) {
        const meaning = meaningOf(object, scope)
        if (meaning?.kind === 'namespace' && !meaning.of) visibleNames.push(property)
      }
    } else if (node.type === 'CallExpression') {
      const callee = nodeAt(node, 'callee')
      const meaning = callee && meaningOf(callee, scope)
      if (callee && meaning?.kind === 'api') {
        const definition = definitionAt(node, callee, meaning, scope)
        if (definition) definitions.push(definition)
      } else if (meaning?.kind === 'site') {
        const site = siteFunctions.get(meaning.name)
        const argument = site && nodesAt(node, 'arguments')[site.nameAt]
        const name = literalText(argument)
        if (site && argument && name !== undefined) sites.push({ call: node, kind: site.kind, name, argument })
      }
    }
  }
  walk(program, visit, linkedScope(links))
  return { definitions, sites, visibleNames }
}

function visibleImports(declaration: SyntaxNode): SyntaxNode[] {
  if (!isOurs(nodeAt(declaration, 'source')?.value)) return []
  return nodesAt(declaration, 'specifiers').filter(
    (specifier) => specifier.type === 'ImportSpecifier' && nameOf(nodeAt(specifier, 'imported')) === 'simulationTest',
  )
}

function definitionAt(call: SyntaxNode, callee: SyntaxNode, api: ApiMeaning, scope: Scope): Definition | undefined {
  const [name, second, third] = nodesAt(call, 'arguments')
  if (!name || name.type === 'SpreadElement') return undefined
  const body = bodyAt(second, scope) ?? bodyAt(third, scope)
  const options = second && bare(second).type === 'ObjectExpression' ? bare(second) : undefined
  return { call, callee, api, name, options, body }
}

/** A function written in place, or a name that stands for a function of this module. */
function bodyAt(argument: SyntaxNode | undefined, scope: Scope): Definition['body'] {
  if (!argument) return undefined
  const node = bare(argument)
  if (isFunction(node)) return { argument, fn: node }
  if (node.type !== 'Identifier') return undefined
  const binding = lookUp(node.name as string, scope)
  if (binding?.kind !== 'value' || binding.path.length > 0) return undefined
  const fn = bare(binding.init)
  return isFunction(fn) ? { argument, fn } : undefined
}
