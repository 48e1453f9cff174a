/**
 * What the worker tells the main process, as plain JSON: the only thing the reporter knows about a simulation.
 *
 * It travels as `task.meta.simulation` (a test) and `file.meta.simulationSites` (a test file), because meta survives
 * blob reports, `--merge-reports` and the json reporter.
 */
import type { SiteKind } from '../src/assertions/kinds.ts'
import type { StopReason } from '../src/runner/stop-reason.ts'

export const packageName = 'vitest-simulation'

/** What the plugin tells the reporter of a run, whoever made the reporter. */
export interface RunSettings {
  readonly coverage: 'required' | 'report'
  /** Where the report goes as JSON, absolute; undefined: nowhere. */
  readonly outputFile?: string
  /** Folder in which each worker keeps a file while a simulation runs; see RunningSimulation. */
  readonly runningSeeds: string
}

/**
 * A simulation that is running, as its worker writes it into a file: seed and iteration as two little-endian doubles, and
 * this as JSON. What is there when the run has ended belongs to a worker that died.
 */
export interface RunningSimulation {
  readonly file: string
  readonly project: string
  /** 'suite > test'. */
  readonly test: string
  /** The command that runs seed 0 of it. */
  readonly replay: string
  /** The failure that it was shrinking, with the best plan so far. */
  readonly found?: FailureSummary
}

export const runningHeadBytes = 16

const settingsKey = Symbol.for(`${packageName}.run-settings`)

/** On a global symbol: the plugin and a reporter that was listed by name are loaded apart. */
export const runSettings: WeakMap<object, RunSettings> = ((
  globalThis as unknown as Record<symbol, WeakMap<object, RunSettings> | undefined>
)[settingsKey] ??= new WeakMap())

/** Where the root seed came from, strongest first. */
export type SeedSource = 'command line' | 'environment' | 'project config' | 'plugin' | 'test' | 'fresh'

/** One assertion or buggify site, as found in the source by the plugin's transform. */
export interface CataloguedSite {
  kind: SiteKind
  name: string
  /** Absolute path, forward slashes. */
  file: string
  /** One-based line in the source the user wrote. */
  line: number
}

/** Where a site is written. */
export type SitePlace = Pick<CataloguedSite, 'name' | 'file' | 'line'>

/** One site with what this simulation counted for it, over all iterations. */
export interface SiteCount {
  kind: SiteKind
  name: string
  file?: string
  line?: number
  /** True when the verdict of this test depends on the site. */
  required: boolean
  /** Evaluations that were true (for reachable, unreachable and buggify: visits that counted). */
  hits: number
  /** Evaluations that were false. */
  misses: number
  /** Iterations with at least one hit. */
  iterationsHit: number
  /** Closest value a numeric assertion has seen to its bound. */
  watermark?: number | undefined
  /** What a numeric assertion asked of that value: '> 5'. */
  bound?: string | undefined
  /** The first seed with a hit. */
  firstSeed?: number
}

/** One fault family with what it did over all iterations. */
export interface FaultCount {
  family: string
  /** Faults that were decided on. */
  injected: number
  /** Faults that changed what happened to at least one message, node or actor. */
  effective: number
  /** It did nothing, and that is no accident; undefined: when none was effective. */
  inert?: boolean
}

/** What came of the operations of one name of a test's workloads, over all iterations. */
export interface OperationCount {
  name: string
  ok: number
  /** Certainly not happened. */
  failed: number
  /** May have happened, wholly or in part. */
  unknown: number
}

/** Errors that handlers threw into answers that reached nobody, over all iterations. */
export interface UnheardCount {
  node: string
  method: string
  /** The error's. */
  name: string
  count: number
  /** The first one in which it happened. */
  seed: number
}

/** One failed seed. */
export interface FailureSummary {
  /** 'InvariantViolation', 'Deadlock', … (design: verdict table). */
  kind: string
  /** What was violated: the name of the assertion or invariant, or the error's name. */
  name: string
  /** The whole text the user sees. */
  message: string
  seed: number
  /** One-based. */
  iteration: number
  virtualMs: number
  events: number
  digest: string
  /** The pasteable command: of the minimal failure when there is one. */
  replay: string
  /** The command that runs the whole seed; absent: `replay` does. */
  wholeSeed?: string
  /** Folder with its traces, relative to the root of the project; absent: none was written. */
  trace?: string
  /** What led to the failure, as a Mermaid diagram. */
  mermaid?: string
}

/** One simulation test, complete. */
export interface SimulationMeta {
  version: 1
  status: 'running' | 'passed' | 'failed' | 'interrupted'
  /** 'fixedCount(10)', 'untilAllSometimesReached(1000)', … */
  control: string
  /** The most iterations the control allows; null when it has no count. */
  planned: number | null
  /** Iterations that ran to their verdict. */
  iterations: number
  seed: number
  seedSource: SeedSource
  stopReason: StopReason | null
  /** The command that runs seed 0 of it. */
  replay?: string
  virtualMs: number
  realMs: number
  events: number
  sites: SiteCount[]
  /** If it does not run, its own code says so (.skip, .todo, context.skip()), and not .only of another one or a filter. */
  skipsItself?: boolean
  /** The catalogued sites that were evaluated while it ran, each place apart; missing: only names are known. */
  evaluated?: SitePlace[]
  faults: FaultCount[]
  /** Absent: it had no workload. */
  operations?: OperationCount[]
  unheard?: UnheardCount[]
  failures: FailureSummary[]
  warnings: string[]
  /** The test that SIMULATION_PLAN is for, as 'suite > test', and whether this is it. */
  plan?: { test: string; used: boolean }
  /** What happens when the test is slow; null: no watch. */
  slow: { periodMs: number; terminateAfter: number | null } | null
}

/** What a test file says of its run: whether that was a part, which a merge of reports cannot see otherwise. */
export interface FilePart {
  /** '--shard=1/2'. */
  readonly shard?: { readonly index: number; readonly count: number }
  /** Why the run was no whole one. */
  readonly incomplete?: string
}

/** Progress of a running simulation, recorded as a test artifact a few times a second when the reporter listens. */
export interface SimulationProgress {
  type: 'vitest-simulation:progress'
  iterations: number
  planned: number | null
  /** Of all seeds so far. */
  virtualMs: number
  /** `sometimes` and `reachable` sites: reached, and known so far. */
  reached: number
  known: number
  /** The seed that has failed and is being shrunk. */
  failing?: number
  /** Its faults and operations: before shrinking, and of the best plan so far. */
  shrinking?: { faults: [before: number, now: number]; operations: [before: number, now: number] }
}
