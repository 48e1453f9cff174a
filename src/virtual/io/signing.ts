import crypto, { KeyObject } from 'node:crypto'
import { isCryptoKey, isKeyObject } from 'node:util/types'
import type { Engine } from '../../engine/engine.ts'
import { replaceFunction } from '../replace.ts'
import { simulating } from '../simulating.ts'
import { ecdsa } from './ecdsa.ts'
import { encryptOaep, encryptPkcs1, signPss } from './rsa-padding.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Of what `node:crypto` takes for a key: options beside the key itself. */
interface KeyOptions {
  readonly key?: unknown
  readonly dsaEncoding?: unknown
  readonly padding?: number
  readonly saltLength?: number
  readonly oaepHash?: string
  readonly oaepLabel?: Uint8Array
  readonly encoding?: BufferEncoding
}

const { RSA_PKCS1_PSS_PADDING, RSA_PKCS1_OAEP_PADDING, RSA_PKCS1_PADDING } = crypto.constants

/** What has been signed so far with what `createSign` has made in a simulation. */
const hashes = new WeakMap<object, { readonly algorithm: string; readonly hash: crypto.Hash }>()

/** Draws the nonces, salts and paddings of signatures and of encryption with public keys from the seed. */
export function installSigning(): void {
  replaceFunction<AnyFunction>(crypto, 'sign', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const [algorithm, data, key, callback] = args
      const engine = callback === undefined ? simulating('crypto.sign') : undefined
      // What OpenSSL takes for a key of a curve where no hash is named.
      const name = algorithm ?? 'sha256'
      if (engine === undefined || typeof name !== 'string') return original.apply(this, args)
      const drawn = attempt(() => signed(engine, name, () => hashOf(name, bytesOf(data)), key))
      return drawn ?? original.apply(this, args)
    }
  })
  replaceFunction<AnyFunction>(crypto, 'createSign', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const sign = original.apply(this, args) as object
      if (simulating('crypto.createSign') === undefined) return sign
      const algorithm = String(args[0])
      const hash = attempt(() => crypto.createHash(algorithm))
      if (hash !== undefined) hashes.set(sign, { algorithm, hash })
      return sign
    }
  })
  const sign = Object.getPrototypeOf(crypto.createSign('sha256')) as object
  replaceFunction<AnyFunction>(sign, 'update', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const result = original.apply(this, args)
      hashes.get(this as object)?.hash.update(args[0] as string, args[1] as 'utf8')
      return result
    }
  })
  replaceFunction<AnyFunction>(sign, 'sign', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating('sign.sign')
      const known = hashes.get(this as object)
      if (engine === undefined || known === undefined) return original.apply(this, args)
      const { algorithm, hash } = known
      const drawn = attempt(() => signed(engine, algorithm, () => hash.copy().digest(), args[0]))
      if (drawn === undefined) return original.apply(this, args)
      const encoding = args[1] as BufferEncoding | 'buffer' | undefined
      return !encoding || encoding === 'buffer' ? drawn : drawn.toString(encoding)
    }
  })
  replaceFunction<AnyFunction>(crypto, 'publicEncrypt', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating('crypto.publicEncrypt')
      const drawn = engine && attempt(() => encrypted(engine, args[0], args[1]))
      return drawn ?? original.apply(this, args)
    }
  })
}

/** The same for Web Crypto. Its other work is done while virtual time stands still, and so is this. */
export function installSubtleSigning(subtle: object): void {
  const replace = (name: string, drawn: (engine: Engine, args: unknown[]) => Buffer | undefined): void => {
    replaceFunction<AnyFunction>(subtle, name, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const engine = simulating(`crypto.subtle.${name}`)
        const bytes = engine && attempt(() => drawn(engine, args))
        if (engine === undefined || bytes === undefined) return original.apply(this, args)
        return engine.outside.wait(() => Promise.resolve(Uint8Array.from(bytes).buffer))
      }
    })
  }
  replace('sign', (engine, [given, key, data]) => {
    const found = subtleKey(given, key, 'sign')
    if (found === undefined) return undefined
    const { name, algorithm, cryptoKey, object } = found
    if (name === 'ECDSA') {
      const hash = digestName(algorithm['hash'])
      return ecdsa(engine, hashOf(hash, bytesOf(data)), object, 'ieee-p1363')
    }
    if (name !== 'RSA-PSS') return undefined
    const hash = digestName((cryptoKey.algorithm as { hash?: unknown }).hash)
    const saltLength = algorithm['saltLength']
    if (typeof saltLength !== 'number' || !(saltLength >= 0)) return undefined
    return signPss(engine, hash, hashOf(hash, bytesOf(data)), object, saltLength)
  })
  replace('encrypt', (engine, [given, key, data]) => {
    const found = subtleKey(given, key, 'encrypt')
    if (found?.name !== 'RSA-OAEP') return undefined
    const { algorithm, cryptoKey, object } = found
    const hash = digestName((cryptoKey.algorithm as { hash?: unknown }).hash)
    const label = algorithm['label']
    return encryptOaep(engine, hash, bytesOf(data), object, label === undefined ? undefined : bytesOf(label))
  })
}

