import childProcess from 'node:child_process'
import fs from 'node:fs'
import crypto from 'node:crypto'
import zlib from 'node:zlib'
import { syncBuiltinESMExports } from 'node:module'
import { current } from '../../../src/engine/current.ts'
import { replaceFunction } from '../../../src/virtual/replace.ts'

/** A call that blocks the thread in native code, where no inspector can look. */
export interface BlockingCall {
  /** 'child_process.execSync'. */
  readonly name: string
  readonly stack: string
}

type AnyFunction = (...args: unknown[]) => unknown

/** The watchdog interrupts such a call when it returns, so it must return: this much after the limit, ms. */
const beyondLimitMs = 1_500

let underWay: { readonly name: string; readonly error: Error } | undefined
let boundMs = Infinity
let watching: 'nothing' | 'waits' | 'all' = 'nothing'

/** Takes the call that a hang has interrupted; undefined: it was not in one that is known. */
export function takeBlockingCall(): BlockingCall | undefined {
  const call = underWay
  underWay = undefined
  return call && { name: call.name, stack: call.error.stack ?? '' }
}

/** Notes calls that may wait for ever from now on, and lets them return soon after the limit; 0: there is none. */
export function watchWaits(limitMs: number): void {
  boundMs = limitMs > 0 ? limitMs + beyondLimitMs : Infinity
  if (watching !== 'nothing') return
  watching = 'waits'
  for (const name of ['execSync', 'execFileSync', 'spawnSync']) {
    note(childProcess, name, `child_process.${name}`, withTimeout)
  }
  note(Atomics, 'wait', 'Atomics.wait', ([array, index, value, timeout]) => {
    return [array, index, value, typeof timeout === 'number' && timeout < boundMs ? timeout : boundMs]
  })
  syncBuiltinESMExports()
}

/** Notes every synchronous call of Node from now on: something hung, and that seed runs again. */
export function watchAllCalls(): void {
  if (watching === 'all') return
  watching = 'all'
  for (const [module, target] of Object.entries({ fs, crypto, zlib })) {
    for (const [name, member] of Object.entries(target)) {
      if (name.endsWith('Sync') && typeof member === 'function') note(target, name, `${module}.${name}`)
    }
  }
  syncBuiltinESMExports()
}

function note(target: object, key: string, name: string, bounded = (args: unknown[]): unknown[] => args): void {
  replaceFunction<AnyFunction>(
    target,
    key,
    (original) =>
      function (this: unknown, ...args: unknown[]): unknown {
        if (current.engine === undefined || underWay !== undefined) return original.apply(this, args)
        underWay = { name, error: new Error(name) }
        // What is interrupted runs no `finally`: the note stays.
        try {
          return original.apply(this, boundMs === Infinity ? args : bounded(args))
        } finally {
          underWay = undefined
        }
      },
  )
}

function withTimeout(args: unknown[]): unknown[] {
  const at = args.findLastIndex((one) => typeof one === 'object' && one !== null && !Array.isArray(one))
  const options = at < 0 ? {} : (args[at] as { readonly timeout?: number })
  if (options.timeout !== undefined && options.timeout > 0 && options.timeout < boundMs) return args
  const bounded = { killSignal: 'SIGKILL', ...options, timeout: boundMs }
  return at < 0 ? [...args.filter((one) => one !== undefined), bounded] : args.with(at, bounded)
}
