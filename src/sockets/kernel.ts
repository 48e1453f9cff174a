import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import type { Message } from '../network/message.ts'
import type { Segment } from './segment.ts'

/** A socket of Node's above the end of a connection. */
export interface SocketHandle {
  /** The simulation is over: nothing of it may be kept. */
  release(): void
}

/** What the end of a connection needs of the sockets of its simulation. */
export interface Kernel {
  readonly engine: Engine
  /** Keeps no simulation going. */
  readonly background: Owner
  /** Ends of connections that wait to send something again. */
  retrying: number
  /** Longest segment of the end of a connection, bytes. */
  segmentSize(end: object): number
  transmit(segment: Segment): void
  deliver(segment: Segment, message: Message): void
}
