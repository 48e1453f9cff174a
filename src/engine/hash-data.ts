import { types } from 'node:util'
import { hashText, mix } from '../random/hash.ts'
import { describeError, isError } from './describe-error.ts'

/** Deeper and more than this is not looked at: data of that size differ before. */
const depthMax = 12
const valuesMax = 10_000
const bytesMax = 65_536

const float = new Float64Array(1)
const words = new Int32Array(float.buffer)

/**
 * Hashes any value by its content, without running its code: no getter, no trap of a proxy, no `toJSON`.
 *
 * `ours`: an object that holds it is opaque.
 */
export function hashData(value: unknown, ours: object): number {
  return new Walk(ours).hash(value, 0)
}

class Walk {
  private readonly ours: object
  private readonly met = new Map<object, number>()
  private left = valuesMax

  constructor(ours: object) {
    this.ours = ours
  }

  hash(value: unknown, depth: number): number {
    switch (typeof value) {
      case 'string':
        return mix(1, hashText(value))
      case 'number':
        float[0] = value
        return mix(mix(2, words[0] as number), words[1] as number)
      case 'boolean':
        return value ? 3 : 4
      case 'bigint':
        return mix(5, hashText(String(value)))
      case 'symbol':
        return mix(6, hashText(value.description ?? ''))
      case 'function':
        return 7
      case 'undefined':
        return 8
      default:
        return value === null ? 9 : this.hashObject(value as object, depth)
    }
  }

  private hashObject(value: object, depth: number): number {
    if (types.isProxy(value)) return 10
    const known = this.met.get(value)
    if (known !== undefined) return mix(11, known)
    if (depth === depthMax || --this.left < 0) return 12
    this.met.set(value, this.met.size)
    if (isError(value)) {
      const { name, message } = describeError(value)
      return mix(mix(13, hashText(name)), hashText(message))
    }
    if (types.isDate(value)) return mix(14, this.hash(Date.prototype.getTime.call(value), depth))
    if (ArrayBuffer.isView(value)) return mix(15, hashBytes(value.buffer, value.byteOffset, value.byteLength))
    if (types.isAnyArrayBuffer(value)) return mix(16, hashBytes(value, 0, value.byteLength))
    if (types.isRegExp(value)) return mix(17, hashText(RegExp.prototype.toString.call(value)))
    return this.hashCollection(value, depth)
  }

  private hashCollection(value: object, depth: number): number {
    let hash = 18
    if (types.isMap(value)) {
      for (const [key, one] of Map.prototype.entries.call(value)) {
        hash = mix(mix(hash, this.hash(key, depth + 1)), this.hash(one, depth + 1))
      }
    } else if (types.isSet(value)) {
      for (const one of Set.prototype.values.call(value)) hash = mix(hash, this.hash(one, depth + 1))
    }
    return mix(hash, this.hashFields(value, depth))
  }

  private hashFields(value: object, depth: number): number {
    const fields: [string, unknown][] = []
    for (const key of Object.keys(value)) {
      const field = Object.getOwnPropertyDescriptor(value, key)
      if (field?.value === this.ours) return 19
      fields.push([key, field !== undefined && 'value' in field ? field.value : 'a getter'])
      if (fields.length > this.left) break
    }
    let hash = Array.isArray(value) ? 20 : 21
    for (const [key, field] of fields) hash = mix(mix(hash, hashText(key)), this.hash(field, depth + 1))
    return hash
  }
}

function hashBytes(buffer: ArrayBufferLike, offset: number, length: number): number {
  let hash = length
  for (const byte of new Uint8Array(buffer, offset, Math.min(length, bytesMax))) hash = mix(hash, byte)
  return hash
}
