import crypto, { type KeyObject } from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import { drawBytes } from '../owner-stream.ts'

/** Length of a salt as a number that is not one: OpenSSL's own values. */
const { RSA_PSS_SALTLEN_DIGEST, RSA_PSS_SALTLEN_MAX_SIGN, RSA_PSS_SALTLEN_AUTO } = crypto.constants

/** A signature with a salt from the seed (RSASSA-PSS, RFC 8017, section 9.1.1); undefined: the key is too short for it. */
export function signPss(
  engine: Engine,
  algorithm: string,
  hash: Buffer,
  key: KeyObject,
  saltLength: number = RSA_PSS_SALTLEN_MAX_SIGN,
): Buffer | undefined {
  const modulusBits = bitsOf(key)
  const length = Math.ceil((modulusBits - 1) / 8)
  const most = length - hash.length - 2
  const isMost = saltLength === RSA_PSS_SALTLEN_MAX_SIGN || saltLength === RSA_PSS_SALTLEN_AUTO
  const bytes = saltLength === RSA_PSS_SALTLEN_DIGEST ? hash.length : isMost ? most : saltLength
  if (!(bytes >= 0 && bytes <= most)) return undefined
  const salt = drawBytes(engine, bytes)
  const digest = crypto.createHash(algorithm).update(Buffer.alloc(8)).update(hash).update(salt).digest()
  const block = Buffer.concat([Buffer.alloc(most - bytes), Buffer.from([1]), salt])
  mask(block, algorithm, digest)
  block[0] = (block[0] as number) & (0xff >> (8 * length - (modulusBits - 1)))
  const message = Buffer.concat([block, digest, Buffer.from([0xbc])])
  return crypto.privateEncrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, whole(message, modulusBits))
}

/** What is encrypted with a seed from the seed (RSAES-OAEP, RFC 8017, section 7.1.1); undefined: it is too long. */
export function encryptOaep(
  engine: Engine,
  algorithm: string,
  text: Uint8Array,
  key: KeyObject,
  label: Uint8Array = new Uint8Array(),
): Buffer | undefined {
  const length = Math.ceil(bitsOf(key) / 8)
  const ofLabel = crypto.createHash(algorithm).update(label).digest()
  const space = length - text.length - 2 * ofLabel.length - 2
  if (space < 0) return undefined
  const seed = drawBytes(engine, ofLabel.length)
  const block = Buffer.concat([ofLabel, Buffer.alloc(space), Buffer.from([1]), text])
  mask(block, algorithm, seed)
  mask(seed, algorithm, block)
  return encryptRaw(key, Buffer.concat([Buffer.alloc(1), seed, block]))
}

/** The same as PKCS #1 1.5 pads it (RFC 8017, section 7.2.1). */
export function encryptPkcs1(engine: Engine, text: Uint8Array, key: KeyObject): Buffer | undefined {
  const space = Math.ceil(bitsOf(key) / 8) - text.length - 3
  if (space < 8) return undefined
  const padding = drawBytes(engine, space)
  while (padding.includes(0)) drawBytes(engine, 1).copy(padding, padding.indexOf(0))
  return encryptRaw(key, Buffer.concat([Buffer.from([0, 2]), padding, Buffer.alloc(1), text]))
}

function encryptRaw(key: KeyObject, message: Buffer): Buffer {
  return crypto.publicEncrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, message)
}

/** Length of the modulus, bits. */
function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength as number
}

/** Hides bytes behind what grows from a seed (MGF1, RFC 8017, appendix B.2.1). */
function mask(bytes: Buffer, algorithm: string, seed: Buffer): void {
  const counter = Buffer.alloc(4)
  for (let at = 0, count = 0; at < bytes.length; count++) {
    counter.writeUInt32BE(count)
    const grown = crypto.createHash(algorithm).update(seed).update(counter).digest()
    for (const byte of grown) {
      if (at >= bytes.length) break
      bytes[at] = (bytes[at] as number) ^ byte
      at++
    }
  }
}

/** As long as the modulus. */
function whole(message: Buffer, modulusBits: number): Buffer {
  return Buffer.concat([Buffer.alloc(Math.ceil(modulusBits / 8) - message.length), message])
}
