import type { AsyncResource } from 'node:async_hooks'
import type { Engine } from '../engine/engine.ts'
import type { SimEvent } from '../engine/event.ts'
import { EventKind } from '../engine/event.ts'
import { captureContext, runInContext } from './async-context.ts'
import type { TimerCallback } from './timeout.ts'

/** What `setImmediate` returns inside a simulation: an event at the present virtual time. */
export class Immediate {
  /** Always true: a real `clearImmediate` that was captured early would otherwise count it as one of Node's own. */
  readonly _destroyed = true
  readonly #engine: Engine
  readonly #callback: TimerCallback
  readonly #args: readonly unknown[]
  readonly #context: AsyncResource | undefined
  readonly #event: SimEvent
  #referenced = true

  constructor(engine: Engine, callback: TimerCallback, args: readonly unknown[], subject = 'immediate') {
    this.#engine = engine
    this.#callback = callback
    this.#args = args
    this.#context = captureContext(engine)
    this.#event = engine.schedule<Immediate>(0, EventKind.immediate, subject, Immediate.#fire, this)
  }

  /** Only remembered: virtual immediates never keep a process alive. */
  ref(): this {
    this.#referenced = true
    return this
  }

  unref(): this {
    this.#referenced = false
    return this
  }

  hasRef(): boolean {
    return this.#referenced
  }

  /** Cancels it, which is harmless at any time. */
  [Symbol.dispose](): void {
    this.#engine.cancel(this.#event)
  }

  static #fire(this: void, immediate: Immediate): void {
    runInContext(immediate.#engine, immediate.#context, immediate.#callback, immediate, immediate.#args)
  }
}