/** Whatever is wrong is for Node to say: it is asked where this has no answer. */
function attempt<Result>(work: () => Result): Result | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function signed(engine: Engine, algorithm: string, hash: () => Buffer, given: unknown): Buffer | undefined {
  const key = keyOf(given, (input) => crypto.createPrivateKey(input as never))
  const { dsaEncoding = 'der', padding, saltLength } = optionsOf(given)
  if (key.asymmetricKeyType === 'ec') {
    if (dsaEncoding !== 'der' && dsaEncoding !== 'ieee-p1363') return undefined
    return ecdsa(engine, hash(), key, dsaEncoding)
  }
  if (key.asymmetricKeyType !== 'rsa' || padding !== RSA_PKCS1_PSS_PADDING) return undefined
  return signPss(engine, algorithm, hash(), key, saltLength)
}

function encrypted(engine: Engine, given: unknown, data: unknown): Buffer | undefined {
  const { padding = RSA_PKCS1_OAEP_PADDING, oaepHash = 'sha1', oaepLabel, encoding } = optionsOf(given)
  if (padding !== RSA_PKCS1_OAEP_PADDING && padding !== RSA_PKCS1_PADDING) return undefined
  const found = keyOf(given, (input) => crypto.createPublicKey(input as never))
  const key = found.type === 'private' ? crypto.createPublicKey(found as never) : found
  if (key.asymmetricKeyType !== 'rsa') return undefined
  const text = typeof data === 'string' ? Buffer.from(data, encoding) : bytesOf(data)
  if (padding === RSA_PKCS1_PADDING) return encryptPkcs1(engine, text, key)
  return encryptOaep(engine, oaepHash, text, key, oaepLabel === undefined ? undefined : bytesOf(oaepLabel))
}

/** Options come with the key, in the place of the key. */
function optionsOf(given: unknown): KeyOptions {
  const isOptions = typeof given === 'object' && given !== null && 'key' in given && !isKeyObject(given)
  return isOptions ? given : {}
}

function keyOf(given: unknown, create: (input: unknown) => KeyObject): KeyObject {
  for (const one of [given, optionsOf(given).key]) {
    if (isKeyObject(one)) return one
    if (isCryptoKey(one)) return KeyObject.from(one)
  }
  return create(given)
}

interface SubtleKey {
  /** In capitals. */
  readonly name: string
  readonly algorithm: Readonly<Record<string, unknown>>
  readonly cryptoKey: crypto.webcrypto.CryptoKey
  readonly object: KeyObject
}

/** Undefined: Node refuses it. */
function subtleKey(given: unknown, key: unknown, usage: 'sign' | 'encrypt'): SubtleKey | undefined {
  if (!isCryptoKey(key) || !key.usages.includes(usage)) return undefined
  const algorithm = (typeof given === 'string' ? { name: given } : given) as Record<string, unknown>
  const name = String(algorithm['name']).toUpperCase()
  if (name !== key.algorithm.name.toUpperCase()) return undefined
  return { name, algorithm, cryptoKey: key, object: KeyObject.from(key) }
}

/** Web Crypto says SHA-256 where OpenSSL says SHA256; those of SHA-3 have one name. */
function digestName(hash: unknown): string {
  const name = typeof hash === 'string' ? hash : (hash as { name: string }).name
  return name.toUpperCase().replace(/^SHA-/, 'SHA')
}

function hashOf(algorithm: string, bytes: Uint8Array): Buffer {
  return crypto.createHash(algorithm).update(bytes).digest()
}

/** @throws TypeError for what holds no bytes */
function bytesOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (!ArrayBuffer.isView(data)) throw new TypeError('it holds no bytes')
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}
