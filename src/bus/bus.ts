import type { Engine } from '../engine/engine.ts'
import { type EventKind, clockKind, eventKind } from '../engine/event.ts'
import { withCaller } from '../engine/errors.ts'
import type { Wait } from '../engine/failure.ts'
import { groupThousands } from '../engine/format.ts'
import { type Endpoint, Message, type MessageKind } from '../network/message.ts'
import { NodeCrashed } from '../nodes/errors.ts'
import type { LifeCycle, LifeCycleListener } from '../nodes/life-cycle.ts'
import type { BusShared } from './bus-shared.ts'
import type { NodeBus } from './door.ts'
import { ConnectionReset, NoSuchNode, RequestTimeout, systemErrors } from './errors.ts'
import type { Handler } from './handler.ts'
import { copyPayload } from './payload.ts'
import { PendingRequests } from './pending-requests.ts'
import { type BusMetrics, type How, type PendingRequest, newBusMetrics } from './pending.ts'
import {
  type RequestOptions,
  type SendOptions,
  checkMethod,
  checkRequestOptions,
  checkSendOptions,
  defaultTimeoutMs,
} from './request-options.ts'
import { Retries } from './retries.ts'
import { type RemoteFailure, Responder } from './responder.ts'
import { notSent, remoteError } from './wire-errors.ts'

const timeoutKind = clockKind<PendingRequest>('timeout', (p) => `request ${p.method} #${p.correlationId}`, true)

/** A node's message bus: requests with responses, and one-way messages. */
export class Bus implements NodeBus, Endpoint, LifeCycleListener {
  readonly id: string
  readonly index: number
  readonly address
  readonly metrics: BusMetrics = newBusMetrics()
  protected readonly node: LifeCycle
  protected readonly shared: BusShared
  protected readonly engine: Engine
  protected readonly requests = new PendingRequests()
  private inBackground = 0
  private retries: Retries | undefined
  /** Messages that arrived while the node was booting or paused. */
  private readonly parked: Message[] = []
  /** Those of them whose turn is queued. */
  private unparking = 0
  private readonly responder: Responder

  constructor(node: LifeCycle, shared: BusShared) {
    this.id = node.id
    this.index = node.index
    this.address = node.address
    this.node = node
    this.shared = shared
    this.engine = shared.engine
    this.responder = new Responder(node, shared, this.metrics, this.reply)
    node.listen(this)
    shared.network.attach(this)
    shared.engine.describeWaits(() => this.waits())
  }

  /** Requests sent from this node that have no outcome yet, but for those in the background. */
  get pending(): number {
    if (this.shared.leavesOutRenewed) return 0
    return this.requests.size - this.inBackground + (this.retries?.pausing ?? 0)
  }

  /** Registers what answers `method`; throws SimulationError when the node has a handler for it already. */
  handle<Payload>(method: string, handler: Handler<Payload>): void {
    checkMethod(method, 'bus.handle')
    this.responder.handle(method, handler as Handler)
  }

  /** The same for a part of the system itself, which answers while the node stops; its name begins with '$'. */
  handleSystem<Payload>(method: string, handler: Handler<Payload>): void {
    this.responder.handle(method, handler as Handler, true)
  }

