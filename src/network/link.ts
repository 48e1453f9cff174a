import type { Fault, Names } from '../chaos/faults.ts'
import { Occasion } from '../random/occasion.ts'
import type { RandomStream } from '../random/stream.ts'
import { type LatencySampler } from './latency.ts'
import type { Endpoint, Message } from './message.ts'

/** What an obstruction does with messages that are sent, or would arrive, while it lasts. */
export type CutMode = 'drop' | 'hold'

/** What blocks a link: a partition drops or holds, a hold or clog holds. */
export interface Cut {
  /** Each obstruction has a number of its own, so that its undo ends no other. */
  readonly partition: number
  readonly mode: CutMode
  /** The episode that made it; undefined: made by hand. */
  readonly fault: Fault | undefined
}

/** Probabilities per message, 0 to 1. */
export interface LinkFaults {
  loss: number
  duplication: number
  reordering: number
}

const noCuts: readonly Cut[] = []

/** One direction between two endpoints. Only the network touches its fields. */
export class Link {
  readonly from: Endpoint
  readonly to: Endpoint
  /** Draws of this link's latency only; faults draw from streams of their own. */
  readonly random: RandomStream
  sample: LatencySampler
  /** Takes the place of `sample` when the network is mended; undefined: that of the network does. */
  mended: LatencySampler | undefined
  readonly faults: LinkFaults = { loss: 0, duplication: 0, reordering: 0 }
  /** True when `faults` or the network's fault families may act on this link. */
  faulty = false
  /** The test itself has set `faults`: they act also where the seed's chaos is off. */
  byHand = false
  /** The message that is made now: its draws depend on its time alone, not on how many came before. */
  readonly sending = new Occasion()
  /** Draws of the per-message faults; made when the first one is needed. */
  faultRandom: RandomStream | undefined
  /** The last message that was delayed so that others may overtake it. */
  late: { readonly arrival: number; readonly fault: Fault } | undefined
  /** Arrival of the last message, µs: FIFO means that no later one arrives before it. */
  lastArrival = 0
  /** Partitions, holds and clogs that block this direction. */
  cuts: readonly Cut[] = noCuts
  /** Messages that arrived while the link was blocked, in order. */
  waiting: Message[] = []
  /** True while the delivery of the first waiting message is queued. */
  draining = false
  /** False on the hot path: nothing blocks the link and nothing waits. */
  obstructed = false
  private knownName: string | undefined
  private counts: Map<string, number> | undefined

  constructor(from: Endpoint, to: Endpoint, random: RandomStream, sample: LatencySampler) {
    this.from = from
    this.to = to
    this.random = random
    this.sample = sample
  }

  /** 'a → b'; made once, and only when a fault needs it. */
  get name(): string {
    return (this.knownName ??= `${this.from.id} → ${this.to.id}`)
  }

  /** Nothing loses, copies or slows messages any more. `sample`: the mended network's latency; `now`: virtual time, µs. */
  mend(sample: LatencySampler, now: number): void {
    const { faults } = this
    faults.loss = faults.duplication = faults.reordering = 0
    this.byHand = false
    this.late = undefined
    if (this.from !== this.to) this.sample = this.mended ?? sample
    if (this.lastArrival > now) this.lastArrival = now
  }

  /** Names of the message that is made now. */
  namesOf({ kind, method }: Message): Names {
    const what = `${kind} ${method}`
    const count = ((this.counts ??= new Map()).get(what) ?? 0) + 1
    this.counts.set(what, count)
    return { time: `#${this.sending.name}`, number: `${what} no. ${count}` }
  }
}
