import crypto from 'node:crypto'
import { isTypedArray } from 'node:util/types'
import { cryptoStream } from './owner-stream.ts'
import { virtualUuid } from './random-uuid.ts'
import { replaceFunction } from './replace.ts'
import { simulating } from './simulating.ts'

// Web Crypto, section 10.1.1: more is a QuotaExceededError.
const mostBytes = 65_536

/** Whether Web Crypto fills it: an array of integers that is not too long. The real function throws for the others. */
function isIntegerArray(array: unknown): array is NodeJS.TypedArray {
  if (!isTypedArray(array) || array.byteLength > mostBytes) return false
  return !array[Symbol.toStringTag].startsWith('Float')
}

/** Replaces the random methods of the global `crypto`, on their prototype, so that every reference sees them. */
export function installWebCrypto(): void {
  const { webcrypto } = crypto
  replaceFunction<(array: unknown) => unknown>(webcrypto, 'getRandomValues', (original) => {
    return function getRandomValues(this: unknown, array: unknown): unknown {
      const engine = simulating('crypto.getRandomValues')
      if (engine === undefined || this !== webcrypto || !isIntegerArray(array))
        return original.call(this as never, array)
      cryptoStream(engine).fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      return array
    }
  })
  replaceFunction<() => string>(webcrypto, 'randomUUID', (original) => {
    return function randomUUID(this: unknown): string {
      const engine = simulating('crypto.randomUUID')
      return engine === undefined || this !== webcrypto ? original.call(this) : virtualUuid(engine)
    }
  })
}
