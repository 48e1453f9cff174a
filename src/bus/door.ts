/** What a user sees of a node's bus. */
import type { Handler } from './handler.ts'
import type { BusMetrics } from './pending.ts'
import type { RequestOptions, SendOptions } from './request-options.ts'

/** A node's message bus: requests with responses, and one-way messages. Payloads are copied. */
export interface NodeBus {
  /** What this bus has counted. */
  readonly metrics: Readonly<BusMetrics>
  /** Requests sent from this node that have no outcome yet, except those in the background. */
  readonly pending: number
  /**
   * Registers what answers `method`; what it returns, or resolves to, is the response.
   *
   * @throws SimulationError (DUPLICATE_HANDLER) when the node has a handler for it already
   * @example
   * node.bus.handle('add', ({ a, b }: { a: number; b: number }) => a + b)
   */
  handle<Payload>(method: string, handler: Handler<Payload>): void
  /**
   * Sends a request and resolves to the handler's result.
   *
   * Rejects with RequestTimeout or ConnectionReset (it may have been handled), SendFailed (it was not, in no attempt),
   * RemoteError (the handler threw), NodeCrashed (this node died) or PayloadNotCloneable.
   *
   * @example
   * const sum = await node.bus.request<number>('server', 'add', { a: 1, b: 2 }, { timeout: 500 })
   */
  request<Result = unknown>(to: string, method: string, payload?: unknown, options?: RequestOptions): Promise<Result>
  /**
   * Sends a one-way message; resolves when the network has it.
   *
   * Rejects with SendFailed or PayloadNotCloneable.
   *
   * @example
   * await node.bus.send('server', 'seen', { id: 7 })
   */
  send(to: string, method: string, payload?: unknown, options?: SendOptions): Promise<void>
}
