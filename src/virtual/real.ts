import { AsyncLocalStorage } from 'node:async_hooks'
import workerThreads, { type MessageChannel, type Worker } from 'node:worker_threads'

/**
 * What the simulator must reach for real even while a simulation runs.
 *
 * Every member can be called without a receiver, but for the methods of AsyncLocalStorage.
 */
export interface Real {
  readonly setTimeout: typeof setTimeout
  readonly setInterval: typeof setInterval
  readonly setImmediate: typeof setImmediate
  readonly clearTimeout: typeof clearTimeout
  readonly clearInterval: typeof clearInterval
  readonly clearImmediate: typeof clearImmediate
  readonly queueMicrotask: typeof queueMicrotask
  readonly nextTick: typeof process.nextTick
  readonly Date: DateConstructor
  readonly dateNow: () => number
  readonly performanceNow: () => number
  readonly hrtime: typeof process.hrtime
  readonly hrtimeBigint: () => bigint
  readonly uptime: () => number
  readonly mathRandom: () => number
  readonly abortSignalTimeout: (milliseconds: number) => AbortSignal
  readonly Worker: typeof Worker
  readonly MessageChannel: typeof MessageChannel
  /** Methods of AsyncLocalStorage. */
  readonly contextRun: AsyncLocalStorage<unknown>['run']
  readonly contextEnterWith: AsyncLocalStorage<unknown>['enterWith']
  /** Drains every nextTick and microtask when called from a macrotask; undefined where Node does not have it. */
  readonly tickCallback: (() => void) | undefined
}

function capture(): Real {
  return {
    setTimeout: globalThis.setTimeout,
    setInterval: globalThis.setInterval,
    setImmediate: globalThis.setImmediate,
    clearTimeout: globalThis.clearTimeout,
    clearInterval: globalThis.clearInterval,
    clearImmediate: globalThis.clearImmediate,
    queueMicrotask: globalThis.queueMicrotask,
    nextTick: process.nextTick,
    Date: globalThis.Date,
    dateNow: globalThis.Date.now,
    performanceNow: globalThis.performance.now.bind(globalThis.performance),
    hrtime: process.hrtime,
    hrtimeBigint: process.hrtime.bigint,
    uptime: process.uptime.bind(process),
    mathRandom: Math.random,
    abortSignalTimeout: AbortSignal.timeout.bind(AbortSignal),
    Worker: workerThreads.Worker,
    MessageChannel: workerThreads.MessageChannel,
    contextRun: AsyncLocalStorage.prototype.run,
    contextEnterWith: AsyncLocalStorage.prototype.enterWith,
    tickCallback: (process as unknown as { _tickCallback?: () => void })._tickCallback,
  }
}

const key = Symbol.for('vitest-simulation.real')

/**
 * The real functions, captured by whichever copy of this module loads first.
 *
 * It hangs on a global symbol because the setup file and the test may each load their own copy: a second copy that
 * captured for itself would take the dispatchers of the first one for real.
 */
export const real: Real = ((globalThis as unknown as Record<symbol, Real | undefined>)[key] ??= capture())
