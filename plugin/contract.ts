/**
 * What the worker tells the main process, as plain JSON: the only thing the reporter knows about a simulation.
 *
 * It travels as `task.meta.simulation` (a test) and `file.meta.simulationSites` (a test file), because meta survives
 * blob reports, `--merge-reports` and the json reporter.
 */

export const packageName = 'vitest-simulation'

/** Where the root seed came from, strongest first. */
export type SeedSource = 'command line' | 'environment' | 'project config' | 'plugin' | 'test' | 'fresh'

/** Why a simulation stopped running iterations. `interrupted` runs are never a pass. */
export type StopReason =
  | 'count reached'
  | 'all sometimes reached'
  | 'coverage stable'
  | 'time limit'
  | 'failure'
  | 'coverage missed'
  | 'interrupted'

/** How an assertion site is counted. */
export type SiteKind = 'always' | 'alwaysOrUnreachable' | 'sometimes' | 'reachable' | 'unreachable' | 'buggify'

/** One assertion or buggify site, as found in the source by the plugin's transform. */
export interface CataloguedSite {
  kind: SiteKind
  name: string
  /** Absolute path, forward slashes. */
  file: string
  /** One-based line in the source the user wrote. */
  line: number
}

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
  watermark?: number
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
  virtualMs: number
  realMs: number
  events: number
  sites: SiteCount[]
  faults: FaultCount[]
  failures: FailureSummary[]
  warnings: string[]
  /** The test that SIMULATION_PLAN is for, as 'suite > test', and whether this is it. */
  plan?: { test: string; used: boolean }
  /** What happens when the test is slow; null: no watch. */
  slow: { periodMs: number; terminateAfter: number | null } | null
}

/** Progress of a running simulation, recorded as a test artifact a few times a second when the reporter listens. */
export interface SimulationProgress {
  type: 'vitest-simulation:progress'
  iterations: number
  planned: number | null
}
