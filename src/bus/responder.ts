import { describeError, isA, isError } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { SimulationError, badInput, withCaller } from '../engine/errors.ts'
import { refuseGenerator } from '../engine/generators.ts'
import type { Wait } from '../engine/failure.ts'
import type { Message } from '../network/message.ts'
import { ProcessExit } from '../engine/process.ts'
import { isThenable } from '../engine/thenable.ts'
import type { LifeCycle } from '../nodes/life-cycle.ts'
import type { BusShared } from './bus-shared.ts'
import { rootNameOf } from './errors.ts'
import { AnsweredKeys } from './answered-keys.ts'
import type { Handler, Reply } from './handler.ts'
import { copyPayload } from './payload.ts'
import type { BusMetrics } from './pending.ts'

/** How an error crosses the wire. */
export interface RemoteFailure {
  readonly name: string
  readonly message: string
  readonly rootName: string
}

interface UnderWay {
  readonly message: Message
  /** Virtual time, µs. */
  readonly since: number
}

/** The answering half of a bus: finds the handler, waits for it, replies. */
export class Responder {
  private readonly node: LifeCycle
  private readonly shared: BusShared
  private readonly engine: Engine
  private readonly metrics: BusMetrics
  private readonly reply: Reply
  private handlers = new Map<string, Handler>()
  private readonly systemMethods = new Set<string>()
  private readonly underWay = new Set<UnderWay>()
  private answered: AnsweredKeys | undefined
  private closed = false
  private whenIdle: (() => void) | undefined

  constructor(node: LifeCycle, shared: BusShared, metrics: BusMetrics, reply: Reply) {
    this.node = node
    this.shared = shared
    this.engine = shared.engine
    this.metrics = metrics
    this.reply = reply
  }

  /** `isSystem`: the node does its part of a system even while it stops; see Bus.handleSystem. */
  handle(method: string, handler: Handler, isSystem = false): void {
    if (typeof handler !== 'function') {
      throw badInput(`bus.handle('${method}') handler`, handler, 'it must be a function (payload, context) => result')
    }
    refuseGenerator(handler, `bus.handle('${method}') handler`)
    if (this.handlers.has(method)) {
      throw new SimulationError('DUPLICATE_HANDLER', `node '${this.node.id}' has a handler for '${method}' already`)
    }
    this.handlers.set(method, handler)
    if (isSystem) this.systemMethods.add(method)
  }

  /** Handles a request or one-way message; runs as the node's code. */
  receive(message: Message): void {
    // A stopping node takes nothing new, the sender sees silence, as from a dead one; but it does its part of a system.
    if (this.closed && !this.systemMethods.has(message.method)) {
      this.shared.network.records?.fate('drop', message, `${this.node.id} is stopping`)
      return
    }
    const handler = this.handlers.get(message.method)
    if (handler === undefined) {
      this.withoutHandler(message)
      return
    }
    const { idempotencyKey } = message
    if (idempotencyKey !== undefined) {
      this.answered ??= new AnsweredKeys(this.reply)
      if (this.answered.repeats(idempotencyKey, message)) return
    }
    this.metrics.handled++
    const { owner } = this.node
    const context = { from: message.from.id, method: message.method, correlationId: message.correlationId }
    let result: unknown
    try {
      const { strays } = this.engine
      if (strays === undefined) result = handler(message.payload as never, context)
      else strays.run(() => void (result = handler(message.payload as never, context)), undefined)
    } catch (error) {
      this.failed(message, error)
      return
    }
    // The handler ended its own node: nobody is left to answer.
    if (!owner.alive) return
    if (isThenable(result)) this.wait(message, result)
    else if (message.kind === 'request') this.answer(message, result)
  }

  /** Takes nothing new; `done` is called when no handler is under way. */
  close(done: () => void): void {
    this.closed = true
    this.whenIdle = done
    if (this.underWay.size === 0) this.idle()
  }

  private idle(): void {
    const done = this.whenIdle
    this.whenIdle = undefined
    done?.()
  }

  /** The node died: nothing is answered any more. */
  died(): void {
    this.handlers = new Map()
    this.answered = undefined
    this.closed = false
    this.whenIdle = undefined
    for (const entry of this.underWay) this.count(entry.message, -1)
    this.underWay.clear()
  }

  *waits(): Iterable<Wait> {
    for (const { message, since } of this.underWay) {
      const what = `handler of ${message.kind} '${message.method}' from ${message.from.id}`
      yield { owner: this.node.owner.id, what, since, isUnderWay: !message.background }
    }
  }

  private count({ background }: Message, change: 1 | -1): void {
    if (!background) this.shared.handling += change
  }

  private wait(message: Message, result: PromiseLike<unknown>): void {
    const entry: UnderWay = { message, since: this.engine.now }
    this.underWay.add(entry)
    this.count(message, 1)
    const over = (): boolean => {
      if (!this.underWay.delete(entry)) return false
      this.count(message, -1)
      if (this.underWay.size === 0) this.idle()
      return true
    }
    result.then(
      (value) => {
        if (over() && message.kind === 'request') this.answer(message, value)
      },
      (error: unknown) => {
        if (over()) this.failed(message, error)
      },
    )
  }

  private answer(request: Message, result: unknown): void {
    let copy: unknown
    try {
      copy = copyPayload(result)
    } catch (error) {
      this.failed(request, error)
      return
    }
    this.send(request, copy, false)
  }

  private failed(message: Message, error: unknown): void {
    // The handler ended its process: nobody is left to answer.
    if (isA(error, ProcessExit)) return
    if (message.kind === 'one-way') {
      // Nobody waits for an answer, so nobody else could notice.
      this.engine.fail(error)
      return
    }
    const failure: RemoteFailure = { ...describeError(error), rootName: rootNameOf(error) }
    if (this.engine.trace !== undefined && isError(error)) withCaller(failure, error)
    this.shared.hooks.handlerFailed(error)
    this.mayBeUnheard(message, failure, error)
    this.send(message, failure, true)
  }

  /** Our own questions are heard by who sent them on behalf of somebody else. */
  private mayBeUnheard(request: Message, { name, message }: RemoteFailure, thrown: unknown): void {
    const { method, from, correlationId, background } = request
    if (this.systemMethods.has(method)) return
    const error = { caller: from.id, node: this.node.id, method, name, message }
    this.shared.unheard.threw(error, thrown, this.node.owner, background ? correlationId : undefined)
  }

  private send(request: Message, payload: unknown, failed: boolean): void {
    if (request.idempotencyKey !== undefined) this.answered?.finished(request.idempotencyKey, payload, failed)
    this.reply(request, payload, failed)
  }

  private withoutHandler(message: Message): void {
    const known = [...this.handlers.keys()].map((name) => `'${name}'`).join(', ') || 'none'
    const text = `node '${this.node.id}' has no handler for '${message.method}' (from '${message.from.id}'); it handles ${known}`
    this.failed(message, new SimulationError('NO_HANDLER', text))
  }
}
