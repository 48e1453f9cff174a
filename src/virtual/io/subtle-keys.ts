import crypto, { type KeyObject } from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import { drawBytes } from '../owner-stream.ts'
import { replaceFunction } from '../replace.ts'
import { simulating } from '../simulating.ts'
import { insteadOfGenerating, privateKeyOf } from './key-pairs.ts'
import { rsaKey } from './rsa-keys.ts'
import { refuse } from './treatments.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown
type ImportKey = (
  format: string,
  data: Uint8Array,
  algorithm: object,
  extractable: boolean,
  usages: unknown[],
) => Promise<unknown>

/** Algorithms whose keys `crypto.subtle.generateKey` draws from the seed. */
export const drawnSubtleKeys = ['AES', 'HMAC', 'RSA', 'ECDSA', 'ECDH', 'Ed25519', 'Ed448', 'X25519', 'X448'] as const

const api = 'crypto.subtle.generateKey'

/** What a public key is for; the rest of the usages belongs to the private one (Web Cryptography, sections 20 to 29). */
const publicUsages: ReadonlySet<unknown> = new Set(['verify', 'encrypt', 'wrapKey'])

/** Length of a key of HMAC that names none: the block size of its hash, bits. */
const blockBits: Readonly<Record<string, number>> = { 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 }

interface Algorithm {
  readonly name?: unknown
  readonly length?: unknown
  readonly hash?: unknown
  readonly namedCurve?: unknown
  readonly modulusLength?: unknown
  readonly publicExponent?: unknown
}

/** `generateKey` imports keys that are drawn from the seed; `importKey`: Node's own, which is done while virtual time stands still. */
export function installSubtleKeys(subtle: object, importKey: AnyFunction): void {
  replaceFunction<AnyFunction>(subtle, 'generateKey', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating(api)
      if (engine === undefined) return original.apply(this, args)
      const [given, extractable, usages] = args
      // Wrong arguments are for Node to refuse: it does before it draws.
      if (args.length < 3 || !Array.isArray(usages)) return original.apply(this, args)
      const algorithm = (typeof given === 'string' ? { name: given } : (given ?? {})) as Algorithm
      const imported: ImportKey = (...all) => importKey.apply(this, all) as Promise<unknown>
      const name = String(algorithm.name).toUpperCase()
      try {
        const secret = secretOf(engine, name, algorithm)
        if (secret !== undefined) {
          return engine.outside.wait(() => imported('raw', secret, algorithm, Boolean(extractable), usages))
        }
        const key = privateOf(engine, name, algorithm)
        if (key === undefined) refuse(engine, api, insteadOfGenerating)
        return engine.outside.wait(() => importPair(imported, key, algorithm, Boolean(extractable), usages))
      } catch (error) {
        return Promise.reject(error as Error)
      }
    }
  })
}

function secretOf(engine: Engine, name: string, { length, hash }: Algorithm): Uint8Array | undefined {
  let bits: unknown
  if (/^AES-(?:CBC|CTR|GCM|KW)$/.test(name)) bits = [128, 192, 256].includes(length as number) ? length : undefined
  else if (name === 'HMAC') bits = length ?? blockBits[hashName(hash)]
  if (typeof bits !== 'number' || !(bits > 0) || bits > 2 ** 20) return undefined
  return drawBytes(engine, Math.ceil(bits / 8))
}

function hashName(hash: unknown): string {
  return String(typeof hash === 'string' ? hash : (hash as Algorithm | undefined)?.name).toUpperCase()
}

function privateOf(engine: Engine, name: string, algorithm: Algorithm): KeyObject | undefined {
  if (/^RSA(?:SSA-PKCS1-V1_5|-PSS|-OAEP)$/.test(name)) {
    const { modulusLength, publicExponent } = algorithm
    const bytes = publicExponent instanceof Uint8Array ? Buffer.from(publicExponent).toString('hex') : ''
    return rsaKey(engine, modulusLength, bytes === '' ? NaN : Number(`0x${bytes}`))
  }
  if (name === 'ECDSA' || name === 'ECDH') return privateKeyOf(engine, 'ec', { namedCurve: algorithm.namedCurve })
  return /^(?:ED|X)(?:25519|448)$/.test(name) ? privateKeyOf(engine, name.toLowerCase(), {}) : undefined
}

async function importPair(
  importKey: ImportKey,
  key: KeyObject,
  algorithm: Algorithm,
  extractable: boolean,
  usages: unknown[],
): Promise<unknown> {
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' })
  const spki = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' })
  const ofPublic = usages.filter((usage) => publicUsages.has(usage))
  const ofPrivate = usages.filter((usage) => !publicUsages.has(usage))
  const privateKey = await importKey('pkcs8', pkcs8, algorithm, extractable, ofPrivate)
  return { privateKey, publicKey: await importKey('spki', spki, algorithm, true, ofPublic) }
}
