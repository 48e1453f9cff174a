import crypto from 'node:crypto'
import { installKeyPairs } from './key-pairs.ts'
import { installPrimes } from './primes.ts'
import { installSigning, installSubtleSigning } from './signing.ts'
import { installSubtleKeys } from './subtle-keys.ts'
import { makeFrozen, makeInstant } from './treatments.ts'

/** Their synchronous form, with the callback in an event of its own. */
export const derivations = ['checkPrime', 'hkdf', 'pbkdf2', 'scrypt'] as const

/** The same, where the synchronous form has the same name. */
export const signatures = ['sign', 'verify'] as const

/** Methods of `crypto.subtle` that are done for real while virtual time stands still. */
export const subtleMethods = [
  'decrypt',
  'deriveBits',
  'deriveKey',
  'digest',
  'encrypt',
  'exportKey',
  'importKey',
  'sign',
  'unwrapKey',
  'verify',
  'wrapKey',
] as const

/** Cryptography without threads. */
export function installCryptography(): void {
  for (const key of derivations) makeInstant({ target: crypto, key, api: `crypto.${key}` })
  installSigning()
  for (const key of signatures) makeInstant({ target: crypto, key, api: `crypto.${key}` }, key)
  installKeyPairs()
  installPrimes()
  const subtle = Object.getPrototypeOf(crypto.webcrypto.subtle) as crypto.webcrypto.SubtleCrypto
  // Before it is one that suspends the simulation.
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to the object that `generateKey` was called on
  installSubtleKeys(subtle, subtle.importKey as never)
  for (const key of subtleMethods) makeFrozen({ target: subtle, key, api: `crypto.subtle.${key}` })
  installSubtleSigning(subtle)
}
