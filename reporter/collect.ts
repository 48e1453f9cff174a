/** Takes the plain data of a run out of Vitest's objects; everything after this file is pure. */
import { join, relative } from 'node:path'
import type { TestCase, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import type { CataloguedSite, SimulationMeta } from './contract.ts'
import { isForeignVersion, isSimulationMeta, readCatalogue, readSimulation } from './read-meta.ts'
import type { DeadSimulation } from './dead-workers.ts'
import { whyIncomplete } from './completeness.ts'

/** One simulation that ran, with paths relative to the root of the run. */
export interface CollectedSimulation {
  readonly file: string
  readonly project: string
  readonly name: string
  readonly fullName: string
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending'
  /** `simulation.fails`: Vitest's state is the verdict, the failures are wanted. */
  readonly expectedToFail: boolean
  readonly meta: SimulationMeta
}

/** One run, as plain data. */
export interface CollectedRun {
  readonly simulations: readonly CollectedSimulation[]
  /** Simulations that are known but did not run. */
  readonly skipped: number
  readonly catalogue: readonly CataloguedSite[]
  /** Why this run says nothing about sites that no simulation evaluated; null when it does. */
  readonly incomplete: string | null
  readonly warnings: readonly string[]
}

const forward = (path: string): string => path.replaceAll('\\', '/')

/**
 * Makes a path relative to the root of this run. A merged blob may come from another checkout: the part of the
 * module's absolute path before its relative one tells where that was.
 */
function relativePaths(module: TestModule, root: string): (file: string) => string {
  const id = forward(module.moduleId)
  const suffix = `/${forward(module.relativeModuleId)}`
  const here = module.project.config.root
  const origin = id.endsWith(suffix) ? id.slice(0, -suffix.length) : here
  return (file) => {
    const path = forward(relative(root, join(here, relative(origin, file))))
    return path.startsWith('../../../') ? forward(file) : path // Far away, the whole path says more.
  }
}

const withRelativePaths = (meta: SimulationMeta, path: (file: string) => string): SimulationMeta => ({
  ...meta,
  sites: meta.sites.map((site) => (site.file === undefined ? site : { ...site, file: path(site.file) })),
  ...(Array.isArray(meta.evaluated) && {
    evaluated: meta.evaluated.map((place) => ({ ...place, file: path(place.file) })),
  }),
})

const hasRun = (test: TestCase, meta: SimulationMeta): boolean =>
  test.result().state !== 'skipped' || meta.iterations > 0 || meta.status === 'interrupted'

/**
 * The modules to report. Merging blobs of another checkout, Vitest looks its modules up under ids made from paths, does
 * not find them, and leaves them out of what it hands to reporters (seen on 4.1.12); its state has them all.
 */
const everyModule = (vitest: Vitest, modules: readonly TestModule[]): readonly TestModule[] =>
  vitest.config.mergeReports ? vitest.state.getTestModules() : modules

/** A worker that died could not report the seed that ran. */
function withLastSeed(
  meta: SimulationMeta,
  { moduleId, project }: TestModule,
  { fullName }: TestCase,
  dead: readonly DeadSimulation[],
): SimulationMeta {
  const mine = dead.find(
    ({ file, test, project: name }) => file === moduleId && test === fullName && name === project.name,
  )
  if (mine === undefined || meta.status !== 'running') return meta
  return { ...meta, iterations: mine.failure.iteration - 1, failures: [mine.failure] }
}

/** Reads the simulations and the catalogue of a finished run. */
export function collectRun(
  vitest: Vitest,
  modules: readonly TestModule[],
  reason: TestRunEndReason,
  isRerun: boolean,
  dead: readonly DeadSimulation[] = [],
): CollectedRun {
  const simulations: CollectedSimulation[] = []
  const catalogue: CataloguedSite[] = []
  const warnings: string[] = []
  let skipped = 0
  let leftOut = false
  for (const module of everyModule(vitest, modules)) {
    const path = relativePaths(module, vitest.config.root)
    const file = path(module.moduleId)
    for (const site of readCatalogue(module.meta())) catalogue.push({ ...site, file: path(site.file) })
    for (const test of module.children.allTests()) {
      const raw = readSimulation(test.meta())
      if (!raw) continue
      if (isForeignVersion(raw)) warnings.push(`${test.fullName} was reported by another version of vitest-simulation`)
      else if (!isSimulationMeta(raw) || !hasRun(test, raw)) {
        skipped += 1
        leftOut ||= isSimulationMeta(raw) && raw.skipsItself !== true
      } else
        simulations.push({
          file,
          project: module.project.name,
          name: test.name,
          fullName: test.fullName,
          state: test.result().state,
          expectedToFail: test.options.fails === true,
          meta: withRelativePaths(withLastSeed(raw, module, test, dead), path),
        })
    }
  }
  const incomplete =
    whyIncomplete(vitest, everyModule(vitest, modules), reason, isRerun) ??
    (leftOut ? 'simulations were left out (.only)' : null)
  const unused = unusedPlan(simulations)
  if (unused !== undefined) warnings.push(unused)
  simulations.sort((a, b) => compare(a.file, b.file) || compare(a.project, b.project))
  return {
    simulations,
    skipped,
    catalogue,
    incomplete,
    warnings,
  }
}

/** SIMULATION_PLAN says for which test it is. */
function unusedPlan(simulations: readonly CollectedSimulation[]): string | undefined {
  const plans = simulations.flatMap(({ meta: { plan } }) => (typeof plan?.test === 'string' ? [plan] : []))
  if (plans[0] === undefined || plans.some(({ used }) => used)) return undefined
  return `SIMULATION_PLAN was not used: it is for '${plans[0].test}', which did not run; the tests above ran their whole seed`
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
