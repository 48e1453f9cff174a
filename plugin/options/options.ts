import type { Chaos } from '../../src/chaos/families.ts'
import type { Limits } from '../../src/engine/limits.ts'
import type { ModuleMode } from '../../src/modules/module-mode.ts'
import type { Latency } from '../../src/network/latency.ts'
import type { IterationControl } from '../../src/runner/iteration-control.ts'

/** A number of iterations or an iteration control. */
export type IterationsOption = number | IterationControl

/** A chaos profile by name, or its families as plain data. */
export type ChaosOption = Chaos<Latency>

/** When a running simulation is called slow, and when it is ended. */
export interface SlowTimeoutOption {
  /** Milliseconds or a duration such as '180s'. */
  readonly period: number | string
  /** Ends the simulation after this many periods (nextest's rule); without it slow is only reported. */
  readonly terminateAfter?: number
}

/** Settings for the tests whose full name (suites and test, joined with ' > ') matches. */
export interface OverrideOption {
  readonly test: RegExp
  readonly seed?: number
  readonly iterations?: IterationsOption
  readonly chaos?: ChaosOption
  readonly slowTimeout?: SlowTimeoutOption
}

/** What `test.simulation` of a project may set; it wins over the plugin's options. */
export interface SimulationProjectOptions {
  /** The root seed of every simulation: an integer, 0 ≤ seed < 2^53. */
  readonly seed?: number
  /** The default iteration control, also apart for CI (environment variable CI) and development. */
  readonly iterations?: IterationsOption | { readonly development?: IterationsOption; readonly ci?: IterationsOption }
  /** The default chaos profile. */
  readonly chaos?: ChaosOption
  /** `{ period: '180s', terminateAfter: 3 }`: a `SLOW` line each period, failed after three. Default none. */
  readonly slowTimeout?: SlowTimeoutOption
  /** Settings by full test name: `[{ test: /^bus > slow/, seed, iterations, chaos, slowTimeout }]`; later entries win. Default none. */
  readonly overrides?: readonly OverrideOption[]
  /** How often modules are evaluated: `'seed'`, `'node'` or `'shared'`. Default 'seed'. */
  readonly modules?: ModuleMode
  /** The share of seeds, 0 to 1, that run twice to compare digests. */
  readonly determinism?: number
  /** Writes failing seeds to `__simulations__/` beside the test. Default: not in CI. */
  readonly keepFailures?: boolean
  /** `'all'`: prints what the code under test prints in every seed. Default 'failing': it is in the trace of a failing seed. */
  readonly console?: 'all' | 'failing'
  /** Writes the traces of a failing seed to `.vitest-simulation/` in the root of the project. Default true. */
  readonly traceFiles?: boolean
  /** Bounds of one iteration. */
  readonly limits?: Partial<Limits>
}

/** What `simulationPlugin(…)` takes. */
export interface SimulationPluginOptions extends SimulationProjectOptions {
  /** `'required'`: a `sometimes`, `reachable` or `always` that no simulation of the run evaluated fails the run. Default 'report'. */
  readonly coverage?: 'required' | 'report'
  /** `false` leaves the report out; what fails the run is printed all the same. Default true. */
  readonly reporter?: boolean
  /** Also writes the report as JSON there, relative to the root. Default none. */
  readonly outputFile?: string
  /** The time zone of the run, unless `TZ` is set; `false` leaves it alone. Default 'UTC'. */
  readonly timezone?: string | false
}

/** The options as a worker reads them: checked, durations in ms, iterations chosen for this environment. */
export interface ResolvedSettings {
  readonly seed?: number
  readonly iterations?: IterationControl
  readonly chaos?: ChaosOption
  readonly slowTimeout?: { readonly periodMs: number; readonly terminateAfter: number | null }
}

export interface ResolvedOverride extends ResolvedSettings {
  readonly test: RegExp
}

export interface ResolvedOptions extends ResolvedSettings {
  readonly overrides: readonly ResolvedOverride[]
  readonly modules?: ModuleMode
  readonly determinism?: number
  readonly keepFailures?: boolean
  readonly console?: 'all' | 'failing'
  readonly traceFiles?: boolean
  readonly limits?: Partial<Limits>
}
