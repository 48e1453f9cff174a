import type { AsyncResource } from 'node:async_hooks'
import { current } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import type { SimEvent } from '../engine/event.ts'
import { EventKind } from '../engine/event.ts'
import { captureContext, runInContext } from './async-context.ts'

export type TimerCallback = (...args: unknown[]) => unknown

// Node's TIMEOUT_MAX; anything above it, and anything below 1, waits 1 ms (lib/internal/timers.js).
const longestMs = 2 ** 31 - 1

/** Milliseconds that Node waits when asked for `delay`; throws TypeError for what cannot be a number. */
function coerceDelay(delay: unknown): number {
  // `* 1` rather than Number(), which would accept a BigInt where Node throws.
  const ms = (delay as number) * 1
  return ms >= 1 && ms <= longestMs ? Math.trunc(ms) : 1
}

// Far above the async ids that Node uses as numeric timer ids, so that neither can clear the other's timer; still a
// small integer for V8.
const firstId = 1_000_000_000

/** Callbacks that only settle a promise. */
const wakers = new WeakSet<TimerCallback>()

/** Marks a callback as one that only settles a promise. */
export function waker(callback: TimerCallback): TimerCallback {
  wakers.add(callback)
  return callback
}

/** True for the `resolve` of a promise: it has no name, one parameter, and no source. */
function isResolver(callback: TimerCallback): boolean {
  return (
    callback.name === '' &&
    callback.length === 1 &&
    Function.prototype.toString.call(callback) === 'function () { [native code] }'
  )
}

/** `() => resolve()`, `() => { resolve(1) }`, `function () { done(); }`: by the names that everybody gives a resolver. */
const callsResolver =
  /^(?:\(\w*\)\s*=>|function\s*\w*\(\w*\))\s*\{?\s*(?:return |void )?\s*(?:r|res|resolve\w*|done|ok|wake\w*)\((?:[^()]*)\);?\s*\}?$/i

const noArguments: readonly unknown[] = []

interface Ids {
  next: number
  readonly byId: Map<number, Timeout>
}
const idsOf = new WeakMap<Engine, Ids>()

/** The pending timer whose numeric id is `id` (a number or its decimal string), among those of `engine`. */
export function findTimeout(engine: Engine, id: number | string): Timeout | undefined {
  return idsOf.get(engine)?.byId.get(Number(id))
}

/**
 * What `setTimeout` and `setInterval` return inside a simulation.
 *
 * The fields with an underscore are Node's: some packages read them, and a real `clearTimeout` that was captured
 * before the dispatchers were installed writes them, which cancels this timer as well.
 */
export class Timeout {
  _onTimeout: TimerCallback | null | undefined
  _idleTimeout: number
  _repeat: number | null
  _timerArgs: readonly unknown[] | undefined
  _destroyed = false
  readonly #engine: Engine
  readonly #context: AsyncResource | undefined
  #event: SimEvent | undefined
  #referenced = true
  #id: number | undefined

  constructor(
    engine: Engine,
    callback: TimerCallback,
    delay: unknown,
    args: readonly unknown[] | undefined,
    repeat: boolean,
  ) {
    const ms = coerceDelay(delay)
    this._onTimeout = callback
    this._idleTimeout = ms
    this._repeat = repeat ? ms : null
    this._timerArgs = args
    this.#engine = engine
    this.#context = captureContext(engine)
    this.#arm(ms)
  }

  /**
   * Somebody awaits it: `node:timers/promises`, or `new Promise((resolve) => setTimeout(resolve, ms))`, also with a
   * callback that does no more than resolve.
   */
  get wakesPromise(): boolean {
    const callback = this._onTimeout
    if (this._repeat !== null || typeof callback !== 'function') return false
    if (wakers.has(callback) || isResolver(callback)) return true
    return callsResolver.test(Function.prototype.toString.call(callback).trim())
  }

  /** Starts the wait again, also when the timer has fired already; nothing once it was cleared. */
  refresh(): this {
    // The simulation may be over, or another one running: then there is no time to wait in.
    if (!this._onTimeout || this._idleTimeout < 0 || current.engine !== this.#engine) return this
    this._destroyed = false
    this.#arm(this._idleTimeout)
    return this
  }

  /** Only remembered: virtual timers never keep a process alive. */
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

  /** Cancels the timer; harmless at any time. */
  close(): this {
    this._onTimeout = null
    if (!this._destroyed) {
      this._idleTimeout = -1
      this.#disarm()
      this.#destroy()
    }
    return this
  }

  [Symbol.toPrimitive](): number {
    if (this.#id === undefined) {
      let ids = idsOf.get(this.#engine)
      if (ids === undefined) idsOf.set(this.#engine, (ids = { next: firstId, byId: new Map() }))
      this.#id = ids.next++
      if (!this._destroyed) ids.byId.set(this.#id, this)
    }
    return this.#id
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #arm(ms: number): void {
    this.#disarm()
    const engine = this.#engine
    const kind = this._repeat === null ? EventKind.timer : EventKind.interval
    this.#event = engine.scheduleByClock<Timeout>(ms * 1000, kind, kind.code, engine.owner, Timeout.#fire, this)
  }

  #disarm(): void {
    if (this.#event !== undefined) this.#engine.cancel(this.#event)
    this.#event = undefined
  }

  #destroy(): void {
    this._destroyed = true
    if (this.#id !== undefined) idsOf.get(this.#engine)?.byId.delete(this.#id)
  }

  static #fire(this: void, timeout: Timeout): void {
    timeout.#event = undefined
    if (!timeout._onTimeout) return
    try {
      runInContext(timeout.#engine, timeout.#context, timeout._onTimeout, timeout, timeout._timerArgs ?? noArguments)
    } finally {
      // As Node does it: an interval is armed again after its callback, so what the callback armed comes first; a
      // timer that its callback refreshed lives on. What the callback threw is for the engine to report.
      if (timeout._repeat !== null && timeout._idleTimeout !== -1)
        timeout.#arm((timeout._idleTimeout = timeout._repeat))
      else if (timeout.#event === undefined) timeout.#destroy()
    }
  }
}
