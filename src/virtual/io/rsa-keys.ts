import crypto, { type KeyObject } from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import { bytesOfNumber, gcd, inverse } from './big-numbers.ts'
import { drawPrime } from './primes.ts'

/** Length of a modulus, bits: what OpenSSL makes. */
const modulusBits = { min: 512, max: 16_384 }

/** RFC 8017, and the default of `crypto.generateKeyPair`. */
const usualExponent = 0x1_0001

/** A private key of RSA from the seed; undefined: no key has these parameters. */
export function rsaKey(
  engine: Engine,
  modulusLength: unknown,
  exponent: unknown = usualExponent,
): KeyObject | undefined {
  if (typeof modulusLength !== 'number' || !Number.isInteger(modulusLength)) return undefined
  if (modulusLength < modulusBits.min || modulusLength > modulusBits.max) return undefined
  if (typeof exponent !== 'number' || exponent < 3 || exponent % 2 !== 1 || exponent > 2 ** 32) return undefined
  const e = BigInt(exponent)
  const fits = (prime: bigint): boolean => gcd(prime - 1n, e) === 1n
  const one = drawPrime(engine, Math.ceil(modulusLength / 2), fits)
  const two = drawPrime(engine, Math.floor(modulusLength / 2), (prime) => prime !== one && fits(prime))
  const [p, q] = one > two ? [one, two] : [two, one]
  const n = p * q
  const d = inverse(e, ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n))
  const numbers = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const texts = Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, bytesOfNumber(value).toString('base64url')]),
  )
  return crypto.createPrivateKey({ key: { kty: 'RSA', ...texts }, format: 'jwk' })
}
