import type { AsyncResource } from 'node:async_hooks'
import { current } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import type { SimEvent } from '../engine/event.ts'
import { EventKind } from '../engine/event.ts'
import { captureContext, runInContext } from './async-context.ts'
import { real } from './real.ts'
import { replaceFunction } from './replace.ts'

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

/** `TICK_MS` of undici's fast timers, in all its versions so far. */
const sharedTickMs = 499

const noArguments: readonly unknown[] = []

interface Ids {
  next: number
  readonly byId: Map<number, Timeout>
}
const idsOf = new WeakMap<Engine, Ids>()
/** Of timers that wait in real time. */
const outsideIds: Ids = { next: firstId, byId: new Map() }

function idsFor(engine: Engine | undefined): Ids {
  if (engine === undefined) return outsideIds
  let ids = idsOf.get(engine)
  if (ids === undefined) idsOf.set(engine, (ids = { next: firstId, byId: new Map() }))
  return ids
}

/** The pending timer whose numeric id is `id` (a number or its decimal string), among those of `engine`, or of real time. */
export function findTimeout(engine: Engine | undefined, id: number | string): Timeout | undefined {
  return (engine === undefined ? outsideIds : idsOf.get(engine))?.byId.get(Number(id))
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
  /** The simulation that it waits in; undefined: real time, because it was refreshed outside every simulation. */
  #engine: Engine | undefined
  #context: AsyncResource | undefined
  #event: SimEvent | undefined
  #real: NodeJS.Timeout | undefined
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

  /**
   * Starts the wait again, also when the timer has fired already; nothing once it was cleared.
   *
   * It waits where it is refreshed: a timer that was kept from another simulation, or beyond its own, moves.
   */
  refresh(): this {
    if (!this._onTimeout || this._idleTimeout < 0) return this
    if (current.engine !== this.#engine) this.#moveTo(current.engine)
    this._destroyed = false
    this.#arm(this._idleTimeout)
    return this
  }

  /** Only remembered: virtual timers never keep a process alive. */
  ref(): this {
    this.#referenced = true
    this.#real?.ref()
    return this
  }

  unref(): this {
    this.#referenced = false
    this.#real?.unref()
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
      this.disarm()
      this.#destroy()
    }
    return this
  }

  [Symbol.toPrimitive](): number {
    if (this.#id === undefined) {
      const ids = idsFor(this.#engine)
      this.#id = ids.next++
      if (!this._destroyed) ids.byId.set(this.#id, this)
    }
    return this.#id
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #arm(ms: number): void {
    this.disarm()
    const engine = this.#engine
    if (engine === undefined) {
      this.#real = real.setTimeout(Timeout.#fire, ms, this)
      if (!this.#referenced) this.#real.unref()
      return
    }
    const kind = this._repeat === null ? EventKind.timer : EventKind.interval
    const owner = ms === sharedTickMs && this.#isSharedTick ? engine.sharedOwner(this) : engine.owner
    this.#event = engine.scheduleByClock<Timeout>(ms * 1000, kind, kind.code, owner, Timeout.#fire, this)
  }

  /** It waits. */
  get isArmed(): boolean {
    return this.#event !== undefined || this.#real !== undefined
  }

  /** The clock that undici has for all its timeouts: whoever comes first sets it, for everybody after. */
  get #isSharedTick(): boolean {
    return typeof this._onTimeout === 'function' && this._onTimeout.name === 'onTick'
  }

  /** Lets it not come; it may be refreshed. */
  disarm(): void {
    if (this.#event !== undefined) this.#engine?.cancel(this.#event)
    this.#event = undefined
    if (this.#real !== undefined) real.clearTimeout(this.#real)
    this.#real = undefined
  }

  #moveTo(engine: Engine | undefined): void {
    this.disarm()
    if (this.#id !== undefined) idsFor(this.#engine).byId.delete(this.#id)
    this.#id = undefined
    this.#engine = engine
    this.#context = engine && captureContext(engine)
  }

  #destroy(): void {
    this._destroyed = true
    if (this.#id !== undefined) idsFor(this.#engine).byId.delete(this.#id)
  }

  static #fire(this: void, timeout: Timeout): void {
    timeout.#event = timeout.#real = undefined
    const callback = timeout._onTimeout
    if (!callback) return
    const args = timeout._timerArgs ?? noArguments
    const engine = timeout.#engine
    try {
      if (engine === undefined) Reflect.apply(callback, timeout, args)
      else runInContext(engine, timeout.#context, callback, timeout, args)
    } finally {
      // As Node does it: an interval is armed again after its callback, so what the callback armed comes first; a
      // timer that its callback refreshed lives on. What the callback threw is for the engine to report.
      if (timeout._repeat !== null && timeout._idleTimeout !== -1)
        timeout.#arm((timeout._idleTimeout = timeout._repeat))
      else if (timeout.#event === undefined && timeout.#real === undefined) timeout.#destroy()
    }
  }
}

/** Fields of a timer of Node's that are used here. */
interface NodeTimeout {
  _onTimeout: TimerCallback | null
  readonly _idleTimeout: number
  readonly _repeat: number | null
  readonly _timerArgs?: readonly unknown[]
}

/** Timers of Node's that were refreshed inside a simulation, and what waits there in their place. */
const moved = new WeakMap<object, Timeout>()

/** The virtual timer that a real one has become. */
export function movedTimeout(timer: unknown): Timeout | undefined {
  return typeof timer === 'object' && timer !== null ? moved.get(timer) : undefined
}

/** Lets a real timer that is refreshed inside a simulation wait there: it was set before the simulation began. */
export function installRefresh(): void {
  const probe = real.setTimeout(() => {}, 0)
  real.clearTimeout(probe)
  const prototype = Object.getPrototypeOf(probe) as object
  replaceFunction<() => unknown>(prototype, 'refresh', (original) => {
    return function refresh(this: NodeTimeout): unknown {
      const engine = current.engine
      const callback = this._onTimeout
      movedTimeout(this)?.close()
      if (engine === undefined || !callback || this._idleTimeout < 0) return original.call(this)
      const delay = this._idleTimeout
      real.clearTimeout(this as never)
      // Cleared for real time, and only for that.
      Object.assign(this, { _onTimeout: callback, _idleTimeout: delay })
      moved.set(this, new Timeout(engine, callback, delay, this._timerArgs, this._repeat !== null))
      return this
    }
  })
}
