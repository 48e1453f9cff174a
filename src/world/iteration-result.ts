import type { UnheardError } from '../bus/unheard-errors.ts'
import type { FamilyCount, Fault } from '../chaos/faults.ts'
import type { ScheduleStrategy } from '../chaos/schedule.ts'
import { type SeedChaos, describeChaos } from '../chaos/seed-chaos.ts'
import type { DataLog } from '../engine/data-log.ts'
import type { Failure } from '../engine/failure.ts'
import { type Digest, formatDigest } from '../engine/format.ts'
import type { Told } from '../engine/recorder.ts'
import type { Trace } from '../engine/trace.ts'
import { latencyOf } from '../network/chaos.ts'
import { RandomStreams } from '../random/streams.ts'
import type { OutcomeKind } from '../workload/outcome.ts'
import type { PlannedOperation } from '../workload/planned-operation.ts'

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
  /** Operations of its workloads; filled only while recording. */
  readonly operations: readonly PlannedOperation[]
  /** What came of them, by name; undefined: there was no workload. */
  readonly counts: ReadonlyMap<string, Readonly<Record<OutcomeKind, number>>> | undefined
  readonly unheard: readonly UnheardError[]
  /** Printed for a failing seed: the profile and the values drawn for it. */
  readonly chaos: string
  /** Undefined while exploring. */
  readonly trace: Trace | undefined
  /** What happened, for people; undefined unless the run was to be told. */
  readonly told: Told | undefined
  /** Undefined while exploring. */
  readonly data: DataLog | undefined
}

/**
 * The result of one seed, whose texts are made when they are read.
 *
 * Most seeds pass and nobody reads them; making them took 2 µs of the 11 µs of a short seed.
 */
export class SeedResult implements IterationResult {
  readonly seed
  readonly status
  readonly failure
  readonly time
  readonly events
  readonly families
  readonly faults
  readonly operations
  readonly counts
  readonly unheard
  readonly trace
  readonly told
  readonly data
  private readonly words: Digest
  private readonly drawn: SeedChaos
  private readonly strategy: ScheduleStrategy

  constructor(
    facts: Omit<IterationResult, 'digest' | 'chaos'>,
    digest: Digest,
    drawn: SeedChaos,
    strategy: ScheduleStrategy,
  ) {
    this.seed = facts.seed
    this.status = facts.status
    this.failure = facts.failure
    this.time = facts.time
    this.events = facts.events
    this.families = facts.families
    this.faults = facts.faults
    this.operations = facts.operations
    this.counts = facts.counts
    this.unheard = facts.unheard
    this.trace = facts.trace
    this.told = facts.told
    this.data = facts.data
    this.words = digest
    this.drawn = drawn
    this.strategy = strategy
  }

  get digest(): string {
    return formatDigest(this.words)
  }

  get chaos(): string {
    const latency = latencyOf(this.drawn, new RandomStreams(this.seed))
    return describeChaos({ ...this.drawn, latency }) + (this.strategy === 'fifo' ? '' : `; schedule ${this.strategy}`)
  }
}
