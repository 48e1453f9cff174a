import zlib from 'node:zlib'
import { replaceFunction } from '../replace.ts'
import { simulating } from '../simulating.ts'
import { makeInstant } from './treatments.ts'

/** Their synchronous form, with the callback in an event of its own. */
export const compressions = [
  'brotliCompress',
  'brotliDecompress',
  'deflate',
  'deflateRaw',
  'gunzip',
  'gzip',
  'inflate',
  'inflateRaw',
  'unzip',
  'zstdCompress',
  'zstdDecompress',
] as const

type Callback = (error: Error | null, data?: unknown) => void
type TransformStep = (this: ZlibStream, chunk: unknown, encoding: unknown, callback: Callback) => void

interface ZlibStream {
  push(chunk: unknown): boolean
}

/** One step of a stream of zlib: done for real, with what it pushes kept back until the simulation goes on. */
function frozenStep(stream: ZlibStream, step: (callback: Callback) => void): Promise<[unknown[], unknown[]]> {
  return new Promise((resolve) => {
    const pushed: unknown[] = []
    Object.defineProperty(stream, 'push', {
      configurable: true,
      value: (chunk: unknown) => {
        pushed.push(chunk)
        return true
      },
    })
    step((...outcome) => {
      Reflect.deleteProperty(stream, 'push')
      resolve([pushed, outcome])
    })
  })
}

/** Compression without threads: functions at once, streams (and CompressionStream above them) behind a barrier. */
export function installCompression(): void {
  for (const key of compressions) makeInstant({ target: zlib, key, api: `zlib.${key}` })
  // Every stream of zlib inherits this one.
  replaceFunction<TransformStep>(zlib.Gzip.prototype as object, '_transform', (original) => {
    return function (this: ZlibStream, chunk: unknown, encoding: unknown, callback: Callback) {
      const engine = simulating('a stream of zlib')
      if (engine === undefined) return original.call(this, chunk, encoding, callback)
      const step = (done: Callback): void => original.call(this, chunk, encoding, done)
      void engine.outside
        .wait(() => frozenStep(this, step))
        .then(([pushed, [error, data]]) => {
          for (const part of pushed) this.push(part)
          callback(error as Error | null, data)
        })
    }
  })
}
