import type { Message } from '../network/message.ts'
import type { PendingRequest } from './pending.ts'

/** Where faults, assertions and built-in invariants look into the bus. */
export interface BusHooks {
  /** How long a message waits before it is handed over, µs, usually 0. */
  wait(message: Message): number
  /** True when it is not handed over at all: it was certainly not sent. */
  fails(message: Message): boolean
  requested(pending: PendingRequest): void
  responded(): void
  /** The caller was told the outcome. */
  completed(pending: PendingRequest): void
  /** The request was lost with its node: it has no outcome. */
  abandoned(pending: PendingRequest): void
  /** A request handler threw. */
  handlerFailed(error: unknown): void
}
