import type { Engine } from '../engine/engine.ts'
import type { Endpoint, MessageKind } from '../network/message.ts'
import type { PendingRequest } from './pending.ts'

/** Where faults, assertions and built-in invariants look into the bus. */
export interface BusHooks {
  /** Before a message is handed over: 'fail' (it was certainly not sent) or a delay in µs, usually 0. */
  beforeSend(kind: MessageKind, from: Endpoint, to: Endpoint, method: string): 'fail' | number
  requested(pending: PendingRequest): void
  responded(): void
  /** The caller was told the outcome. */
  completed(pending: PendingRequest): void
  /** A request handler threw. */
  handlerFailed(error: unknown, engine: Engine): void
}
