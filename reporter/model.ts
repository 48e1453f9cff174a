/** What the report says, as plain data: every output format is a function of this. */
import { isGoal } from '../src/assertions/kinds.ts'
import type { FailureSummary, OperationCount, SeedSource, SiteCount, UnheardCount } from './contract.ts'
import type { CollectedRun, CollectedSimulation } from './collect.ts'
import { faultRows, type FaultRow } from './fault-rows.ts'
import { judgeRun, type Judgement } from './judge.ts'
import { mergeSlices } from './merge.ts'
import { type RunSite, runSites } from './run-sites.ts'
import { type SiteRow, siteRow } from './site-row.ts'

export type Outcome = 'passed' | 'failed' | 'interrupted'

/** One simulation. */
export interface ReportRow {
  readonly label: string
  readonly file: string
  readonly outcome: Outcome
  readonly iterations: number
  readonly planned: number | null
  readonly seed: number
  readonly seedSource: SeedSource
  /** Set when the test took longer than its slow period. */
  readonly slow: { readonly elapsedMs: number; readonly periodMs: number } | null
  readonly sometimes: { readonly reached: number; readonly total: number }
  /** Required sites that no iteration reached. */
  readonly never: readonly SiteRow[]
  /** Sites that fewer than 5 % of the iterations reached. */
  readonly rare: readonly SiteRow[]
  /** Every assertion: what a verbose report shows. */
  readonly sites: readonly SiteRow[]
  /** Of its workloads; empty: it has none. */
  readonly operations: readonly OperationCount[]
  /** Errors of handlers that reached nobody, the most frequent first. */
  readonly unheard: readonly UnheardCount[]
  readonly failures: readonly FailureSummary[]
  /** The command that runs seed 0 of it; null: not known. */
  readonly replay: string | null
  readonly notes: readonly string[]
}

export type SeedLine =
  { readonly kind: 'same'; readonly seed: number; readonly source: SeedSource } | { readonly kind: 'per test' }

/** One run. */
export interface ReportModel {
  readonly tests: number
  readonly skipped: number
  readonly iterations: number
  readonly virtualMs: number
  readonly realMs: number
  readonly seed: SeedLine
  readonly rows: readonly ReportRow[]
  /** Every assertion, over all simulations that evaluated it. */
  readonly sites: readonly RunSite[]
  readonly faults: readonly FaultRow[]
  readonly warnings: readonly string[]
  readonly judgement: Judgement
  /** True when sites that nothing evaluated fail the run. */
  readonly coverageRequired: boolean
}

/** Below this share of the iterations a reached site is shown as rare. */
const rareShare = 0.05

function outcomeOf({ state, expectedToFail, meta }: CollectedSimulation): Outcome {
  if (meta.status === 'interrupted' || meta.status === 'running') return 'interrupted'
  if (state === 'failed') return 'failed'
  return meta.status === 'failed' && !(expectedToFail && state === 'passed') ? 'failed' : 'passed'
}

function notesOf({ state, expectedToFail, meta }: CollectedSimulation): string[] {
  if (meta.status === 'running') return ['stopped before its verdict']
  if (meta.status === 'interrupted') return ['interrupted']
  if (meta.status === 'failed' && expectedToFail && state === 'passed') return ['fails, as expected']
  if (state !== 'failed' || meta.status === 'failed') return []
  return [expectedToFail ? 'expected to fail, but passed' : 'failed outside its iterations']
}

function rowOf(simulation: CollectedSimulation, label: string): ReportRow {
  const { meta } = simulation
  const outcome = outcomeOf(simulation)
  const rows = (sites: readonly SiteCount[]): SiteRow[] => sites.map((site) => siteRow(site, meta.iterations))
  const coverage = meta.sites.filter(isGoal)
  const required = coverage.filter((site) => site.required)
  const isSlow = meta.slow !== null && meta.slow !== undefined && meta.realMs > meta.slow.periodMs
  return {
    label,
    file: simulation.file,
    outcome,
    iterations: meta.iterations,
    planned: meta.planned,
    seed: meta.seed,
    seedSource: meta.seedSource,
    slow: isSlow ? { elapsedMs: meta.realMs, periodMs: meta.slow?.periodMs ?? 0 } : null,
    sometimes: { reached: required.filter((site) => site.hits > 0).length, total: required.length },
    never: rows(required.filter((site) => site.hits === 0)),
    rare: rows(coverage.filter((site) => site.hits > 0 && site.iterationsHit < meta.iterations * rareShare)),
    sites: rows(meta.sites.filter((site) => site.kind !== 'buggify')),
    operations: meta.operations ?? [],
    unheard: [...(meta.unheard ?? [])].sort((a, b) => b.count - a.count),
    failures: outcome === 'passed' ? [] : meta.failures,
    replay: meta.replay ?? null,
    notes: notesOf(simulation),
  }
}

