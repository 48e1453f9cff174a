import crypto, { type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Engine } from '../../engine/engine.ts'
import { drawBytes } from '../owner-stream.ts'
import { replaceFunction } from '../replace.ts'
import { simulating } from '../simulating.ts'
import { rsaKey } from './rsa-keys.ts'
import { afterwards, refuse } from './treatments.ts'

type AnyFunction = (...args: unknown[]) => unknown

/** Kinds of keys that are drawn from the seed. */
export const drawnKeys = ['rsa', 'ed25519', 'ed448', 'x25519', 'x448', 'ec', 'hmac', 'aes'] as const

export const insteadOfGenerating =
  'OpenSSL draws it from a randomness that no seed reaches. ' +
  'Make it at the top of the test file, where it is made once, or use a fixed one or another kind'

/** PKCS #8 of a private key of RFC 8410, up to the key itself; and how long that is, bytes. */
const edwards: Readonly<Record<string, readonly [prefix: string, bytes: number]>> = {
  ed25519: ['302e020100300506032b657004220420', 32],
  x25519: ['302e020100300506032b656e04220420', 32],
  ed448: ['3047020100300506032b6571043b0439', 57],
  x448: ['3046020100300506032b656f043a0438', 56],
}

/** Curves that a JSON Web Key can name (RFC 7518): Node's name of each, and the length of its numbers, bytes. */
const curves: Readonly<Record<string, readonly [crv: string, curve: string, bytes: number]>> = {
  'P-256': ['P-256', 'prime256v1', 32],
  prime256v1: ['P-256', 'prime256v1', 32],
  'P-384': ['P-384', 'secp384r1', 48],
  secp384r1: ['P-384', 'secp384r1', 48],
  'P-521': ['P-521', 'secp521r1', 66],
  secp521r1: ['P-521', 'secp521r1', 66],
  secp256k1: ['secp256k1', 'secp256k1', 32],
}

interface Curve {
  generateKeys(encoding?: unknown, format?: unknown): unknown
  setPrivateKey(key: Buffer): void
  getPublicKey(encoding?: unknown, format?: unknown): unknown
}

/** Draws private keys until one is on the curve: one of two numbers of that length may be too large. */
export function drawPrivate(engine: Engine, ecdh: Pick<Curve, 'setPrivateKey'>, bytes: number, topByte = 0xff): Buffer {
  for (;;) {
    const key = drawBytes(engine, bytes)
    key[0] = (key[0] as number) & topByte
    try {
      ecdh.setPrivateKey(key)
      return key
    } catch {
      // Out of range.
    }
  }
}

/** A private key from the seed; undefined: keys of this kind are not drawn. */
export function privateKeyOf(engine: Engine, type: unknown, options: Record<string, unknown>): KeyObject | undefined {
  if (type === 'rsa') return rsaKey(engine, options['modulusLength'], options['publicExponent'])
  const [prefix, length] = edwards[String(type)] ?? []
  if (prefix !== undefined && length !== undefined) {
    const key = Buffer.concat([Buffer.from(prefix, 'hex'), drawBytes(engine, length)])
    return crypto.createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  }
  const [crv, curve, bytes] = (type === 'ec' ? curves[String(options['namedCurve'])] : undefined) ?? []
  if (crv === undefined || curve === undefined || bytes === undefined) return undefined
  const ecdh = crypto.createECDH(curve)
  const d = drawPrivate(engine, ecdh, bytes, curve === 'secp521r1' ? 0x01 : 0xff)
  const point = ecdh.getPublicKey()
  const [x, y] = [point.subarray(1, 1 + bytes), point.subarray(1 + bytes)]
  const texts = { d: d.toString('base64url'), x: x.toString('base64url'), y: y.toString('base64url') }
  return crypto.createPrivateKey({ key: { kty: 'EC', crv, ...texts }, format: 'jwk' })
}

interface Pair {
  readonly publicKey: unknown
  readonly privateKey: unknown
}

function pairOf(engine: Engine, api: string, type: unknown, options: Record<string, unknown> = {}): Pair {
  const privateKey = privateKeyOf(engine, type, options)
  if (privateKey === undefined) refuse(engine, api, insteadOfGenerating)
  const encoded = (key: KeyObject, encoding: unknown): unknown =>
    encoding === undefined ? key : key.export(encoding as never)
  return {
    publicKey: encoded(crypto.createPublicKey(privateKey), options['publicKeyEncoding']),
    privateKey: encoded(privateKey, options['privateKeyEncoding']),
  }
}

function secretOf(engine: Engine, options: unknown): KeyObject {
  const { length = 0 } = (options ?? {}) as { length?: number }
  return crypto.createSecretKey(drawBytes(engine, Math.floor(length / 8)))
}

