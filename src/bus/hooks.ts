import type { Message } from '../network/message.ts'
import type { PendingRequest } from './pending.ts'

/** Where faults, assertions and built-in invariants look into the bus. */
export interface BusHooks {
  /** Before a message is handed over: 'fail' (it was certainly not sent) or a delay in µs, usually 0. */
  beforeSend(message: Message): 'fail' | number
  requested(pending: PendingRequest): void
  responded(): void
  /** The caller was told the outcome. */
  completed(pending: PendingRequest): void
  /** The request was lost with its node: it has no outcome. */
  abandoned(pending: PendingRequest): void
  /** A request handler threw. */
  handlerFailed(error: unknown): void
}
