import type { Carrier, Message } from '../network/message.ts'

export type SegmentKind = 'syn' | 'syn-ack' | 'ack' | 'data' | 'fin' | 'rst' | 'probe' | 'window'

/** What rules of a test see of a segment: `payload` of a message whose method is 'tcp'. */
export interface SegmentView {
  readonly segment: SegmentKind
  /** Of the sender, and of the receiver. */
  readonly fromPort: number
  readonly toPort: number
  readonly data?: Uint8Array
}

/** The end of a connection that sends it. */
export interface SegmentSender {
  readonly localPort: number
  readonly remotePort: number
  readonly isMasked: boolean
  deliver(segment: Segment, message: Message): void
  lost(segment: Segment): void
}

/** One segment of a connection, under way. */
export class Segment implements Carrier {
  readonly isOrdered = true
  readonly kind: SegmentKind
  readonly from: SegmentSender
  /** Place in the stream of its connection; -1: it has none. */
  readonly sequence: number
  readonly data: Buffer | undefined

  constructor(kind: SegmentKind, from: SegmentSender, sequence: number, data?: Buffer) {
    this.kind = kind
    this.from = from
    this.sequence = sequence
    this.data = data
  }

  get view(): SegmentView {
    const { kind, from, data } = this
    const ports = { fromPort: from.localPort, toPort: from.remotePort }
    if (data === undefined) return { segment: kind, ...ports }
    if (!from.isMasked) return { segment: kind, ...ports, data }
    // Not for who compares runs.
    return Object.defineProperty({ segment: kind, ...ports }, 'data', { value: data, enumerable: false })
  }

  arrived(message: Message): void {
    this.from.deliver(this, message)
  }

  dropped(): void {
    this.from.lost(this)
  }
}
