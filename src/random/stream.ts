import type { Random } from './door.ts'
import { avalanche, mix } from './hash.ts'

/**
 * One named source of randomness.
 *
 * The generator is xoshiro128** (Blackman and Vigna, 2018) on signed 32-bit fields: 3 ns a draw on Node where
 * seedrandom's Alea takes 13 ns and 1 µs to construct. Its state comes from seedrandom (see seed.ts).
 * A forced choice (probability 0 or 1, a range of one value) draws nothing.
 */
export class RandomStream implements Random {
  private a: number
  private b: number
  private c: number
  private d: number
  private readonly keyA: number
  private readonly keyB: number
  /** Where it was before it was sent elsewhere. */
  private past = 0

  constructor(key: readonly [number, number, number, number], nameHash: number) {
    this.a = avalanche(key[0] ^ nameHash)
    this.b = avalanche(key[1] + Math.imul(nameHash, 0x9e3779b1))
    this.c = avalanche(key[2] ^ Math.imul(nameHash, 0x85ebca77))
    this.d = avalanche(key[3] - nameHash) | 1
    this.keyA = this.a
    this.keyB = this.c
  }

  /**
   * Goes to the place that `word` names: what is drawn there does not depend on what was drawn before, so that leaving
   * one occasion out moves the draws of no other.
   */
  at(word: number): this {
    this.past ^= this.a
    const place = mix(this.keyA, word)
    this.a = avalanche(place)
    this.b = avalanche(place ^ this.keyB)
    this.c = avalanche(place + 0x9e3779b9)
    this.d = avalanche(this.keyB - place) | 1
    return this
  }

  /** A signed 32-bit integer. */
  int32(): number {
    const r = Math.imul(this.b, 5)
    const t = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= t
    this.d = (this.d << 11) | (this.d >>> 21)
    return Math.imul((r << 7) | (r >>> 25), 9)
  }

  /** A number in [0, 1) with 53 random bits. */
  float(): number {
    return ((this.int32() >>> 5) * 67108864 + (this.int32() >>> 6)) / 9007199254740992
  }

  /** An integer in [0, limit); limit is at least 1. */
  below(limit: number): number {
    if (limit <= 1) return 0
    // One draw is enough while the bias stays below 2^-12.
    if (limit <= 1048576) return Math.floor(((this.int32() >>> 0) / 4294967296) * limit)
    return Math.floor(this.float() * limit)
  }

  /** An integer in [min, max], both included. */
  integer(min: number, max: number): number {
    return min + this.below(max - min + 1)
  }

  /** A number in [min, max). */
  between(min: number, max: number): number {
    return max <= min ? min : min + this.float() * (max - min)
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    if (!(probability > 0)) return false
    if (probability >= 1) return true
    return this.int32() >>> 0 < probability * 4294967296
  }

  /** An exponentially distributed number with the given mean. */
  exponential(mean: number): number {
    return -Math.log(1 - this.float()) * mean
  }

  /** One element; throws RangeError for an empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('random.pick: the list is empty')
    return list[this.below(list.length)] as T
  }

  /** One key of `weights`, with a probability in proportion to its value; undefined when all are 0. */
  weighted<K>(weights: readonly (readonly [K, number])[]): K | undefined {
    let total = 0
    let possible = 0
    let last: K | undefined
    for (const [key, weight] of weights) {
      if (!(weight > 0)) continue
      total += weight
      possible++
      last = key
    }
    if (possible <= 1) return last
    let at = this.float() * total
    for (const [key, weight] of weights) {
      if (weight > 0 && at < weight) return key
      at -= weight
    }
    return weights.findLast(([, weight]) => weight > 0)?.[0]
  }

  /** A new list with the same elements in random order (Fisher–Yates). */
  shuffle<T>(list: readonly T[]): T[] {
    const out = [...list]
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const swap = out[i] as T
      out[i] = out[j] as T
      out[j] = swap
    }
    return out
  }

  /** Fills the bytes and returns them. */
  fill(bytes: Uint8Array): Uint8Array {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.int32() >>> 24
    return bytes
  }

  /** A word that differs when the number of draws differs; part of the final digest. */
  get state(): number {
    return this.past ^ this.a ^ Math.imul(this.b, 3) ^ Math.imul(this.c, 5) ^ Math.imul(this.d, 7)
  }
}
