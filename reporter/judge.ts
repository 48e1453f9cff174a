/** The verdict over all simulations of a run: which catalogued sites did none of them evaluate? */
import { mustRun } from '../src/assertions/kinds.ts'
import type { CataloguedSite } from './contract.ts'
import type { CollectedRun } from './collect.ts'

export type Judgement =
  | { readonly kind: 'judged'; readonly neverEvaluated: readonly CataloguedSite[] }
  | { readonly kind: 'not judged'; readonly reason: string }

const placeKey = (site: { file?: string; line?: number; name: string }): string =>
  `${site.file}:${site.line}:${site.name}`

const replaysOneSeed = ({ simulations }: CollectedRun): boolean =>
  simulations.some(
    ({ meta }) => (meta.seedSource === 'command line' || meta.seedSource === 'environment') && meta.iterations <= 1,
  )

/** Lists every `sometimes`, `reachable` and `always` of the catalogue that nothing evaluated, if the run may say so. */
export function judgeRun(run: CollectedRun): Judgement {
  if (run.incomplete !== null) return { kind: 'not judged', reason: run.incomplete }
  if (run.simulations.length === 0) return { kind: 'not judged', reason: 'no simulation ran' }
  if (replaysOneSeed(run)) return { kind: 'not judged', reason: 'a single seed was replayed' }
  const evaluated = new Set<string>()
  for (const { meta } of run.simulations) {
    for (const place of meta.evaluated ?? []) evaluated.add(placeKey(place))
    // Reported by an older version: a name stands for all its places.
    if (meta.evaluated === undefined)
      for (const site of meta.sites)
        if (site.hits + site.misses > 0) evaluated.add(site.file === undefined ? site.name : placeKey(site))
  }
  const never = new Map<string, CataloguedSite>()
  for (const site of run.catalogue)
    if (mustRun(site) && !evaluated.has(placeKey(site)) && !evaluated.has(site.name)) never.set(placeKey(site), site)
  const order = (a: CataloguedSite, b: CataloguedSite): number =>
    a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1
  return { kind: 'judged', neverEvaluated: [...never.values()].sort(order) }
}