  /**
   * Sends a request and resolves to the handler's result.
   *
   * Rejects with RequestTimeout (it may have been delivered), SendFailed (it was not, in no attempt), RemoteError (the
   * handler threw), NodeCrashed (this node died) or PayloadNotCloneable.
   */
  request<Result = unknown>(to: string, method: string, payload?: unknown, options?: RequestOptions): Promise<Result> {
    try {
      if (options !== undefined) checkRequestOptions(options)
      checkMethod(method, 'bus.request method')
      const copy = copyPayload(payload)
      const timeoutMs = options?.timeout ?? defaultTimeoutMs
      const how = options?.background === true ? inBackground : ordinary
      const retry = options?.retry
      if (retry === undefined) return this.attempt(to, method, copy, timeoutMs, how) as Promise<Result>
      const keyed = { ...how, idempotencyKey: this.keyOf(retry.idempotencyKey ?? false) }
      const attempt = (): Promise<unknown> => this.attempt(to, method, copy, timeoutMs, keyed)
      this.retries ??= new Retries(this.node, this.shared, this.metrics)
      return this.retries.run({ to, method, background: how.background }, retry, attempt) as Promise<Result>
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * A question of the system itself, to a node that exists. What it rejects with only tells the kinds of failure apart:
   * the system says more to its own callers.
   *
   * `background`: see RequestOptions; for what a system does for ever by itself: renewing leases.
   */
  ask<Result>(to: string, method: string, payload: unknown, timeoutMs: number, background = false): Promise<Result> {
    const how = background ? bySystemInBackground : bySystem
    return this.attempt(to, method, copyPayload(payload), timeoutMs, how) as Promise<Result>
  }

  /** Sends a one-way message; resolves when the network has it. Rejects with SendFailed or PayloadNotCloneable. */
  send(to: string, method: string, payload?: unknown, options?: SendOptions): Promise<void> {
    try {
      if (options !== undefined) checkSendOptions(options)
      checkMethod(method, 'bus.send method')
      const copy = copyPayload(payload)
      const destination = this.shared.network.endpoint(to)
      if (destination === undefined) throw new NoSuchNode(to, method)
      if (!this.node.alive || !this.engine.owner.alive) return this.deadRequest(method)
      const message = this.message('one-way', destination, method, 0, copy, false)
      message.background = options?.background === true
      message.effects = this.engine.owner.effects
      if (!this.transmit(message)) return Promise.reject(notSent(message))
      this.metrics.sent++
      return resolved
    } catch (error) {
      return Promise.reject(error)
    }
  }

  accept(message: Message): void {
    // Those that waited for the node to come up go first.
    if (this.unparking > 0) this.unpark(message)
    else this.take(message)
  }

  private take(message: Message): void {
    const { node } = this
    // A boot function that asks others must get its answers: all the rest waits until it has settled.
    const answersBoot = node.state === 'booting' && message.kind === 'response'
    if ((node.state === 'booting' && !answersBoot) || node.state === 'paused') {
      this.moves(message, 1)
      this.parked.push(message)
      this.shared.network.records?.fate('hold', message, `${this.id} is ${node.state}`)
    } else if (node.state === 'running' || answersBoot) {
      this.engine.become(node.owner)
      this.shared.network.records?.fate('deliver', message)
      this.receive(message)
    } else {
      // Dead: nobody is there. The sender learns nothing, as on a real network.
      this.shared.network.records?.fate('drop', message, `${this.id} is down`)
    }
  }

  died(): void {
    this.responder.died()
    for (const message of this.parked.splice(0)) this.moves(message, -1)
    this.retries?.died()
    for (const pending of [...this.requests.values()]) {
      this.end(pending)
      this.metrics.abandoned++
      if (!pending.background) this.shared.hooks.abandoned(pending)
      const what = `request '${pending.method}' to '${pending.to}'`
      if (pending.caller.alive) this.engine.settle(pending.caller, pending.reject, new NodeCrashed(this.id, what))
    }
  }

  /** The other end of these requests has closed the connection. */
  peerReset(node: string): void {
    for (const pending of [...this.requests.values()]) {
      if (pending.to !== node) continue
      this.metrics.reset++
      this.shared.network.records?.unanswered(pending, 'reset')
      this.finish(pending, pending.reject, withCaller(new ConnectionReset(node, pending.method), pending.stack))
    }
  }

  stopping(done: () => void): void {
    this.responder.close(done)
  }

  up(): void {
    for (const message of this.parked.splice(0)) {
      this.moves(message, -1)
      this.unpark(message)
    }
  }

  /** Counts a message between a bus and the network or a node. */
  private moves(message: Message, change: 1 | -1): void {
    if (!message.background) this.shared.moving += change
  }

  private unpark(message: Message): void {
    this.unparking++
    this.moves(message, 1)
    this.engine.scheduleAt(this.engine.now, parkedKind, message.id, this.address, this.acceptParked, message)
  }

  private readonly acceptParked = (message: Message): void => {
    this.unparking--
    this.moves(message, -1)
    this.take(message)
  }

  private keyOf(given: string | boolean): string | undefined {
    if (typeof given === 'string') return given
    return given ? `${this.id} ${this.shared.correlationIds + 1}` : undefined
  }

  /** One attempt of a request. */
  private attempt(to: string, method: string, payload: unknown, timeoutMs: number, how: How): Promise<unknown> {
    const { engine, shared, node } = this
    const { idempotencyKey, system, background } = how
    if (!node.alive || !engine.owner.alive) return this.deadRequest(method)
    const destination = shared.network.endpoint(to)
    if (destination === undefined) return Promise.reject(new NoSuchNode(to, method))
    return new Promise((resolve, reject) => {
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
        background,
        system,
        timer: undefined,
      }
      this.metrics.issued++
      this.requests.set(pending.correlationId, pending)
      if (background) this.inBackground++
      else if (++shared.pending > engine.limits.pendingRequests) this.tooManyPending()
      if (!background) shared.hooks.requested(pending)
      if (system) shared.network.records?.isOwn(pending.correlationId)
      if (timeoutMs !== Infinity) {
        const micros = Math.round(timeoutMs * 1000)
        pending.timer = engine.scheduleByClock(micros, timeoutKind, 0, node.owner, this.expire, pending)
      }
      const message = this.message('request', destination, method, pending.correlationId, payload, false)
      message.idempotencyKey = idempotencyKey
      message.background = background
      if (!system) message.effects = engine.owner.effects
      if (this.transmit(message)) return
      shared.network.records?.unanswered(pending, 'not sent')
      const error = system ? systemErrors.sendFailed : withCaller(notSent(message), pending.stack)
      this.finish(pending, pending.reject, error)
    })
  }

  /** The last words of code whose node has just died go nowhere; anybody else learns that the node is dead. */
  private deadRequest(method: string): Promise<never> {
    this.engine.guard()
    const error = new NodeCrashed(this.id, `request '${method}': it is not alive`)
    return this.engine.owner.alive ? Promise.reject(error) : new Promise(() => {})
  }

  private message(
    kind: MessageKind,
    to: Endpoint,
    method: string,
    correlationId: number,
    payload: unknown,
    failed: boolean,
  ): Message {
    const { network } = this.shared
    const message = new Message(network.nextMessageId(), kind, this, to, method, correlationId, payload, failed)
    network.name(message)
    return message
  }

  /** Hands a message to the network; false: it could not be sent. */
  private transmit(message: Message): boolean {
    const { network, hooks } = this.shared
    const { owner } = this.node
    // The last words of code that was running when its node died go nowhere.
    if (!owner.alive) return true
    const wait = hooks.wait(message)
    if (hooks.fails(message)) {
      if (message.kind === 'request') this.metrics.sendFailures++
      else this.metrics.unsent++
      const skip = (): void => network.skip()
      if (wait === 0) skip()
      else this.engine.scheduleAt(this.engine.now + wait, unsentKind, message.id, this.address, skip, message)
      return false
    }
    if (message.effects !== undefined) message.effects.count++
    if (wait === 0) {
      network.send(message)
      return true
    }
    this.moves(message, 1)
    const hand = (late: Message): void => {
      this.moves(late, -1)
      if (owner.alive) network.send(late)
    }
    this.engine.scheduleAt(this.engine.now + wait, sendKind, message.id, this.address, hand, message)
    return true
  }

  private readonly reply = (request: Message, payload: unknown, failed: boolean): void => {
    const message = this.message('response', request.from, request.method, request.correlationId, payload, failed)
    message.background = request.background
    this.transmit(message)
  }

  private receive(message: Message): void {
    if (message.kind === 'response') this.receiveResponse(message)
    else this.responder.receive(message)
  }

  protected receiveResponse(message: Message): void {
    const pending = this.requests.get(message.correlationId)
    if (pending === undefined) {
      this.metrics.lateResponses++
      this.shared.network.records?.fate('late', message)
      return
    }
    this.shared.hooks.responded()
    if (message.failed) {
      this.metrics.rejected++
      this.hear(message)
      this.finish(pending, pending.reject, pending.system ? systemErrors.remote : remoteError(message))
    } else {
      this.metrics.resolved++
      this.finish(pending, pending.resolve, message.payload)
    }
  }

  private hear({ from, method, payload }: Message): void {
    const { name, message } = payload as RemoteFailure
    this.shared.unheard.heard({ caller: this.id, node: from.id, method, name, message })
  }

  /** True while that request has no outcome. */
  waitsFor(correlationId: number): boolean {
    return this.requests.get(correlationId) !== undefined
  }

  protected readonly expire = (pending: PendingRequest): void => {
    pending.timer = undefined
    this.metrics.timedOut++
    const { to, method, timeoutMs, system, stack } = pending
    this.shared.network.records?.unanswered(pending, 'timeout')
    const error = system ? systemErrors.timeout : withCaller(new RequestTimeout(to, method, timeoutMs), stack)
    this.finish(pending, pending.reject, error)
  }

  protected finish<T>(pending: PendingRequest, settle: (value: T) => void, value: T): void {
    this.end(pending)
    if (!pending.background) this.shared.hooks.completed(pending)
    this.engine.settle(pending.caller, settle, value)
  }

  protected end(pending: PendingRequest): void {
    if (!this.requests.delete(pending.correlationId)) return
    if (pending.background) this.inBackground--
    else this.shared.pending--
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
      const { caller, since, stack, background } = pending
      yield { owner: caller.id, what, since, stack, isUnderWay: !background }
    }
    if (this.retries !== undefined) yield* this.retries.waits()
    for (const { kind, method, from, sentAt, background } of this.parked) {
      const what = `${this.node.state} ${this.id} to take ${kind} '${method}'`
      yield { owner: from.id, what, since: sentAt, isUnderWay: !background }
    }
    yield* this.responder.waits()
  }
}

// Made once: a request is sent too often to say this anew each time.
const ordinary: How = { idempotencyKey: undefined, system: false, background: false }
const inBackground: How = { ...ordinary, background: true }
const bySystem: How = { ...ordinary, system: true }
const bySystemInBackground: How = { ...bySystem, background: true }

const parkedKind: EventKind<Message> = eventKind('deliver parked', (m) => `${m.kind} ${m.method}`)
const sendKind: EventKind<Message> = eventKind('send', (m) => `${m.kind} ${m.method}`, 0)
const unsentKind: EventKind<Message> = eventKind('not sent', (m) => `${m.kind} ${m.method}`, 0)
const resolved = Promise.resolve()
