import { describe, expect, test } from 'vitest'
import { RandomStreams } from '../../src/random/streams.ts'
import type { RandomStream } from '../../src/random/stream.ts'

const seeds = Array.from({ length: 50 }, (_, index) => index * 7_919)
const draw = (stream: RandomStream, count: number): number[] => Array.from({ length: count }, () => stream.int32())

/** Pearson's statistic of counts that should be equal. */
function chiSquare(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0)
}

/** What chi-square with so many degrees of freedom stays below except once in about a million. */
const rarelyAbove = (freedom: number): number => freedom + 4.9 * Math.sqrt(2 * freedom) + 15

describe('named streams', () => {
  test('a draw in one moves no other', () => {
    for (const seed of seeds) {
      const alone = draw(new RandomStreams(seed).get('b'), 20)
      const streams = new RandomStreams(seed)
      const b = streams.get('b')
      const mixed = alone.map((_, index) => {
        draw(streams.get('a'), index % 4)
        draw(streams.get(`c${index}`), 3)
        return b.int32()
      })
      expect(mixed).toEqual(alone)
    }
  })

  test('do not depend on the order in which they are first asked for', () => {
    const one = new RandomStreams(5)
    const two = new RandomStreams(5)
    const [a, b] = [draw(one.get('a'), 5), draw(one.get('b'), 5)]
    expect([draw(two.get('b'), 5), draw(two.get('a'), 5)]).toEqual([b, a])
  })

  test('differ by name and by seed', () => {
    const words = new Set<string>()
    for (const seed of seeds) {
      const streams = new RandomStreams(seed)
      for (let i = 0; i < 100; i++) words.add(draw(streams.get(`link n${i} > n${i + 1}`), 2).join())
    }
    expect(words.size).toBe(seeds.length * 100)
  })

  test('are not correlated with each other, even by similar names and seeds', () => {
    for (const [one, two] of [
      [new RandomStreams(1).get('a'), new RandomStreams(1).get('b')],
      [new RandomStreams(1).get('a'), new RandomStreams(2).get('a')],
      [new RandomStreams(1).get('link a > b'), new RandomStreams(1).get('link b > a')],
      [new RandomStreams(2 ** 52).get('a'), new RandomStreams(2 ** 52 + 1).get('a')],
    ] as const) {
      const cells = Array.from({ length: 64 }, () => 0)
      for (let i = 0; i < 64_000; i++) cells[one.below(8) * 8 + two.below(8)]!++
      expect(chiSquare(cells)).toBeLessThan(rarelyAbove(63))
    }
  })

  test('first draws over seeds are uniform: nearby seeds start far apart', () => {
    for (const name of ['sim.random', 'chaos loss', 'buggify activation slow disk']) {
      const cells = Array.from({ length: 20 }, () => 0)
      for (let seed = 0; seed < 20_000; seed++) cells[new RandomStreams(seed).get(name).below(20)]!++
      expect(chiSquare(cells), name).toBeLessThan(rarelyAbove(19))
    }
  })
})

describe('one stream', () => {
  const stream = new RandomStreams(42).get('quality')

  test('below and integer are uniform and stay inside', () => {
    for (const limit of [2, 3, 7, 10, 100, 1_000]) {
      const cells = Array.from({ length: limit }, () => 0)
      for (let i = 0; i < limit * 500; i++) cells[stream.below(limit)]!++
      expect(chiSquare(cells), `below(${limit})`).toBeLessThan(rarelyAbove(limit - 1))
    }
    const big = Array.from({ length: 20_000 }, () => stream.below(2 ** 40))
    expect(Math.min(...big)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...big)).toBeLessThan(2 ** 40)
    expect(Math.max(...big)).toBeGreaterThan(0.99 * 2 ** 40)
    const dice = new Set(Array.from({ length: 1_000 }, () => stream.integer(1, 6)))
    expect([...dice].sort((one, two) => one - two)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('float and between are uniform, in all their digits', () => {
    const high = Array.from({ length: 50 }, () => 0)
    const low = Array.from({ length: 64 }, () => 0)
    for (let i = 0; i < 50_000; i++) {
      const value = stream.float()
      expect(value >= 0 && value < 1).toBe(true)
      high[Math.floor(value * 50)]!++
      low[Math.floor(value * 2 ** 46) % 64]!++
    }
    expect(chiSquare(high)).toBeLessThan(rarelyAbove(49))
    expect(chiSquare(low)).toBeLessThan(rarelyAbove(63))
    const between = Array.from({ length: 1_000 }, () => stream.between(-5, 5))
    expect(Math.min(...between)).toBeGreaterThanOrEqual(-5)
    expect(Math.max(...between)).toBeLessThan(5)
  })

  test('chance comes true as often as it says', () => {
    for (const probability of [0.01, 0.25, 0.5, 0.9]) {
      let hits = 0
      for (let i = 0; i < 100_000; i++) if (stream.chance(probability)) hits++
      const deviation = Math.sqrt(100_000 * probability * (1 - probability))
      expect(Math.abs(hits - 100_000 * probability)).toBeLessThan(5 * deviation)
    }
  })

  test('exponential has its mean', () => {
    let sum = 0
    for (let i = 0; i < 100_000; i++) sum += stream.exponential(20)
    expect(Math.abs(sum / 100_000 - 20)).toBeLessThan(0.4)
  })

  test('shuffle gives every order, weighted keeps its proportions, pick finds all', () => {
    const orders = new Map<string, number>()
    for (let i = 0; i < 24_000; i++) {
      const order = stream.shuffle(['a', 'b', 'c', 'd']).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    expect(orders.size).toBe(24)
    expect(chiSquare([...orders.values()])).toBeLessThan(rarelyAbove(23))
    const picked = { a: 0, b: 0, c: 0 }
    for (let i = 0; i < 40_000; i++)
      picked[
        stream.weighted([
          ['a', 1],
          ['b', 3],
          ['c', 0],
        ] as const) ?? 'c'
      ]++
    expect(picked.c).toBe(0)
    expect(Math.abs(picked.a - 10_000)).toBeLessThan(500)
    expect(new Set(Array.from({ length: 100 }, () => stream.pick([1, 2, 3]))).size).toBe(3)
    expect(() => stream.pick([])).toThrow('random.pick: the list is empty')
  })

  test('a forced choice draws nothing', () => {
    const before = stream.state
    expect([stream.chance(0), stream.chance(1), stream.chance(-1), stream.chance(2), stream.chance(NaN)]).toEqual([
      false,
      true,
      false,
      true,
      false,
    ])
    expect([stream.below(1), stream.integer(4, 4), stream.between(3, 3), stream.pick(['only'])]).toEqual([
      0,
      4,
      3,
      'only',
    ])
    expect(stream.shuffle(['only'])).toEqual(['only'])
    expect(stream.state).toBe(before)
    stream.chance(0.5)
    expect(stream.state).not.toBe(before)
  })

  test('a single weight is a forced choice, too', () => {
    const before = stream.state
    expect(
      stream.weighted([
        ['a', 0],
        ['b', 2],
      ]),
    ).toBe('b')
    expect(stream.state).toBe(before)
  })
})
