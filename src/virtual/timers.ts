import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import { current } from '../engine/current.ts'
import { Immediate } from './immediate.ts'
import { real } from './real.ts'
import { replaceFunction } from './replace.ts'
import type { TimerCallback } from './timeout.ts'
import { findTimeout, installRefresh, movedTimeout, Timeout } from './timeout.ts'
import { simulating } from './simulating.ts'

type Timer = (callback: TimerCallback, delay?: number, ...args: unknown[]) => unknown
type ImmediateTimer = (callback: TimerCallback, ...args: unknown[]) => unknown

/** A call with something else goes to the real function, which throws Node's own ERR_INVALID_ARG_TYPE. */
function isFunction(callback: unknown): callback is TimerCallback {
  return typeof callback === 'function'
}

function setTimeout(callback: TimerCallback, delay?: number, ...args: unknown[]): unknown {
  const engine = simulating('setTimeout')
  if (engine === undefined || !isFunction(callback)) return (real.setTimeout as Timer)(callback, delay, ...args)
  return new Timeout(engine, callback, delay, args.length > 0 ? args : undefined, false)
}

function setInterval(callback: TimerCallback, delay?: number, ...args: unknown[]): unknown {
  const engine = simulating('setInterval')
  if (engine === undefined || !isFunction(callback)) return (real.setInterval as Timer)(callback, delay, ...args)
  return new Timeout(engine, callback, delay, args.length > 0 ? args : undefined, true)
}

function setImmediate(callback: TimerCallback, ...args: unknown[]): unknown {
  const engine = simulating('setImmediate')
  if (engine === undefined || !isFunction(callback)) return (real.setImmediate as ImmediateTimer)(callback, ...args)
  return new Immediate(engine, callback, args)
}

function clearTimeout(timer: unknown): void {
  if (timer instanceof Timeout) {
    timer.close()
    return
  }
  const known =
    typeof timer === 'number' || typeof timer === 'string' ? findTimeout(current.engine, timer) : movedTimeout(timer)
  known?.close()
  // A timer that was set outside, whose ids are others.
  if (known === undefined || typeof timer === 'object') real.clearTimeout(timer as NodeJS.Timeout)
}

/** Node lets either of the two clear what the other's counterpart made. */
function clearInterval(timer: unknown): void {
  clearTimeout(timer)
}

function clearImmediate(immediate: unknown): void {
  if (immediate instanceof Immediate) immediate[Symbol.dispose]()
  // Node 20 takes anything for an immediate (a virtual timeout, say) and then miscounts its own; later versions ask.
  else if ((immediate as { _onImmediate?: unknown } | null | undefined)?._onImmediate) {
    real.clearImmediate(immediate as NodeJS.Immediate)
  }
}

/** Node defines `util.promisify(setTimeout)` by a getter too, so that timers/promises loads only when needed. */
function promisifiedBy(timer: object, key: 'setTimeout' | 'setImmediate'): void {
  Object.defineProperty(timer, promisify.custom, { enumerable: true, get: () => timersPromises[key] })
}

/** Replaces the timers of the global object and of node:timers. */
export function installTimers(): void {
  promisifiedBy(setTimeout, 'setTimeout')
  promisifiedBy(setImmediate, 'setImmediate')
  for (const target of [globalThis, timers]) {
    replaceFunction(target, 'setTimeout', () => setTimeout)
    replaceFunction(target, 'setInterval', () => setInterval)
    replaceFunction(target, 'setImmediate', () => setImmediate)
    replaceFunction(target, 'clearTimeout', () => clearTimeout)
    replaceFunction(target, 'clearInterval', () => clearInterval)
    replaceFunction(target, 'clearImmediate', () => clearImmediate)
  }
  installRefresh()
}
