import type { SimEvent } from './event.ts'

/** One line of a recorded run. */
export interface TraceEntry {
  /** One-based number of the event. */
  readonly event: number
  /** Virtual time, µs. */
  readonly time: number
  readonly kind: string
  readonly owner: string
  readonly text: string
}

/** The recording of one run: the last `capacity` entries, and a digest after every event to compare two runs by. */
export class Trace {
  readonly capacity: number
  private readonly entries: TraceEntry[] = []
  private readonly digests: number[] = []
  private dropped = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  record(event: number, digest: number, subject: SimEvent): void {
    this.add({
      event,
      time: subject.time,
      kind: subject.kind.name,
      owner: subject.owner.id,
      text: subject.kind.describe(subject.data),
    })
    this.digests.push(digest)
  }

  /** A line that is not an event: a log message, a fault. */
  note(event: number, time: number, kind: string, owner: string, text: string): void {
    this.add({ event, time, kind, owner, text })
  }

  /** The kept entries, oldest first. */
  get kept(): readonly TraceEntry[] {
    return this.entries.length <= this.capacity ? this.entries : this.entries.slice(-this.capacity)
  }

  /** The entry of the event with this number, if it was kept. */
  at(event: number): TraceEntry | undefined {
    return this.kept.find((entry) => entry.event === event && entry.kind !== 'log' && entry.kind !== 'fault')
  }

  /** One-based number of the first event whose digest differs from the other run's; undefined: none does. */
  firstDifference(other: Trace): number | undefined {
    const shorter = Math.min(this.digests.length, other.digests.length)
    for (let i = 0; i < shorter; i++) if (this.digests[i] !== other.digests[i]) return i + 1
    return this.digests.length === other.digests.length ? undefined : shorter + 1
  }

  private add(entry: TraceEntry): void {
    this.entries.push(entry)
    if (this.entries.length >= this.capacity * 2) {
      this.entries.splice(0, this.entries.length - this.capacity)
      this.dropped++
    }
  }
}