/** Where arguments are wrong Node says so itself: it throws before it draws. */
function isSecret(type: unknown, options: unknown): boolean {
  const { length } = (options ?? {}) as { length?: unknown }
  if (typeof length !== 'number' || !Number.isInteger(length)) return false
  return type === 'aes' ? [128, 192, 256].includes(length) : type === 'hmac' && length >= 8 && length < 2 ** 31
}

/** Arguments that Node refuses before it draws. */
function isMistake(type: unknown, options: unknown): boolean {
  if (options === null || typeof options !== 'object') return type === 'rsa' || type === 'ec'
  const { modulusLength, publicExponent = 3, namedCurve } = options as Record<string, unknown>
  if (type === 'ec') return typeof namedCurve !== 'string'
  return type === 'rsa' && !(Number.isInteger(modulusLength) && Number.isInteger(publicExponent))
}

/** Draws keys from the seed, and refuses those that cannot be drawn. */
export function installKeyPairs(): void {
  replaceFunction<AnyFunction>(crypto, 'generateKeyPairSync', (original) => (...args) => {
    const engine = simulating('crypto.generateKeyPairSync')
    if (engine === undefined || isMistake(args[0], args[1])) return original(...args)
    return pairOf(engine, 'crypto.generateKeyPairSync', args[0], args[1] as Record<string, unknown> | undefined)
  })
  replaceFunction<AnyFunction>(crypto, 'generateKeyPair', (original) => {
    const generate = (...args: unknown[]): unknown => {
      const engine = simulating('crypto.generateKeyPair')
      const done = args.at(-1)
      const options = args.length > 2 ? (args[1] as Record<string, unknown> | undefined) : undefined
      if (engine === undefined || typeof done !== 'function' || isMistake(args[0], options)) return original(...args)
      const { publicKey, privateKey } = pairOf(engine, 'crypto.generateKeyPair', args[0], options)
      afterwards(engine, () => (done as AnyFunction)(null, publicKey, privateKey))
      return undefined
    }
    const promised = (type: unknown, options?: unknown): Promise<Pair> =>
      new Promise((resolve, reject) => {
        generate(type, options, (error: Error | null, publicKey: unknown, privateKey: unknown) => {
          if (error) reject(error)
          else resolve({ publicKey, privateKey })
        })
      })
    return Object.assign(generate, { [promisify.custom]: promised })
  })
  replaceFunction<AnyFunction>(crypto, 'generateKeySync', (original) => (...args) => {
    const engine = simulating('crypto.generateKeySync')
    return engine === undefined || !isSecret(args[0], args[1]) ? original(...args) : secretOf(engine, args[1])
  })
  replaceFunction<AnyFunction>(crypto, 'generateKey', (original) => (...args) => {
    const engine = simulating('crypto.generateKey')
    const [type, options, done] = args
    if (engine === undefined || typeof done !== 'function' || !isSecret(type, options)) return original(...args)
    const key = secretOf(engine, options)
    afterwards(engine, () => (done as AnyFunction)(null, key))
    return undefined
  })
  installAgreements()
}

/** Half of a key agreement: the private number comes from the seed, the public one follows. */
function installAgreements(): void {
  const ecdh = Object.getPrototypeOf(crypto.createECDH('prime256v1')) as Curve
  replaceFunction<Curve['generateKeys']>(ecdh, 'generateKeys', (original) => {
    return function (this: Curve, encoding?: unknown, format?: unknown): unknown {
      const engine = simulating('ecdh.generateKeys')
      if (engine === undefined) return original.call(this, encoding, format)
      // Only the object knows its curve; a public key of it is a byte and two numbers.
      original.call(this)
      const bytes = ((this.getPublicKey() as Buffer).length - 1) / 2
      drawPrivate(engine, this, bytes, bytes === 66 ? 0x01 : 0xff)
      return this.getPublicKey(encoding, format)
    }
  })
  const groups = [crypto.getDiffieHellman('modp14'), crypto.createDiffieHellman(Buffer.from([23]))]
  for (const group of new Set(groups.map((one) => Object.getPrototypeOf(one) as object))) {
    replaceFunction<AnyFunction>(group, 'generateKeys', (original) => {
      return function (this: { getPrime(): Buffer }, ...args: unknown[]): unknown {
        const engine = simulating('dh.generateKeys')
        if (engine === undefined) return original.apply(this, args)
        const key = drawBytes(engine, Math.max(1, Math.min(this.getPrime().length - 1, 64)))
        // A group has no `setPrivateKey` of its own; Node's class behind it does.
        if (!setPrivate(this, key)) refuse(engine, 'dh.generateKeys', insteadOfGenerating)
        return original.apply(this, args)
      }
    })
  }
}

function setPrivate(target: object, key: Buffer): boolean {
  const { setPrivateKey } = target as { setPrivateKey?: (key: Buffer) => void }
  if (typeof setPrivateKey !== 'function') return false
  setPrivateKey.call(target, key)
  return true
}
