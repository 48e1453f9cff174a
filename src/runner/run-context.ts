import type { Bus } from '../bus/bus.ts'
import type { Failure } from '../engine/failure.ts'
import type { Host } from '../virtual/host.ts'
import type { DriveOptions } from '../world/drive.ts'
import type { SeedModules } from '../modules/seed-modules.ts'
import type { IterationResult } from '../world/iteration-result.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import type { ModuleSuspects } from './blame.ts'
import type { ExpectedRun } from './reproduction.ts'
import type { SeedFailure } from './seed-failure.ts'
import type { RequiredSite } from './stop-rule.ts'

/** How an iteration ended, for the surroundings. */
export interface IterationEnd {
  readonly failure: Failure | undefined
  /** The seed had run before: it ran again to be recorded, compared or shrunk. */
  readonly isRepeat: boolean
}

/** How far a simulation has come. */
export interface RunProgress {
  readonly iterations: number
  /** Of all seeds so far. */
  readonly virtualMs: number
  /** `sometimes` and `reachable` sites: reached, and known so far. */
  readonly reached: number
  readonly known: number
  /** The failure that is being shrunk. */
  readonly failing: SeedFailure | undefined
}

/** What the surroundings of a simulation bring: the host, the framework's hooks, the run's seed. */
export interface RunContext {
  readonly host?: Host
  readonly drive?: DriveOptions
  /** Root seed when the test gives none. */
  readonly seed?: number
  /** The seed was asked for: run it alone, without regressions. */
  readonly alone?: boolean
  /** Seeds that failed earlier; they run first, after `regressions`. */
  readonly corpus?: readonly number[]
  /** Sites written inside the body. */
  readonly bodySites?: readonly RequiredSite[]
  /** True: modules that the test has loaded have `sometimes` sites that it has not evaluated yet. */
  readonly unseenSites?: () => boolean
  /** Ends the run between two events; the result is then 'interrupted'. */
  readonly signal?: { readonly aborted: boolean }
  /** Real ms after which the run is interrupted. */
  readonly deadlineMs?: number
  /** The modules of a new iteration; undefined: it uses the ordinary ones. */
  readonly modules?: (() => SeedModules) | undefined
  /** Where to look for state that makes a seed run in two ways; undefined: nobody knows its modules. */
  readonly suspects?: (() => Promise<ModuleSuspects | undefined>) | undefined
  /** Before every iteration; real asynchronous work is allowed. What it throws fails the iteration, which then does not run. */
  readonly beforeIteration?: (number: number) => unknown
  /** After every iteration, passed or not. What it throws fails an iteration that did not fail by itself. */
  readonly afterIteration?: (number: number, end: IterationEnd) => unknown
  /** Tells of calls of the framework's assertions, while nothing of the simulation may run; returns how to stop that. */
  readonly watchesOutside?: (called: (api: string) => void) => () => void
  /** At the end of the body: what it throws fails the iteration. `asserts`: it has invariants or assertions of the simulator. */
  readonly afterBody?: (asserts: () => boolean) => unknown
  /** With each seed before it runs: what is under way when somebody ends the run. */
  readonly onSeed?: (seed: number, number: number) => void
  /** A few times a second. */
  readonly onProgress?: (progress: RunProgress) => void
  /** Every iteration's result, for laws and benchmarks. */
  readonly onResult?: (result: IterationResult) => void
  /** Another bus than ours: for tests that plant a bug in it. */
  readonly busClass?: typeof Bus
  /** Faults to leave out. */
  readonly mask?: ReadonlySet<string>
  /** What the seed is to do, when it runs alone: a minimal failure. */
  readonly plan?: ReplayPlan
  /**
   * Called with a failing seed before it is shrunk, and about each second with the best so far: what is left of it when
   * somebody ends the process.
   */
  readonly onShrinking?: (best: SeedFailure) => void
  /** Print what the code of a seed prints when it runs for the first time. */
  readonly prints?: boolean
  /** Record the last seed of a run that passes, too. */
  readonly tellsPassing?: boolean
  /** What came of the seed, when it runs alone, before. */
  readonly expected?: ExpectedRun
}
