/** Adds up the counters of one simulation that ran in slices, one Vitest project a slice. */
import type { FaultCount, OperationCount, SimulationMeta, SiteCount, UnheardCount } from './contract.ts'
import type { CollectedSimulation } from './collect.ts'
import { closestOf } from './watermark.ts'

/** The projects made by `simulationProjects(count)`. */
const sliceName = /^sim \d+\/\d+$/

const siteKey = (site: SiteCount): string => [site.kind, site.name, site.file, site.line].join('\0')

function addBy<T>(items: readonly T[], key: (item: T) => string, add: (a: T, b: T) => T): T[] {
  const sums = new Map<string, T>()
  for (const item of items) {
    const previous = sums.get(key(item))
    sums.set(key(item), previous === undefined ? item : add(previous, item))
  }
  return [...sums.values()]
}

const firstOf = (firstSeed: number | undefined): { firstSeed?: number } =>
  firstSeed === undefined ? {} : { firstSeed }

/** Sums of sites. */
export const addSites = (sites: readonly SiteCount[]): SiteCount[] =>
  addBy(sites, siteKey, (a, b) => ({
    ...a,
    required: a.required || b.required,
    hits: a.hits + b.hits,
    misses: a.misses + b.misses,
    iterationsHit: a.iterationsHit + b.iterationsHit,
    ...firstOf(a.firstSeed ?? b.firstSeed),
    ...closestOf(a, b),
  }))

const addFaults = (faults: readonly FaultCount[]): FaultCount[] =>
  addBy(
    faults,
    (fault) => fault.family,
    (a, b) => ({
      ...a,
      injected: a.injected + b.injected,
      effective: a.effective + b.effective,
      // What did something in one slice is not inert.
      ...(a.inert !== undefined && b.inert !== undefined && { inert: a.inert && b.inert }),
    }),
  )

const addOperations = (operations: readonly OperationCount[]): OperationCount[] =>
  addBy(
    operations,
    ({ name }) => name,
    (a, b) => ({ ...a, ok: a.ok + b.ok, failed: a.failed + b.failed, unknown: a.unknown + b.unknown }),
  )

const addUnheard = (errors: readonly UnheardCount[]): UnheardCount[] =>
  addBy(
    errors,
    ({ node, method, name }) => [node, method, name].join('\0'),
    (a, b) => ({ ...a, count: a.count + b.count }),
  )

const statusRank = { failed: 3, running: 2, interrupted: 1, passed: 0 } as const

function addMetas(a: SimulationMeta, b: SimulationMeta): SimulationMeta {
  const worst = (statusRank[b.status] ?? 2) > (statusRank[a.status] ?? 2) ? b : a
  return {
    ...worst,
    seed: a.seed,
    seedSource: a.seedSource,
    planned: a.planned === null || b.planned === null ? null : a.planned + b.planned,
    iterations: a.iterations + b.iterations,
    virtualMs: a.virtualMs + b.virtualMs,
    realMs: a.realMs + b.realMs,
    events: a.events + b.events,
    sites: addSites([...a.sites, ...b.sites]),
    faults: addFaults([...a.faults, ...b.faults]),
    operations: addOperations([...(a.operations ?? []), ...(b.operations ?? [])]),
    unheard: addUnheard([...(a.unheard ?? []), ...(b.unheard ?? [])]),
    failures: [...a.failures, ...b.failures],
    warnings: [...new Set([...a.warnings, ...b.warnings])],
  }
}

const stateRank = { failed: 3, pending: 2, skipped: 1, passed: 0 } as const

const addSimulations = (a: CollectedSimulation, b: CollectedSimulation): CollectedSimulation => ({
  ...a,
  state: stateRank[b.state] > stateRank[a.state] ? b.state : a.state,
  meta: addMetas(a.meta, b.meta),
})

/** One entry a test: slices of the same test are added, tests of other projects stay apart. */
export function mergeSlices(simulations: readonly CollectedSimulation[]): CollectedSimulation[] {
  const seen = new Map<string, number>()
  const keyed = simulations.map((simulation) => {
    const test = `${simulation.file}\0${simulation.fullName}`
    const inProject = `${simulation.project}\0${test}`
    const occurrence = seen.get(inProject) ?? 0 // Vitest allows one name twice in a file.
    seen.set(inProject, occurrence + 1)
    const isSlice = sliceName.test(simulation.project)
    return {
      key: `${isSlice ? '' : simulation.project}\0${test}\0${occurrence}`,
      simulation: isSlice ? { ...simulation, project: '' } : simulation,
    }
  })
  return addBy(
    keyed,
    ({ key }) => key,
    (a, b) => ({ key: a.key, simulation: addSimulations(a.simulation, b.simulation) }),
  ).map(({ simulation }) => simulation)
}
