import crypto from 'node:crypto'
import { cryptoStream } from './owner-stream.ts'
import { Immediate } from './immediate.ts'
import { replaceFunction } from './replace.ts'
import type { TimerCallback } from './timeout.ts'
import { simulating } from './simulating.ts'

type RandomInt = (...args: unknown[]) => number | undefined

// Node's RAND_MAX: it draws 48 bits at a time.
const widestRange = 2 ** 48 - 1

/** Whether Node accepts the range [min, max). */
function isRange(min: unknown, max: unknown): boolean {
  return (
    Number.isSafeInteger(min) &&
    Number.isSafeInteger(max) &&
    (min as number) < (max as number) &&
    (max as number) - (min as number) <= widestRange
  )
}

/** Replaces randomInt, with and without a callback; wrong arguments go to the real one, which throws. */
export function installRandomInt(): void {
  replaceFunction<RandomInt>(crypto, 'randomInt', (original) => {
    return (...args) => {
      const engine = simulating('crypto.randomInt')
      if (engine === undefined) return original(...args)
      const onlyMax = args[1] === undefined || typeof args[1] === 'function'
      const [min, max, callback]: unknown[] = onlyMax ? [0, args[0], args[1]] : args
      const validCallback = callback === undefined || typeof callback === 'function'
      if (!validCallback || !isRange(min, max)) return original(...args)
      const value: number = cryptoStream(engine).integer(Number(min), Number(max) - 1)
      if (callback === undefined) return value
      new Immediate(engine, callback as TimerCallback, [undefined, value], 'randomInt')
      return undefined
    }
  })
}
