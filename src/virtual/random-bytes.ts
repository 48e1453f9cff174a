import crypto from 'node:crypto'
import { isAnyArrayBuffer } from 'node:util/types'
import { cryptoStream } from './owner-stream.ts'
import { Immediate } from './immediate.ts'
import { replaceFunction } from './replace.ts'
import type { TimerCallback } from './timeout.ts'
import { simulating } from './simulating.ts'

type FillCallback = (error: Error | null, target: Fillable) => void
type Fillable = ArrayBufferView | ArrayBufferLike

type RandomBytes = (size: number, callback?: unknown) => Buffer | undefined
type RandomFillSync = (target: Fillable, offset?: number, size?: number) => Fillable
type RandomFill = (target: unknown, ...rangeAndCallback: unknown[]) => void

// Where arguments are wrong the real function is called: it throws before it draws, with Node's own error.

function isSize(size: unknown): size is number {
  return typeof size === 'number' && size >= 0 && size <= 2 ** 31 - 1
}

/** The bytes that Node would fill; offset and size count elements. Undefined when Node would throw. */
function bytesToFill(target: unknown, offset: unknown, size: unknown): Uint8Array | undefined {
  const isView = ArrayBuffer.isView(target)
  if (!isView && !isAnyArrayBuffer(target)) return undefined
  const elementSize = (target as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1
  if (typeof offset !== 'number' || (size !== undefined && typeof size !== 'number')) return undefined
  const start = offset * elementSize
  const length = size === undefined ? target.byteLength - start : size * elementSize
  // Written so that NaN fails.
  if (!(start >= 0 && length >= 0 && start + length <= target.byteLength)) return undefined
  const [buffer, base] = isView ? [target.buffer, target.byteOffset] : [target, 0]
  return new Uint8Array(buffer, base + Math.trunc(start), Math.trunc(length))
}

function replaceRandomBytes(key: string): void {
  replaceFunction<RandomBytes>(crypto, key, (original) => {
    return (size, callback) => {
      const engine = simulating('crypto.randomBytes')
      const validCallback = callback === undefined || typeof callback === 'function'
      if (engine === undefined || !isSize(size) || !validCallback) return original(size, callback)
      const bytes = Buffer.alloc(Math.trunc(size))
      cryptoStream(engine).fill(bytes)
      if (callback === undefined) return bytes
      new Immediate(engine, callback as TimerCallback, [null, bytes], 'randomBytes')
      return undefined
    }
  })
}

/** Replaces randomBytes and its aliases, randomFill and randomFillSync; callbacks come in an event of their own. */
export function installRandomBytes(): void {
  for (const key of ['randomBytes', 'pseudoRandomBytes', 'prng', 'rng']) replaceRandomBytes(key)
  replaceFunction<RandomFillSync>(crypto, 'randomFillSync', (original) => {
    return (target, offset = 0, size) => {
      const engine = simulating('crypto.randomFillSync')
      const bytes = engine === undefined ? undefined : bytesToFill(target, offset, size)
      if (engine === undefined || bytes === undefined) return original(target, offset, size)
      cryptoStream(engine).fill(bytes)
      return target
    }
  })
  replaceFunction<RandomFill>(crypto, 'randomFill', (original) => {
    return (target, ...range) => {
      const engine = simulating('crypto.randomFill')
      const callbackAt = range.findIndex((argument) => typeof argument === 'function')
      const [offset = 0, size] = range.slice(0, callbackAt)
      const bytes = engine === undefined || callbackAt < 0 ? undefined : bytesToFill(target, offset, size)
      if (engine === undefined || bytes === undefined) return original(target, ...range)
      const callback = range[callbackAt] as unknown as FillCallback
      const fill = (): void => {
        cryptoStream(engine).fill(bytes)
        callback(null, target as Fillable)
      }
      new Immediate(engine, fill, [], 'randomFill')
    }
  })
}
