import type { Engine } from '../engine/engine.ts'
import { type EventKind, eventKind } from '../engine/event.ts'
import { SimulationError, badInput, show } from '../engine/errors.ts'
import type { Wait } from '../engine/failure.ts'
import { groupThousands } from '../engine/format.ts'
import { type Endpoint, Message, type MessageKind } from '../network/message.ts'
import type { MessageNetwork } from '../network/network.ts'
import { NodeCrashed } from '../nodes/errors.ts'
import { type LifeCycle, type LifeCycleListener, isThenable } from '../nodes/node.ts'
import type { BusHooks } from './hooks.ts'
import { RemoteError, RequestTimeout, SendFailed } from './errors.ts'
import type { Handler } from './handler.ts'
import { copyPayload } from './payload.ts'
import { type BusMetrics, type PendingRequest, newBusMetrics } from './pending.ts'

/** Requests without a timeout of their own get this one, ms of virtual time. */
export const defaultTimeoutMs = 5_000

const timeoutKind: EventKind<PendingRequest> = eventKind('timeout', (p) => `request ${p.method} #${p.correlationId}`)

export interface RequestOptions {
  /** Virtual ms until RequestTimeout; `Infinity` waits for ever. Default 5,000. */
  readonly timeout?: number
}

/** What all buses of one simulation share. */
export interface BusShared {
  readonly engine: Engine
  readonly network: MessageNetwork
  readonly hooks: BusHooks
  /** Correlation ids are unique over nodes and incarnations. */
  correlationIds: number
  /** Requests pending, all buses together. */
  pending: number
  /** Handlers under way, all buses together. */
  handling: number
  /** Messages between a bus and the network or a node: delayed before sending, or parked while the node boots. */
  moving: number
}

interface RemoteFailure {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
}

/** A node's message bus: requests with responses, and one-way messages. */
export class Bus implements Endpoint, LifeCycleListener {
  readonly id: string
  readonly index: number
  readonly address
  readonly metrics: BusMetrics = newBusMetrics()
  private readonly node: LifeCycle
  private readonly shared: BusShared
  private readonly engine: Engine
  private handlers = new Map<string, Handler>()
  private readonly requests = new Map<number, PendingRequest>()
  /** Messages that arrived while the node was booting or paused. */
  private readonly parked: Message[] = []
  private readonly underWay = new Map<number, { message: Message; since: number }>()

  constructor(node: LifeCycle, shared: BusShared) {
    this.id = node.id
    this.index = node.index
    this.address = node.address
    this.node = node
    this.shared = shared
    this.engine = shared.engine
    node.listen(this)
    shared.network.attach(this)
    shared.engine.describeWaits(() => this.waits())
  }

  /** Requests sent from this node that have no outcome yet. */
  get pending(): number {
    return this.requests.size
  }

  /** Registers what answers `method`; throws SimulationError when the node has a handler for it already. */
  handle<Payload>(method: string, handler: Handler<Payload>): void {
    checkMethod(method, 'bus.handle')
    if (typeof handler !== 'function') {
      throw badInput(`bus.handle('${method}') handler`, handler, 'it must be a function (payload, context) => result')
    }
    if (this.handlers.has(method)) {
      throw new SimulationError('DUPLICATE_HANDLER', `node '${this.id}' has a handler for '${method}' already`)
    }
    this.handlers.set(method, handler as Handler)
  }

  /**
   * Sends a request and gives back the handler's result.
   *
   * Rejects with RequestTimeout (it may have been delivered), SendFailed (it was not), RemoteError (the handler
   * threw), NodeCrashed (this node died) or PayloadNotCloneable.
   */
  request<Result = unknown>(to: string, method: string, payload?: unknown, options?: RequestOptions): Promise<Result> {
    const timeoutMs = options?.timeout ?? defaultTimeoutMs
    let destination: Endpoint
    let copy: unknown
    try {
      if (options !== undefined) checkOptions(options)
      destination = this.destination(to, method)
      copy = copyPayload(payload)
    } catch (error) {
      return Promise.reject(error)
    }
    return new Promise<unknown>((resolve, reject) => {
      const { engine, shared } = this
      const pending: PendingRequest = {
        correlationId: ++shared.correlationIds,
        to,
        method,
        caller: engine.owner,
        resolve,
        reject,
        timeoutMs,
        since: engine.now,
        stack: engine.whereAmI(),
        timer: undefined,
      }
      this.metrics.issued++
      this.requests.set(pending.correlationId, pending)
      if (++shared.pending > engine.limits.pendingRequests) this.tooManyPending()
      shared.hooks.requested(pending)
      if (timeoutMs !== Infinity) {
        const due = engine.now + Math.round(timeoutMs * 1000)
        pending.timer = engine.scheduleAt(due, timeoutKind, 0, this.node.owner, this.expire, pending)
      }
      this.transmit('request', destination, method, pending.correlationId, copy, false, pending)
    }) as Promise<Result>
  }

