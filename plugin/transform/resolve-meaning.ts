import { modifiers } from '../options/modifiers.ts'
import { packageName } from '../../reporter/contract.ts'
import { everything, linksOf, lookUp } from './scope.ts'
import type { Meaning } from './meaning.ts'
import type { Scope } from './scope.ts'
import { siteFunctions } from '../../src/assertions/kinds.ts'
import { bare, memberName, nameOf, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

const doors = [packageName, `${packageName}/sdk`]
const chained = new Set<string>(['test', ...modifiers])

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
      return memberOf(meaningOf(object, scope, depth + 1), name, depth + 1)
    }
    case 'ObjectExpression':
      return { kind: 'namespace', of: (name, at) => propertyOf(node, name, scope, at + 1) }
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

export function meaningOfName(name: string, scope: Scope, depth: number): Meaning | undefined {
  const binding = lookUp(name, scope)
  if (!binding) return undefined
  switch (binding.kind) {
    case 'opaque':
      return undefined
    case 'import':
      return meaningOfImport(binding.source, binding.imported, scope, depth + 1)
    case 'value': {
      let meaning = meaningOf(binding.init, binding.scope, depth + 1)
      for (const key of binding.path) meaning = memberOf(meaning, key, depth + 1)
      return meaning?.kind === 'api' ? { ...meaning, visible: isVisible(name) } : meaning
    }
  }
}

/** What a module exports under a name, or all of it. */
export function meaningOfImport(
  source: string | undefined,
  imported: string,
  scope: Scope,
  depth: number,
): Meaning | undefined {
  if (isOurs(source)) return imported === everything ? { kind: 'namespace' } : exported(imported, false)
  const of = source === undefined ? undefined : linksOf(scope)?.get(source)
  if (!of) return undefined
  return imported === everything ? { kind: 'namespace', of } : fromElsewhere(of(imported, depth), imported)
}

/** Options are written in the text of the other module; a static collector sees the name under which it is imported. */
function fromElsewhere(meaning: Meaning | undefined, imported: string): Meaning | undefined {
  if (meaning?.kind === 'api') return { ...meaning, options: [], visible: isVisible(imported) }
  return meaning && 'of' in meaning && meaning.kind !== 'namespace'
    ? { ...meaning, of: { ...meaning.of, options: [], visible: isVisible(imported) } }
    : meaning
}

function propertyOf(object: SyntaxNode, name: string, scope: Scope, depth: number): Meaning | undefined {
  for (const property of nodesAt(object, 'properties').reverse()) {
    const spread = property.type === 'SpreadElement' ? nodeAt(property, 'argument') : undefined
    if (spread) {
      const meaning = memberOf(meaningOf(spread, scope, depth), name, depth)
      if (meaning) return meaning
    } else if (property.computed !== true && nameOf(nodeAt(property, 'key')) === name) {
      const value = nodeAt(property, 'value')
      return value && meaningOf(value, scope, depth)
    }
  }
  return undefined
}

/** The transform renames an imported `simulationTest` to `simulation`, so neither is visible. */
function exported(name: string, visible: boolean): Meaning | undefined {
  if (name === 'simulation' || name === 'simulationTest') {
    return { kind: 'api', modifiers: [], options: [], dynamic: false, visible }
  }
  if (name === 'test') return { kind: 'api', modifiers: [], options: [], dynamic: false, visible: true }
  return siteFunctions.has(name) ? { kind: 'site', name } : undefined
}

function memberOf(meaning: Meaning | undefined, name: string, depth: number): Meaning | undefined {
  if (meaning?.kind === 'namespace') {
    return meaning.of ? fromElsewhere(meaning.of(name, depth), name) : exported(name, false)
  }
  if (meaning?.kind !== 'api') return undefined
  if (chained.has(name)) return { ...meaning, modifiers: [...meaning.modifiers, name] }
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
