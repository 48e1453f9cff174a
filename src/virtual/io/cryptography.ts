import crypto from 'node:crypto'
import { insteadOfGenerating, installKeyPairs } from './key-pairs.ts'
import { makeFrozen, makeInstant, makeRefused } from './treatments.ts'

/** Their synchronous form, with the callback in an event of its own. */
export const derivations = ['checkPrime', 'hkdf', 'pbkdf2', 'scrypt'] as const

/** The same, where the synchronous form has the same name. */
export const signatures = ['sign', 'verify'] as const

/** Refused: OpenSSL draws from its own randomness, which no seed reaches. */
export const generations = ['generatePrime', 'generatePrimeSync'] as const

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
  for (const key of signatures) makeInstant({ target: crypto, key, api: `crypto.${key}` }, key)
  for (const key of generations) {
    makeRefused({ target: crypto, key, api: `crypto.${key}` }, insteadOfGenerating)
  }
  installKeyPairs()
  const subtle = Object.getPrototypeOf(crypto.webcrypto.subtle) as object
  for (const key of subtleMethods) makeFrozen({ target: subtle, key, api: `crypto.subtle.${key}` })
  makeRefused({ target: subtle, key: 'generateKey', api: 'crypto.subtle.generateKey' }, insteadOfGenerating, 'rejects')
}
