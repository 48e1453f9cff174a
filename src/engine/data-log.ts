import { mix } from '../random/hash.ts'
import { show } from './errors.ts'
import { hashData } from './hash-data.ts'

/** Most entries whose values can be printed. */
const shownMax = 100_000

/** One value that code under test has made. */
export interface DataEntry {
  /** Number of the event. */
  readonly event: number
  /** 'request increment' */
  readonly what: string
  /** Undefined unless recorded. */
  readonly text: string | undefined
}

/**
 * What two runs of a seed compare besides their events: payloads, answers, stored values, results of operations, log data,
 * conditions. Two runs may do the same at the same times with other data.
 *
 * There is none while a seed only explores.
 */
export class DataLog {
  /** Objects that hold it are the simulator's own; what a run is counted by is none of its data. */
  private readonly engine: { readonly executed: number }
  private readonly isRecording: boolean
  private readonly entries: DataEntry[] = []
  private readonly hashes: number[] = []
  private running = 0

  constructor(engine: { readonly executed: number }, isRecording: boolean) {
    this.engine = engine
    this.isRecording = isRecording
  }

  /** `what`: kind and name of the value. */
  add(what: string, value: unknown): void {
    const isShown = this.isRecording && this.entries.length < shownMax
    this.running = mix(this.running, hashData(value, this.engine))
    this.running = mix(this.running, hashData(what, this.engine))
    this.hashes.push(this.running)
    this.entries.push({ event: this.engine.executed, what, text: isShown ? show(value) : undefined })
  }

  /** True when the other run has had the same data, in the same order. */
  equals(other: DataLog): boolean {
    return this.hashes.length === other.hashes.length && this.running === other.running
  }

  /** Where the other run had other data: what each of the two had there. Undefined: nowhere. */
  firstDifference(other: DataLog): readonly [DataEntry | undefined, DataEntry | undefined] | undefined {
    const longer = Math.max(this.hashes.length, other.hashes.length)
    for (let i = 0; i < longer; i++) {
      if (this.hashes[i] !== other.hashes[i]) return [this.entries[i], other.entries[i]]
    }
    return undefined
  }
}