  /** Sends a one-way message; resolves when the network has it. Rejects with SendFailed or PayloadNotCloneable. */
  send(to: string, method: string, payload?: unknown): Promise<void> {
    try {
      const destination = this.destination(to, method)
      const copy = copyPayload(payload)
      this.metrics.sent++
      const failure = this.transmit('one-way', destination, method, 0, copy, false, undefined)
      return failure === undefined ? resolved : Promise.reject(failure)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  accept(message: Message): void {
    const { node } = this
    if (node.state === 'booting' || node.state === 'paused') {
      this.shared.moving++
      this.parked.push(message)
    } else if (node.state === 'running') {
      this.engine.as(node.owner, this.receive, message)
    }
    // Dead: nobody is there. The sender learns nothing, as on a real network.
  }

  died(): void {
    this.handlers = new Map()
    this.shared.moving -= this.parked.length
    this.parked.length = 0
    this.shared.handling -= this.underWay.size
    this.underWay.clear()
    for (const pending of [...this.requests.values()]) {
      this.end(pending)
      this.metrics.abandoned++
      const what = `request '${pending.method}' to '${pending.to}'`
      if (pending.caller.alive) this.engine.settle(pending.caller, pending.reject, new NodeCrashed(this.id, what))
    }
  }

  up(): void {
    for (const message of this.parked.splice(0)) {
      this.engine.scheduleAt(this.engine.now, parkedKind, message.id, this.address, this.acceptParked, message)
    }
  }

  private readonly acceptParked = (message: Message): void => {
    this.shared.moving--
    this.accept(message)
  }

  private destination(to: string, method: string): Endpoint {
    checkMethod(method, 'bus method')
    const endpoint = this.shared.network.endpoint(to)
    if (endpoint === undefined) throw new SendFailed(to, method, 'there is no such node')
    return endpoint
  }

  /** Hands a message to the network; gives back why it could not be sent. */
  private transmit(
    kind: MessageKind,
    to: Endpoint,
    method: string,
    correlationId: number,
    payload: unknown,
    failed: boolean,
    pending: PendingRequest | undefined,
  ): SendFailed | undefined {
    const { network, hooks } = this.shared
    // The last words of code that was running when its node died go nowhere.
    if (!this.node.alive) return undefined
    const obstacle = hooks.beforeSend(kind, this, to, method)
    if (obstacle === 'fail') {
      const failure = new SendFailed(to.id, method, 'the connection failed')
      this.metrics.sendFailures++
      if (pending !== undefined) this.finish(pending, pending.reject, failure)
      return failure
    }
    const message = new Message(network.nextMessageId(), kind, this, to, method, correlationId, payload, failed)
    if (obstacle > 0) {
      this.shared.moving++
      this.engine.scheduleAt(this.engine.now + obstacle, sendKind, 0, this.address, this.hand, message)
    } else {
      network.send(message)
    }
    return undefined
  }

  private readonly hand = (message: Message): void => {
    this.shared.moving--
    this.shared.network.send(message)
  }

  private readonly receive = (message: Message): void => {
    if (message.kind === 'response') {
      this.receiveResponse(message)
      return
    }
    const handler = this.handlers.get(message.method)
    if (handler === undefined) {
      this.withoutHandler(message)
      return
    }
    this.metrics.handled++
    const context = { from: message.from.id, method: message.method, correlationId: message.correlationId }
    let result: unknown
    try {
      result = handler(message.payload as never, context)
    } catch (error) {
      this.answerError(message, error)
      return
    }
    if (isThenable(result)) this.await(message, result)
    else if (message.kind === 'request') this.answer(message, result)
  }

  private await(message: Message, result: PromiseLike<unknown>): void {
    const { owner } = this.node
    const key = ++this.handleIds
    this.underWay.set(key, { message, since: this.engine.now })
    this.shared.handling++
    const over = (): boolean => {
      if (!owner.alive || !this.underWay.delete(key)) return false
      this.shared.handling--
      return true
    }
    result.then(
      (value) => {
        if (over() && message.kind === 'request') this.answer(message, value)
      },
      (error: unknown) => {
        if (over()) this.answerError(message, error)
      },
    )
  }

  private handleIds = 0

  private answer(request: Message, result: unknown): void {
    let copy: unknown
    try {
      copy = copyPayload(result)
    } catch (error) {
      this.answerError(request, error)
      return
    }
    this.transmit('response', request.from, request.method, request.correlationId, copy, false, undefined)
  }

  private answerError(message: Message, error: unknown): void {
    if (message.kind === 'one-way') {
      // Nobody waits for an answer, so nobody else could notice.
      this.engine.fail(error)
      return
    }
    const failure: RemoteFailure =
      error instanceof Error
        ? { name: error.name, message: error.message, stack: error.stack }
        : { name: 'Error', message: typeof error === 'string' ? error : show(error), stack: undefined }
    this.shared.hooks.handlerFailed(error, this.engine)
    this.transmit('response', message.from, message.method, message.correlationId, failure, true, undefined)
  }

  private withoutHandler(message: Message): void {
    const known = [...this.handlers.keys()].map((name) => `'${name}'`).join(', ') || 'none'
    const text = `node '${this.id}' has no handler for '${message.method}' (from '${message.from.id}'); it handles ${known}`
    this.answerError(message, new SimulationError('NO_HANDLER', text))
  }

  private receiveResponse(message: Message): void {
    const pending = this.requests.get(message.correlationId)
    if (pending === undefined) {
      this.metrics.lateResponses++
      return
    }
    this.shared.hooks.responded()
    if (message.failed) {
      const failure = message.payload as RemoteFailure
      this.metrics.rejected++
      const error = new RemoteError(message.from.id, message.method, failure.name, failure.message, failure.stack)
      this.finish(pending, pending.reject, error)
    } else {
      this.metrics.resolved++
      this.finish(pending, pending.resolve, message.payload)
    }
  }

  private readonly expire = (pending: PendingRequest): void => {
    pending.timer = undefined
    this.metrics.timedOut++
    this.finish(pending, pending.reject, new RequestTimeout(pending.to, pending.method, pending.timeoutMs))
  }

  private finish<T>(pending: PendingRequest, settle: (value: T) => void, value: T): void {
    this.end(pending)
    this.shared.hooks.completed(pending)
    this.engine.settle(pending.caller, settle, value)
  }

  private end(pending: PendingRequest): void {
    if (!this.requests.delete(pending.correlationId)) return
    this.shared.pending--
    if (pending.timer !== undefined) this.engine.cancel(pending.timer)
  }

  private tooManyPending(): void {
    this.engine.report(
      'LimitExceeded',
      'pendingRequests',
      `limit pendingRequests of ${groupThousands(this.engine.limits.pendingRequests)} exceeded by node '${this.id}'; the ` +
        `likely cause: requests are sent faster than they are answered; raise it with limits: { pendingRequests: … }`,
    )
  }

  private *waits(): Iterable<Wait> {
    for (const pending of this.requests.values()) {
      const what = `response to request '${pending.method}' #${pending.correlationId} from ${this.id} to ${pending.to}`
      yield { owner: pending.caller.id, what, since: pending.since, stack: pending.stack }
    }
    for (const { message, since } of this.underWay.values()) {
      const what = `handler of ${message.kind} '${message.method}' from ${message.from.id}`
      yield { owner: this.node.owner.id, what, since }
    }
  }
}

const parkedKind: EventKind<Message> = eventKind('deliver parked', (m) => `${m.kind} ${m.method}`)
const sendKind: EventKind<Message> = eventKind('send', (m) => `${m.kind} ${m.method}`)
const resolved = Promise.resolve()

function checkMethod(method: unknown, where: string): void {
  if (typeof method !== 'string' || method === '') throw badInput(where, method, 'it must be a non-empty string')
}

function checkOptions(options: RequestOptions): void {
  for (const name of Object.keys(options)) {
    if (name !== 'timeout') throw badInput(`request option '${name}'`, show(options), "known options are 'timeout'")
  }
  const { timeout } = options
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0)) {
    throw badInput('request timeout', timeout, 'it must be a number of virtual milliseconds above 0, or Infinity')
  }
}