/** A few iterations say nothing about an operation that none of them chose. */
const fewIterations = 10

/** Operations of which none was ever ok: what is tested then? Of a failed test they may come too late to count. */
function neverOk({ meta }: CollectedSimulation): string[] {
  if (meta.status !== 'passed') return []
  const idle = (meta.operations ?? []).filter(({ ok, failed, unknown }) => {
    return ok === 0 && (failed + unknown > 0 || meta.iterations >= fewIterations)
  })
  return idle.map(({ name, failed, unknown }) => {
    const did = failed + unknown === 0 ? 'never done' : `never ok: ${failed} failed, ${unknown} unknown`
    return `operation '${name}' was ${did}, in ${meta.iterations} iterations`
  })
}

/** The shortest name that tells each simulation apart: leaf, full name, full name with file; then the project. */
function labelsOf(simulations: readonly CollectedSimulation[]): string[] {
  const count = (key: (simulation: CollectedSimulation) => string): Map<string, number> => {
    const counts = new Map<string, number>()
    for (const simulation of simulations) counts.set(key(simulation), (counts.get(key(simulation)) ?? 0) + 1)
    return counts
  }
  const named = (name: string, { project }: CollectedSimulation): string => (project ? `|${project}| ${name}` : name)
  const candidates = [
    (simulation: CollectedSimulation) => named(simulation.name, simulation),
    (simulation: CollectedSimulation) => named(simulation.fullName, simulation),
  ].map((label) => ({ label, counts: count(label) }))
  return simulations.map((simulation) => {
    for (const { label, counts } of candidates) if (counts.get(label(simulation)) === 1) return label(simulation)
    return named(`${simulation.file} > ${simulation.fullName}`, simulation)
  })
}

function seedLine(simulations: readonly CollectedSimulation[]): SeedLine {
  const [first, ...others] = simulations.map(({ meta }) => meta)
  const isSame = others.every((meta) => meta.seed === first?.seed && meta.seedSource === first.seedSource)
  return first && isSame ? { kind: 'same', seed: first.seed, source: first.seedSource } : { kind: 'per test' }
}

/** Turns a collected run into what the report says. */
export function buildModel(run: CollectedRun, options: { readonly coverageRequired: boolean }): ReportModel {
  const simulations = mergeSlices(run.simulations)
  const labels = labelsOf(simulations)
  const total = (value: (simulation: CollectedSimulation) => number): number =>
    simulations.reduce((sum, simulation) => sum + value(simulation), 0)
  const warnings = simulations.flatMap((simulation, at) =>
    [...simulation.meta.warnings, ...neverOk(simulation)].map((warning) => `${labels[at]}: ${warning}`),
  )
  const rows = simulations.map((simulation, at) => rowOf(simulation, labels[at] ?? simulation.fullName))
  return {
    tests: simulations.length,
    skipped: run.skipped,
    iterations: total(({ meta }) => meta.iterations),
    virtualMs: total(({ meta }) => meta.virtualMs),
    realMs: total(({ meta }) => meta.realMs),
    seed: seedLine(simulations),
    rows,
    sites: runSites(rows),
    faults: faultRows(simulations.map(({ meta }, at) => ({ label: labels[at] ?? '', meta }))),
    warnings: [...run.warnings, ...warnings],
    judgement: judgeRun(run),
    coverageRequired: options.coverageRequired,
  }
}

/** True when the run fails because sites were never evaluated. */
export const missesCoverage = ({ coverageRequired, judgement }: ReportModel): boolean =>
  coverageRequired && judgement.kind === 'judged' && judgement.neverEvaluated.length > 0
