import crypto, { type KeyObject } from 'node:crypto'
import type { Engine } from '../../engine/engine.ts'
import { bytesOfNumber, inverse, numberOf } from './big-numbers.ts'
import { drawPrivate } from './key-pairs.ts'

/** How the two numbers of a signature are written: as in X.509, or one after the other (IEEE P1363, JSON Web Signature). */
export type SignatureForm = 'der' | 'ieee-p1363'

/** By the name in a JSON Web Key: Node's name of a curve, and how many points its generator makes (SEC 2, FIPS 186-4). */
const curves: Readonly<Record<string, readonly [curve: string, order: bigint]>> = {
  'P-256': ['prime256v1', 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n],
  'P-384': [
    'secp384r1',
    0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  ],
  'P-521': [
    'secp521r1',
    0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  ],
  secp256k1: ['secp256k1', 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n],
}

/** A signature of a hash, whose nonce comes from the seed (FIPS 186-4, section 6.4); undefined: the curve is not one of ours. */
export function ecdsa(engine: Engine, hash: Buffer, key: KeyObject, form: SignatureForm): Buffer | undefined {
  const { namedCurve } = key.asymmetricKeyDetails ?? {}
  if (!Object.values(curves).some(([curve]) => curve === namedCurve)) return undefined
  const { crv, d } = key.export({ format: 'jwk' })
  const [curve, order] = curves[String(crv)] as readonly [string, bigint]
  const bits = order.toString(2).length
  const bytes = Math.ceil(bits / 8)
  const excess = Math.max(0, hash.length * 8 - bits)
  const text = numberOf(hash) >> BigInt(excess)
  const secret = numberOf(Buffer.from(String(d), 'base64url'))
  for (;;) {
    // A pair of keys whose private number is the nonce: its public one has the first number of the signature.
    const pair = crypto.createECDH(curve)
    const nonce = numberOf(drawPrivate(engine, pair, bytes, bits % 8 === 0 ? 0xff : (1 << (bits % 8)) - 1))
    const r = numberOf(pair.getPublicKey().subarray(1, 1 + bytes)) % order
    const s = (inverse(nonce, order) * (text + r * secret)) % order
    if (r === 0n || s === 0n) continue
    return form === 'der' ? der(r, s) : Buffer.concat([r, s].map((number) => bytesOfNumber(number, bytes)))
  }
}

/** A sequence of two integers. */
function der(...numbers: readonly bigint[]): Buffer {
  const integers = numbers.map((number) => {
    // The top bit is a sign.
    const bytes = bytesOfNumber(number, Math.floor(number.toString(2).length / 8) + 1)
    return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes])
  })
  const body = Buffer.concat(integers)
  const head = body.length < 128 ? [0x30, body.length] : [0x30, 0x81, body.length]
  return Buffer.concat([Buffer.from(head), body])
}
