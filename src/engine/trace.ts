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

/** How many events there are from one sample to the next, so that a run has `most` samples at most. */
export function strideOf(events: number, most: number): number {
  return Math.max(1, Math.ceil(events / most))
}

/** A run in few bytes, to compare another one with: one byte of the digest after every `stride` events. */
export interface Trail {
  readonly events: number
  readonly stride: number
  /** Two hex digits a sample. */
  readonly samples: string
}

/** The recording of one run: the last `capacity` entries, and a digest after every event to compare two runs by. */
export class Trace {
  readonly capacity: number
  private readonly entries: TraceEntry[] = []
  private readonly digests: number[] = []

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

  /** The run in so many samples at most. */
  trail(most: number): Trail {
    const events = this.digests.length
    const stride = strideOf(events, most)
    return { events, stride, samples: this.sampled(stride) }
  }

  /** First and last event among which this run parts from one of that trail; undefined: it does not. */
  firstDifferenceFrom({ events, stride, samples }: Trail): readonly [number, number] | undefined {
    const own = this.sampled(stride)
    const shorter = Math.min(own.length, samples.length)
    for (let i = 0; i < shorter; i += 2) {
      if (own[i] !== samples[i] || own[i + 1] !== samples[i + 1]) return [(i / 2) * stride + 1, (i / 2 + 1) * stride]
    }
    if (this.digests.length === events) return undefined
    const end = Math.min(this.digests.length, events)
    return [Math.min((shorter / 2) * stride, end) + 1, end + 1]
  }

  private sampled(stride: number): string {
    let text = ''
    for (let i = stride - 1; i < this.digests.length; i += stride) {
      text += ((this.digests[i] as number) & 0xff).toString(16).padStart(2, '0')
    }
    return text
  }

  private add(entry: TraceEntry): void {
    this.entries.push(entry)
    if (this.entries.length >= this.capacity * 2) {
      this.entries.splice(0, this.entries.length - this.capacity)
    }
  }
}
