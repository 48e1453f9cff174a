import { SourceMap } from 'node:module'
import type { SourceMapPayload } from 'node:module'
import type { CataloguedSite } from '../../reporter/contract.ts'
import type { Findings } from './definitions.ts'
import type { SourceEdit } from './source-edits.ts'
import { freeName } from './syntax.ts'
import type { SyntaxNode } from './syntax.ts'

/** `Map<file, CataloguedSite[]>` on globalThis, filled by every transformed module when it has run to its end. */
export const catalogueKey = 'vitest-simulation.catalogue'

/** `(body, sites) => body` on globalThis, called with the body of a test and the sites written inside it. */
export const bodyKey = 'vitest-simulation.body'

/** `Map<file, Uint8Array>` on globalThis: a 1 for each site of the file that was evaluated since somebody wrote a 0. */
export const evaluatedKey = 'vitest-simulation.evaluated'

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
 * A site whose line never runs is known all the same, which is what "never evaluated by any simulation" needs. Each one
 * notes that it was evaluated where its name is written: a name may have several places, and whatever the function is
 * called there, this costs one write into a byte array.
 */
export function catalogueEdits(
  code: string,
  { sites: calls, definitions }: Findings,
  sites: readonly CataloguedSite[],
  file: string,
): SourceEdit[] {
  if (sites.length === 0) return []
  const [sitesName, bodyName, marksName, openName] = ['sites', 'body', 'marks', 'open'].map((word) =>
    freeName(code, word),
  )
  const around = (node: SyntaxNode, before: string, after: string): SourceEdit[] => [
    { start: node.start, end: node.start, text: before },
    { start: node.end, end: node.end, text: after },
  ]
  // Opened by the first site that needs them: in a circle of imports it may be called before this module has begun.
  const edits = calls.flatMap(({ argument }, index) =>
    around(argument, `((${marksName}??=${openName}())[${index}]=1,`, ')'),
  )
  const text = JSON.stringify(file)
  const statements = [
    `(globalThis[Symbol.for('${catalogueKey}')]??=new Map()).set(${text},${sitesName}());`,
    `function ${sitesName}(){return ${JSON.stringify(sites)}}`,
    `var ${marksName};`,
    // A module that is loaded again goes on with the marks it has.
    `function ${openName}(){const all=globalThis[Symbol.for('${evaluatedKey}')]??=new Map();let marks=all.get(${text});` +
      `if(marks?.length!==${sites.length})all.set(${text},marks=new Uint8Array(${sites.length}));return marks}`,
  ]
  for (const { body } of definitions) {
    if (!body) continue
    const inside = calls.flatMap(({ call }, index) =>
      call.start >= body.fn.start && call.end <= body.fn.end ? [index] : [],
    )
    if (inside.length > 0) edits.push(...around(body.argument, `${bodyName}(`, `,[${inside.join(',')}])`))
  }
  if (edits.length > 2 * calls.length) {
    statements.push(
      `function ${bodyName}(body,inside){const sites=${sitesName}();` +
        `return globalThis[Symbol.for('${bodyKey}')]?.(body,inside.map((index)=>sites[index]))??body}`,
    )
  }
  edits.push({ start: code.length, end: code.length, text: `\n;${statements.join('')}` })
  return edits
}
