import type { CataloguedSite, SitePlace } from '../../reporter/contract.ts'

const catalogueKey = Symbol.for('vitest-simulation.catalogue')
const evaluatedKey = Symbol.for('vitest-simulation.evaluated')

const shared = globalThis as unknown as {
  [catalogueKey]?: Map<string, CataloguedSite[]>
  [evaluatedKey]?: Map<string, Uint8Array>
}

/** What the transform found in the modules that this worker has loaded. */
export function catalogue(): CataloguedSite[] {
  return [...(shared[catalogueKey]?.values() ?? [])].flat()
}

/** Forgets which sites were evaluated: what runs from now on counts. */
export function forgetEvaluatedSites(): void {
  for (const marks of shared[evaluatedKey]?.values() ?? []) marks.fill(0)
}

/** The sites of the catalogue that were evaluated since. */
export function evaluatedSites(): SitePlace[] {
  return [...(shared[evaluatedKey] ?? [])].flatMap(([file, marks]) =>
    (shared[catalogueKey]?.get(file) ?? [])
      .filter((site, index) => marks[index] === 1 && site.kind !== 'buggify')
      .map(({ name, line }) => ({ name, file, line })),
  )
}
