import type { Connection } from './connection.ts'
import type { Segment } from './segment.ts'
import { describeBytes } from './protocols/describe-bytes.ts'
import type { Speech } from './protocols/speech.ts'

/** Says what segments are about, for a run that is told: 'GET /orders', 'SET k 1', or how many bytes. */
export class SegmentTexts {
  private readonly speeches = new WeakMap<Connection, Speech>()

  of(segment: Segment): string | undefined {
    const { kind, data } = segment
    const from = segment.from as Connection
    switch (kind) {
      case 'syn':
        return from.route.path === undefined ? `connect :${from.remotePort}` : `connect ${from.route.path}`
      case 'rst':
        return 'reset connection'
      case 'fin':
        return 'close connection'
      case 'data':
        return describeBytes(data as Buffer, this.speechOf(from))
      default:
        return kind
    }
  }

  /** What is spoken on a connection; both its ends have it in common. */
  private speechOf(connection: Connection): Speech {
    const { peer } = connection
    const known = this.speeches.get(connection) ?? (peer && this.speeches.get(peer))
    const speech = known ?? { protocol: undefined, ports: [connection.localPort, connection.remotePort] }
    if (known === undefined) {
      this.speeches.set(connection, speech)
      if (peer !== undefined) this.speeches.set(peer, speech)
    }
    return speech
  }
}
