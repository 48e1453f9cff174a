import { packageName } from './contract.ts'
import { everything, lookUp } from './scope.ts'
import type { Scope } from './scope.ts'
import { siteFunctions } from './site-functions.ts'
import { bare, memberName, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** What an expression is to this plugin. */
export type Meaning =
  /** Calling it defines a test: `simulation`, `simulation.test.skip`, `mine.each(cases)`. */
  | ApiMeaning
  /** Calling it gives something that defines tests. */
  | { readonly kind: 'cases' | 'condition' | 'with'; readonly of: ApiMeaning }
  /** Calling it evaluates an assertion or a buggify site. */
  | { readonly kind: 'site'; readonly name: string }
  /** `import * as name`. */
  | { readonly kind: 'namespace' }

export interface ApiMeaning {
  readonly kind: 'api'
  /** skip, only, todo, concurrent: what a static collector reads from the chain. */
  readonly modifiers: readonly string[]
  /** Options given to `.with(…)`. */
  readonly options: readonly SyntaxNode[]
  /** After `.each(…)` or `.for(…)`. */
  readonly dynamic: boolean
  /** True when Vitest's static collection recognises the name by itself. */
  readonly visible: boolean
}

const doors = [packageName, `${packageName}/sdk`]
const flags = new Set(['test', 'skip', 'only', 'todo', 'fails', 'concurrent', 'sequential'])

/** Vitest's own rule (packages/vitest/src/node/ast-collect.ts, the same in 4.1 and 5.1). */
export function isVisible(name: string): boolean {
  return ['it', 'describe', 'suite'].includes(name) || name.startsWith('test') || name.endsWith('Test')
}

export function isOurs(source: unknown): boolean {
  return typeof source === 'string' && doors.includes(source)
}

/** What an expression is, when the module says so: through imports, aliases, constants, destructuring and chains. */
export function meaningOf(expression: SyntaxNode, scope: Scope, depth = 0): Meaning | undefined {
  if (depth > 50) return undefined
  const node = bare(expression)
  switch (node.type) {
    case 'Identifier':
      return meaningOfName(node.name as string, scope, depth)
    case 'MemberExpression': {
      const object = nodeAt(node, 'object')
      const name = memberName(node)
      if (!object || name === undefined) return undefined
      return memberOf(meaningOf(object, scope, depth + 1), name)
    }
    case 'CallExpression': {
      const callee = nodeAt(node, 'callee')
      return callee && resultOf(meaningOf(callee, scope, depth + 1), nodesAt(node, 'arguments'))
    }
    case 'TaggedTemplateExpression': {
      const tag = nodeAt(node, 'tag')
      return tag && resultOf(meaningOf(tag, scope, depth + 1), [])
    }
    default:
      return undefined
  }
}

function meaningOfName(name: string, scope: Scope, depth: number): Meaning | undefined {
  const binding = lookUp(name, scope)
  if (!binding) return undefined
  switch (binding.kind) {
    case 'opaque':
      return undefined
    case 'import':
      if (!isOurs(binding.source)) return undefined
      return binding.imported === everything ? { kind: 'namespace' } : exported(binding.imported, false)
    case 'value': {
      let meaning = meaningOf(binding.init, binding.scope, depth + 1)
      for (const key of binding.path) meaning = memberOf(meaning, key)
      return meaning?.kind === 'api' ? { ...meaning, visible: isVisible(name) } : meaning
    }
  }
}

/** The transform renames an imported `simulationTest` to `simulation`, so neither is visible. */
function exported(name: string, visible: boolean): Meaning | undefined {
  if (name === 'simulation' || name === 'simulationTest') {
    return { kind: 'api', modifiers: [], options: [], dynamic: false, visible }
  }
  if (name === 'test') return { kind: 'api', modifiers: [], options: [], dynamic: false, visible: true }
  return siteFunctions.has(name) ? { kind: 'site', name } : undefined
}

function memberOf(meaning: Meaning | undefined, name: string): Meaning | undefined {
  if (meaning?.kind === 'namespace') return exported(name, false)
  if (meaning?.kind !== 'api') return undefined
  if (flags.has(name)) return { ...meaning, modifiers: [...meaning.modifiers, name] }
  if (name === 'each' || name === 'for') return { kind: 'cases', of: meaning }
  if (name === 'skipIf' || name === 'runIf') return { kind: 'condition', of: meaning }
  if (name === 'with') return { kind: 'with', of: meaning }
  return siteFunctions.has(name) ? { kind: 'site', name } : undefined
}

function resultOf(meaning: Meaning | undefined, args: readonly SyntaxNode[]): Meaning | undefined {
  switch (meaning?.kind) {
    case 'cases':
      return { ...meaning.of, dynamic: true }
    case 'condition':
      return { ...meaning.of, modifiers: [...meaning.of.modifiers, 'skip'] }
    case 'with':
      // a collector never sees a chain that goes through a call, whatever its first name is
      return { ...meaning.of, options: [...meaning.of.options, ...args.slice(0, 1)], visible: false }
    default:
      return undefined
  }
}
