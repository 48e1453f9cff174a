import type { SimEvent } from '../engine/event.ts'
import type { Owner } from '../engine/owner.ts'

/** How one attempt of a request is sent. */
export interface How {
  readonly idempotencyKey: string | undefined
  /** A question of the system itself. */
  readonly system: boolean
  readonly background: boolean
}

/** One request that waits for its outcome. */
export interface PendingRequest {
  readonly correlationId: number
  readonly to: string
  readonly method: string
  /** Who awaits the outcome. */
  readonly caller: Owner
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly timeoutMs: number
  /** Virtual time, µs. */
  readonly since: number
  /** Where it was called; only while recording. */
  readonly stack: Error | undefined
  /** It keeps nothing going. */
  readonly background: boolean
  /** A question of the system itself: what it is rejected with only says which kind of failure it was. */
  readonly system: boolean
  timer: SimEvent | undefined
}

/** What a bus counted; counted by the bus itself, never by the test. */
export interface BusMetrics {
  /** Requests begun. */
  issued: number
  resolved: number
  /** The handler threw. */
  rejected: number
  timedOut: number
  /** Requests that ended with SendFailed. */
  sendFailures: number
  /** ConnectionReset. */
  reset: number
  /** Attempts after the first one. */
  retried: number
  /** One-way messages sent. */
  sent: number
  /** One-way messages that ended with SendFailed. */
  unsent: number
  /** Requests and one-way messages handled here. */
  handled: number
  /** Responses that came after their request had ended, duplicates too; absorbed. */
  lateResponses: number
  /** Requests lost with the node, or whose node died. */
  abandoned: number
}

export function newBusMetrics(): BusMetrics {
  return {
    issued: 0,
    resolved: 0,
    rejected: 0,
    timedOut: 0,
    sendFailures: 0,
    reset: 0,
    retried: 0,
    sent: 0,
    unsent: 0,
    handled: 0,
    lateResponses: 0,
    abandoned: 0,
  }
}
