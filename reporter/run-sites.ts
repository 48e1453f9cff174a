/** Every assertion of a run, over all simulations that evaluated it. */
import type { SiteRow } from './site-row.ts'
import { closestOf } from './watermark.ts'

/** One assertion. Two places of one name are two, unless places are not known. */
export interface RunSite extends SiteRow {
  /** Runs the first seed that reached it, and keeps its timeline; null: none did, or the command is not known. */
  readonly see: string | null
  /** Labels of the simulations that evaluated it. */
  readonly tests: readonly string[]
}

/** A simulation, its sites, and the command that runs seed 0 of it. */
interface Simulated {
  readonly label: string
  readonly sites: readonly SiteRow[]
  readonly replay: string | null
}

/** The command that runs `seed` and keeps its timeline, made from the one that runs seed 0. */
const seeCommand = (seed: number | null, replay: string | null): string | null =>
  seed === null || replay === null
    ? null
    : `SIMULATION_TIMELINE=1 ${replay.replace('SIMULATION_SEED=0 ', `SIMULATION_SEED=${seed} `)}`

/** One entry a site, in the order in which simulations first mention them. */
export function runSites(rows: readonly Simulated[]): RunSite[] {
  const all = new Map<string, RunSite>()
  for (const { label, sites, replay } of rows) {
    for (const site of sites) {
      const key = JSON.stringify([site.kind, site.name, site.place])
      const one = { ...site, see: seeCommand(site.firstSeed, replay), tests: [label] }
      const known = all.get(key)
      all.set(key, known === undefined ? one : add(known, one))
    }
  }
  return [...all.values()]
}

function add(a: RunSite, b: RunSite): RunSite {
  const { watermark = null, bound = null } = closestOf(markOf(a), markOf(b))
  const { firstSeed, see } = a.firstSeed === null ? b : a
  return {
    ...a,
    hits: a.hits + b.hits,
    misses: a.misses + b.misses,
    iterationsHit: a.iterationsHit + b.iterationsHit,
    iterations: a.iterations + b.iterations,
    watermark,
    bound,
    firstSeed,
    see,
    tests: [...a.tests, ...b.tests],
  }
}

const markOf = ({ kind, watermark, bound }: SiteRow): Parameters<typeof closestOf>[0] => ({
  kind,
  watermark: watermark ?? undefined,
  bound: bound ?? undefined,
})
