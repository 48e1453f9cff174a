import timersPromises from 'node:timers/promises'
import type { Engine } from '../engine/engine.ts'
import { Immediate } from './immediate.ts'
import { replaceFunction } from './replace.ts'
import { Timeout, waker } from './timeout.ts'
import { simulating } from './simulating.ts'

interface Options {
  ref?: boolean
  signal?: AbortSignal
}
type Delayed = (delay?: number, value?: unknown, options?: Options) => Promise<unknown>
type Immediately = (value?: unknown, options?: Options) => Promise<unknown>
type Repeated = (delay?: number, value?: unknown, options?: Options) => AsyncIterator<unknown>

/** The error of an aborted wait: Node's own class is not public, but this is all there is to it. */
class AbortError extends Error {
  readonly code = 'ABORT_ERR'
  override readonly name = 'AbortError'

  constructor(signal: AbortSignal) {
    super('The operation was aborted', { cause: signal.reason })
  }
}

/** What Node answers with a rejection at once; the real function is then called to make that rejection. */
function isRejected(delay: unknown, options: unknown): boolean {
  if (delay !== undefined && typeof delay !== 'number') return true
  if (options === undefined) return false
  if (options === null || typeof options !== 'object' || Array.isArray(options)) return true
  const { ref, signal } = options as { ref?: unknown; signal?: unknown }
  if (ref !== undefined && typeof ref !== 'boolean') return true
  if (signal === undefined) return false
  return signal === null || typeof signal !== 'object' || !('aborted' in signal) || signal.aborted === true
}

/** Waits for the event that `start` schedules, or for the signal. */
function wait(start: (done: () => void) => Disposable, value: unknown, options: Options | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const signal = options?.signal
    const onAbort = (): void => {
      event[Symbol.dispose]()
      reject(new AbortError(signal as AbortSignal))
    }
    const event = start(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve(value)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function delayed(engine: Engine, delay: number | undefined, value: unknown, options?: Options): Promise<unknown> {
  return wait((done) => new Timeout(engine, waker(done), delay, undefined, false), value, options)
}

function immediately(engine: Engine, value: unknown, options?: Options): Promise<unknown> {
  return wait((done) => new Immediate(engine, done, []), value, options)
}

async function* repeated(engine: Engine, delay?: number, value?: unknown, options?: Options): AsyncGenerator<unknown> {
  const signal = options?.signal
  let due = 0
  let wake: (() => void) | undefined
  const proceed = (): void => wake?.()
  const count = (): void => {
    due++
    proceed()
  }
  const interval = new Timeout(engine, count, delay, undefined, true)
  signal?.addEventListener('abort', proceed, { once: true })
  try {
    for (;;) {
      if (due === 0 && signal?.aborted !== true) await new Promise<void>((resolve) => (wake = resolve))
      // Ticks that came before the abort are not lost, nor those that came while the consumer was busy.
      for (; due > 0; due--) yield value
      if (signal?.aborted === true) throw new AbortError(signal)
    }
  } finally {
    interval.close()
    signal?.removeEventListener('abort', proceed)
  }
}

/** Replaces the functions of node:timers/promises and the methods of its scheduler. */
export function installTimersPromises(): void {
  const { scheduler } = timersPromises
  replaceFunction<Delayed>(timersPromises, 'setTimeout', (original) => {
    return (delay, value, options) => {
      const engine = simulating('timers/promises.setTimeout')
      if (engine === undefined || isRejected(delay, options)) return original(delay, value, options)
      return delayed(engine, delay, value, options)
    }
  })
  replaceFunction<Immediately>(timersPromises, 'setImmediate', (original) => {
    return (value, options) => {
      const engine = simulating('timers/promises.setImmediate')
      if (engine === undefined || isRejected(undefined, options)) return original(value, options)
      return immediately(engine, value, options)
    }
  })
  replaceFunction<Repeated>(timersPromises, 'setInterval', (original) => {
    return (delay, value, options) => {
      const engine = simulating('timers/promises.setInterval')
      if (engine === undefined || isRejected(delay, options)) return original(delay, value, options)
      return repeated(engine, delay, value, options)
    }
  })
  replaceFunction<(delay: number, options?: Options) => Promise<unknown>>(scheduler, 'wait', (original) => {
    return function wait(this: unknown, delay: number, options?: Options) {
      const engine = simulating('scheduler.wait')
      // Another receiver is an error, which the real method throws.
      if (engine === undefined || this !== scheduler || isRejected(delay, options))
        return original.call(this as typeof scheduler, delay, options)
      return delayed(engine, delay, undefined, options)
    }
  })
  replaceFunction<() => Promise<unknown>>(scheduler, 'yield', (original) => {
    return function (this: unknown) {
      const engine = simulating('scheduler.yield')
      if (engine === undefined || this !== scheduler) return original.call(this)
      return immediately(engine, undefined)
    }
  })
}
