import crypto from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import { drawBytes } from '../owner-stream.ts'
import { replaceFunction } from '../replace.ts'
import { simulating } from '../simulating.ts'
import { bytesOfNumber, numberOf } from './big-numbers.ts'
import { afterwards, refuse } from './treatments.ts'

type AnyFunction = (...args: unknown[]) => unknown

const insteadOfAdd =
  'OpenSSL draws it from a randomness that no seed reaches. Leave `add` out, or make the prime at the top of the test file, where it is made once'

/** Candidates that one of these divides need no costly test. */
const smallPrimes = primesBelow(2_000)

/** How far above a drawn number it looks for a prime before it draws another. */
const reach = 20_000

/**
 * Draws a prime of exactly `bits` bits from the seed; its two top bits are set, as OpenSSL does, so that a product of two has
 * all its bits.
 *
 * `isWanted` may refuse primes. OpenSSL tests them with bases of its own choice: its error is below 2 to the power of -64.
 */
export function drawPrime(engine: Engine, bits: number, isWanted: (prime: bigint) => boolean = () => true): bigint {
  for (;;) {
    const start = drawOdd(engine, bits)
    const rests = smallPrimes.map((prime) => Number(start % BigInt(prime)))
    for (let above = 0; above < reach; above += 2) {
      const candidate = start + BigInt(above)
      if (candidate >> BigInt(bits) !== 0n) break
      if (
        !smallPrimes.every((prime, at) => ((rests[at] as number) + above) % prime !== 0 || candidate === BigInt(prime))
      )
        continue
      if (isWanted(candidate) && crypto.checkPrimeSync(candidate)) return candidate
    }
  }
}

function drawOdd(engine: Engine, bits: number): bigint {
  const drawn = numberOf(drawBytes(engine, Math.ceil(bits / 8))) & ((1n << BigInt(bits)) - 1n)
  return drawn | (3n << BigInt(bits - 2)) | 1n
}

function primesBelow(end: number): readonly number[] {
  const primes: number[] = []
  for (let number = 3; number < end; number += 2) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  }
  return primes
}

interface PrimeOptions {
  readonly add?: unknown
  readonly safe?: unknown
  readonly bigint?: unknown
}

/** Draws primes from the seed. */
export function installPrimes(): void {
  replaceFunction<AnyFunction>(crypto, 'generatePrimeSync', (original) => (...args) => {
    const engine = simulating('crypto.generatePrimeSync')
    if (engine === undefined || !canBe(args[0], args[1])) return original(...args)
    return primeOf(engine, 'crypto.generatePrimeSync', args[0], args[1])
  })
  replaceFunction<AnyFunction>(crypto, 'generatePrime', (original) => (...args) => {
    const engine = simulating('crypto.generatePrime')
    const done = args.at(-1)
    const options = args.length > 2 ? args[1] : undefined
    if (engine === undefined || typeof done !== 'function' || !canBe(args[0], options)) return original(...args)
    const prime = primeOf(engine, 'crypto.generatePrime', args[0], options)
    afterwards(engine, () => (done as AnyFunction)(null, prime))
    return undefined
  })
}

/** Where arguments are wrong Node says so itself: it throws before it draws. */
function canBe(size: unknown, options: unknown): size is number {
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 2 || size >= 2 ** 31) return false
  if (options === undefined) return true
  if (options === null || typeof options !== 'object') return false
  const { safe = false, bigint = false } = options as PrimeOptions
  if (typeof safe !== 'boolean' || typeof bigint !== 'boolean') return false
  return !safe || size === 3 || size >= 6
}

function primeOf(engine: Engine, api: string, size: number, options: unknown): bigint | ArrayBuffer {
  const { add, safe, bigint } = (options ?? {}) as PrimeOptions
  if (add !== undefined) refuse(engine, api, insteadOfAdd)
  const isSafe = (prime: bigint): boolean => crypto.checkPrimeSync((prime - 1n) / 2n)
  const prime = drawPrime(engine, size, safe === true ? isSafe : undefined)
  if (bigint === true) return prime
  const bytes = bytesOfNumber(prime)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
}
