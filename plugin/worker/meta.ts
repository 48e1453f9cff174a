import type { RunnerTestFile } from 'vitest'
import { type FamilyCount, isInert } from '../../src/chaos/faults.ts'
import type { SimulationResult, SiteResult } from '../../src/runner/check-simulation.ts'
import {
  describeControl,
  plannedIterations,
  toIterationControl,
  defaultControl,
} from '../../src/runner/iteration-control.ts'
import type { FailureSummary, SimulationMeta, SiteCount, SitePlace } from '../../reporter/contract.ts'
import type { ProvidedSimulation } from '../options/provided.ts'
import { judgedSites } from './body-sites.ts'
import { catalogue, evaluatedSites } from './evaluated-sites.ts'
import type { TestSettings } from './settings.ts'

/** What the reporter may know before the test runs. */
export function plannedMeta(settings: TestSettings): SimulationMeta {
  const control = toIterationControl(settings.options.iterations ?? defaultControl)
  return {
    version: 1,
    status: 'running',
    control: describeControl(control),
    planned: settings.alone ? 1 : plannedIterations(control),
    iterations: 0,
    seed: settings.seed,
    seedSource: settings.seedSource,
    stopReason: null,
    virtualMs: 0,
    realMs: 0,
    events: 0,
    sites: [],
    faults: [],
    failures: [],
    warnings: [],
    slow: settings.slow,
  }
}

/** The whole result as plain JSON. */
export function resultMeta(
  settings: TestSettings,
  result: SimulationResult,
  failures: FailureSummary[],
): SimulationMeta {
  const inert = new Set(inertFamilies(result))
  return {
    ...plannedMeta(settings),
    status: result.status,
    planned: result.planned,
    iterations: result.iterations,
    stopReason: result.stopReason,
    virtualMs: result.virtualMs,
    realMs: result.realMs,
    events: result.events,
    sites: siteCounts(result.sites, settings.options.sometimes ?? []),
    evaluated: evaluatedSites(),
    faults: result.families.map((family) => ({ ...family, inert: inert.has(family) })),
    ...(result.operations.length > 0 && { operations: [...result.operations] }),
    ...(result.unheard.length > 0 && { unheard: [...result.unheard] }),
    failures,
    warnings: [result.notReproducible, result.unusedFaults, ...warningsOf(result)].filter((text) => text !== undefined),
  }
}

/** Built-in sites count only where the test asks for them by name. */
function siteCounts(sites: readonly SiteResult[], named: readonly string[]): SiteCount[] {
  const known = catalogue()
  const evaluated = evaluatedSites()
  return sites
    .filter((site) => !site.builtin || named.includes(site.name))
    .map(({ kind, name, required, hits, misses, iterationsHit, watermark, bound, firstSeed }) => {
      const places = known.filter((site) => site.kind === kind && site.name === name)
      const isEvaluated = (site: SitePlace): boolean =>
        evaluated.some(({ file, line }) => file === site.file && line === site.line)
      const place = places.find(isEvaluated) ?? places[0]
      return {
        kind,
        name,
        ...(place !== undefined && { file: place.file, line: place.line }),
        required,
        hits,
        misses,
        iterationsHit,
        ...(watermark !== undefined && { watermark }),
        ...(bound !== undefined && { bound }),
        ...(firstSeed !== undefined && { firstSeed }),
      }
    })
}

/** A few iterations say nothing. */
function inertFamilies({ iterations, families }: SimulationResult): FamilyCount[] {
  return iterations < 10 ? [] : families.filter((one) => isInert(one, families))
}

/** Faults and sites that were on and never did anything. */
function warningsOf(result: SimulationResult): string[] {
  const warnings: string[] = []
  for (const { family, injected } of inertFamilies(result)) {
    const what = injected === 0 ? 'was never injected' : `was injected ${injected}× without any effect`
    warnings.push(`inert fault: ${family} ${what} in ${result.iterations} iterations`)
  }
  // A site is active in a quarter of the seeds: fewer iterations say nothing.
  if (result.iterations < 40 || !result.families.some(({ family }) => family === 'buggify')) return warnings
  for (const { kind, name, hits, misses } of result.sites) {
    if (kind !== 'buggify' || hits > 0 || misses === 0) continue
    warnings.push(`inert fault: buggify site '${name}' never fired in ${result.iterations} iterations`)
  }
  return warnings
}

/** Puts the catalogue where the reporter finds it; called after each simulation of the file. */
export function fileMeta(file: RunnerTestFile, { part }: ProvidedSimulation): void {
  file.meta.simulationSites = judgedSites(catalogue())
  if (part !== undefined) file.meta.simulationPart = part
}
