import type { FamilyCount, Fault } from '../chaos/faults.ts'
import type { Failure } from '../engine/failure.ts'
import type { Trace } from '../engine/trace.ts'

/** How one iteration ended. */
export interface IterationResult {
  readonly seed: number
  readonly status: 'passed' | 'failed' | 'interrupted'
  readonly failure: Failure | undefined
  readonly digest: string
  /** Virtual time at the end, µs. */
  readonly time: number
  /** Events executed. */
  readonly events: number
  readonly families: readonly FamilyCount[]
  readonly faults: readonly Fault[]
  /** Printed for a failing seed: the profile and the values drawn for it. */
  readonly chaos: string
  /** Undefined while exploring. */
  readonly trace: Trace | undefined
}
