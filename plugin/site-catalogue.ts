import { SourceMap } from 'node:module'
import type { SourceMapPayload } from 'node:module'
import type { CataloguedSite } from './contract.ts'
import type { Findings } from './definitions.ts'
import type { SourceEdit } from './source-edits.ts'

/** `Map<file, CataloguedSite[]>` on globalThis, filled by every transformed module when it has run to its end. */
export const catalogueKey = 'vitest-simulation.catalogue'

/** `(body, sites) => body` on globalThis, called with the body of a test and the sites written inside it. */
export const bodyKey = 'vitest-simulation.body'

const sitesName = '__simulation_sites__'
const bodyName = '__simulation_body__'

/** Lists the sites of a module with the lines the user wrote. */
export function catalogueSites(
  code: string,
  { sites }: Findings,
  file: string,
  combinedMap: () => unknown,
): CataloguedSite[] {
  if (sites.length === 0) return []
  const map = new SourceMap(combinedMap() as SourceMapPayload)
  return sites.map(({ call, kind, name }) => {
    const before = code.slice(0, call.start)
    const line = before.split('\n').length - 1
    const column = call.start - (before.lastIndexOf('\n') + 1)
    const entry = map.findEntry(line, column)
    return { kind, name, file, line: ('originalLine' in entry ? entry.originalLine : line) + 1 }
  })
}

/**
 * Makes the module tell its sites: all of them into the catalogue, those written inside the body of a test to that body.
 *
 * A site whose line never runs is known all the same, which is what "never evaluated by any simulation" needs.
 */
export function catalogueEdits(
  code: string,
  { sites: calls, definitions }: Findings,
  sites: readonly CataloguedSite[],
  file: string,
): SourceEdit[] {
  if (sites.length === 0) return []
  const edits: SourceEdit[] = []
  for (const { body } of definitions) {
    if (!body) continue
    const inside = calls.flatMap(({ call }, index) =>
      call.start >= body.fn.start && call.end <= body.fn.end ? [index] : [],
    )
    if (inside.length === 0) continue
    const { start, end } = body.argument
    edits.push({ start, end: start, text: `${bodyName}(` }, { start: end, end, text: `,[${inside.join(',')}])` })
  }
  const statements = [
    `(globalThis[Symbol.for('${catalogueKey}')]??=new Map()).set(${JSON.stringify(file)},${sitesName}());`,
    `function ${sitesName}(){return ${JSON.stringify(sites)}}`,
  ]
  if (edits.length > 0) {
    statements.push(
      `function ${bodyName}(body,inside){const sites=${sitesName}();` +
        `return globalThis[Symbol.for('${bodyKey}')]?.(body,inside.map((index)=>sites[index]))??body}`,
    )
  }
  edits.push({ start: code.length, end: code.length, text: `\n;${statements.join('')}` })
  return edits
}
