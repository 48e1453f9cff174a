import type { Failure } from '../engine/failure.ts'
import type { Shrunk } from '../shrink/shrink.ts'
import type { IterationResult } from '../world/iteration-result.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'

/** A failing seed with its story. */
export interface SeedFailure {
  readonly failure: Failure
  /** Says how the seed differed when it was only run to look again: the first error counts. */
  readonly differed?: string
  readonly seed: number
  /** One-based. */
  readonly iteration: number
  /** The recorded run, or the first one where they differ; undefined when it could not be run again (a hang). */
  readonly run: IterationResult | undefined
  readonly chaos: string
  readonly digest: string
  /** What it ran by, when it was a replay of a minimal failure. */
  readonly plan?: ReplayPlan | undefined
  /** The smallest plan that fails the same way, and its recorded run. */
  readonly minimal?: Shrunk
}
