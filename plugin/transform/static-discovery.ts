import type { Definition, Findings } from './definitions.ts'
import type { SourceEdit } from './source-edits.ts'
import { collectedModifiers } from '../options/modifiers.ts'
import { bare, nameOf, nodeAt, nodesAt } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** The tag that every simulation test carries when the plugin is there. */
export const simulationTag = 'simulation'

const collected: readonly string[] = collectedModifiers

/** Bound to nothing, and visible to the collector by its end. */
const visibleName = '__simulationTest'

/**
 * Makes simulations visible to Vitest's static collection (`vitest list`, the VS Code extension).
 *
 * The collector sees a call as a test when its first name is `it`, `test…` or `…Test`, after Vite has rewritten
 * imports to `__vite_ssr_import_0__.name` (packages/vitest/src/node/ast-collect.ts, 4.1 and 5.1). So `simulation`,
 * `simulation.with(…).test` and a constant made from them are invisible, and `simulationTest.with(…)` is taken for a
 * test of its own. Here every definition gets, inside its first argument, a call that is never evaluated and that the
 * collector does read; an imported `simulationTest` becomes `simulation` (the same function), so that nothing is seen
 * twice. What runs does not change.
 */
export function discoveryEdits(code: string, { definitions, visibleNames }: Findings): SourceEdit[] {
  const edits: SourceEdit[] = []
  for (const node of visibleNames) {
    if (node.type === 'ImportSpecifier') {
      const local = nameOf(nodeAt(node, 'local'))
      edits.push({ start: node.start, end: node.end, text: `simulation as ${local}` })
    } else edits.push({ start: node.start, end: node.end, text: 'simulation' })
  }
  for (const definition of definitions) {
    if (definition.api.visible) continue
    const { name } = definition
    edits.push(
      {
        start: name.start,
        end: name.start,
        text: `(false&&${announcement(code, definition)},`,
        at: at(definition),
      },
      { start: name.end, end: name.end, text: ')' },
    )
  }
  return edits
}

function announcement(code: string, { api, name, options }: Definition): string {
  const chain = api.modifiers.filter((modifier) => collected.includes(modifier))
  const settings: string[] = []
  const tags: string[] = [`'${simulationTag}'`]
  for (const source of [...api.options, ...(options ? [options] : [])]) {
    for (const property of nodesAt(bare(source), 'properties')) {
      const key = nameOf(nodeAt(property, 'key'))
      const value = nodeAt(property, 'value')
      if (!key || !value) continue
      if (key === 'tags') tags.push(...literalsIn(code, value))
      else if (collected.includes(key)) settings.push(`${key}:${oneLine(code, value)}`)
    }
  }
  const callee = [visibleName, ...chain].join('.') + (api.dynamic ? '.each()' : '')
  return `${callee}(${oneLine(code, name)},{${[...settings, `tags:[${tags.join(',')}]`].join(',')}})`
}

function literalsIn(code: string, node: SyntaxNode): string[] {
  const candidates = node.type === 'ArrayExpression' ? nodesAt(node, 'elements') : [node]
  return candidates.filter(({ type }) => type === 'Literal').map((literal) => oneLine(code, literal))
}

function oneLine(code: string, node: SyntaxNode): string {
  return code.slice(node.start, node.end).replace(/\s*[\r\n]+\s*/g, ' ')
}

/** Where the test is said to be: where Vitest says it of `test`, and at `.test` when that follows a `.with(…)` (as at run time). */
function at({ call, callee }: Definition): number {
  if (callee.type === 'Identifier') return call.start
  if (callee.type !== 'MemberExpression') return callee.end
  const property = nodeAt(callee, 'property')
  return property && goesThroughCall(callee) ? property.start : call.start
}

function goesThroughCall(member: SyntaxNode): boolean {
  const object = nodeAt(member, 'object')
  return object?.type === 'CallExpression' || (object?.type === 'MemberExpression' && goesThroughCall(object))
}
