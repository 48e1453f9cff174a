import { describe, expect, test } from 'vitest'
import {
  always,
  alwaysGreaterThan,
  alwaysGreaterThanOrEqual,
  alwaysLessThan,
  alwaysLessThanOrEqual,
  alwaysOrUnreachable,
  buggify,
  buggifyDelay,
  buggifyValue,
  reachable,
  sometimes,
  sometimesAll,
  sometimesEach,
  sometimesGreaterThan,
  sometimesGreaterThanOrEqual,
  sometimesLessThan,
  sometimesLessThanOrEqual,
  unreachable,
} from '../../src/assertions/sdk.ts'
import { checkSimulation, type SimulationResult, type SiteResult } from '../../src/runner/check-simulation.ts'
import type { Body } from '../../src/world/iteration.ts'
import { failureOf, passes } from '../verdict/verdict.ts'

const siteOf = (result: SimulationResult, name: string): SiteResult | undefined =>
  result.sites.find((site) => site.name === name)

/** Values 1 to 5, one per iteration, given to `assert`. */
async function watch(assert: (value: number) => void): Promise<SiteResult | undefined> {
  const result = await checkSimulation((sim) => assert(sim.iteration), { iterations: 5, determinism: 0 })
  return siteOf(result, 'x')
}

describe('counts and watermarks', () => {
  test('each kind counts what it saw', async () => {
    const result = await passes(
      (sim) => {
        always(true, 'always holds')
        alwaysOrUnreachable(true, 'holds or is unreachable')
        sometimes(sim.iteration === 2, 'in the second')
        reachable('here')
      },
      { determinism: 0 },
    )
    expect(siteOf(result, 'always holds')).toMatchObject({ kind: 'always', hits: 3, misses: 0, iterationsHit: 3 })
    expect(siteOf(result, 'holds or is unreachable')).toMatchObject({ kind: 'alwaysOrUnreachable', hits: 3 })
    expect(siteOf(result, 'in the second')).toMatchObject({ kind: 'sometimes', hits: 1, misses: 2, iterationsHit: 1 })
    expect(siteOf(result, 'here')).toMatchObject({ kind: 'reachable', hits: 3 })
  })

  test('the watermark of an always is the value that came closest to its bound', async () => {
    expect(await watch((n) => alwaysLessThan(n, 10, 'x'))).toMatchObject({ kind: 'always', watermark: 5, hits: 5 })
    expect(await watch((n) => alwaysLessThanOrEqual(6 - n, 10, 'x'))).toMatchObject({ watermark: 5 })
    expect(await watch((n) => alwaysGreaterThan(n, 0, 'x'))).toMatchObject({ watermark: 1 })
    expect(await watch((n) => alwaysGreaterThanOrEqual(6 - n, 0, 'x'))).toMatchObject({ watermark: 1 })
  })

  test('the watermark of a sometimes is the value that came closest to holding', async () => {
    expect(await watch((n) => sometimesLessThan(n, 0, 'x'))).toMatchObject({
      kind: 'sometimes',
      watermark: 1,
      misses: 5,
    })
    expect(await watch((n) => sometimesLessThanOrEqual(n, 1, 'x'))).toMatchObject({ watermark: 1, hits: 1, misses: 4 })
    expect(await watch((n) => sometimesGreaterThan(n, 9, 'x'))).toMatchObject({ watermark: 5, hits: 0 })
    expect(await watch((n) => sometimesGreaterThanOrEqual(n, 5, 'x'))).toMatchObject({ watermark: 5, hits: 1 })
  })

  test('sometimesAll counts how many held together', async () => {
    const site = await watch((n) => sometimesAll({ a: n > 1, b: n > 3, c: n > 7 }, 'x'))
    expect(site).toMatchObject({ kind: 'sometimes', hits: 0, misses: 5, watermark: 2 })
    expect(await watch((n) => sometimesAll({ a: n > 1, b: n > 3 }, 'x'))).toMatchObject({ hits: 2, watermark: 2 })
  })

  test('sometimesEach makes a site of each value, the expected ones from the start', async () => {
    const result = await passes((sim) => sometimesEach('role', sim.iteration % 2, [0, 1, 2]), { determinism: 0 })
    expect([0, 1, 2].map((value) => siteOf(result, `role: ${value}`)?.hits)).toEqual([1, 2, 0])
  })

  test('two places with one name are one site', async () => {
    const result = await passes(
      () => {
        sometimes(true, 'twice')
        sometimes(false, 'twice')
      },
      { determinism: 0 },
    )
    expect(siteOf(result, 'twice')).toMatchObject({ hits: 3, misses: 3 })
  })
})

describe('details', () => {
  test('are made only for a violation', async () => {
    let made = 0
    const details = (): string => `made ${++made}`
    await passes(() => {
      always(true, 'a', details)
      alwaysOrUnreachable(true, 'b', details)
      alwaysLessThan(1, 2, 'c', details)
      sometimes(true, 'd', details)
      sometimes(false, 'e', details)
      sometimesGreaterThan(1, 2, 'f', details)
    })
    expect(made).toBe(0)
    const failure = await failureOf(() => always(false, 'a', details))
    expect(failure.message).toMatch(/always "a" was false: made \d/)
  })

  test('that throw do not hide the violation', async () => {
    const failure = await failureOf(() =>
      always(false, 'a', () => {
        throw new Error('no details')
      }),
    )
    expect(failure).toMatchObject({
      kind: 'AlwaysViolated',
      message: 'always "a" was false (its details threw Error: no details)',
    })
  })
})

describe('outside a simulation', () => {
  test('everything is a no-op and never throws', async () => {
    let made = 0
    const details = (): number => ++made
    always(false, 'a', details)
    alwaysOrUnreachable(false, 'a', details)
    alwaysLessThan(2, 1, 'a', details)
    unreachable('a', details)
    sometimes(true, 'a', details)
    sometimesAll({ a: false }, 'a')
    sometimesEach('a', 1, [2])
    reachable('a')
    expect(buggify('a', 1)).toBe(false)
    expect(buggifyValue('a', 5, [10, 20])).toBe(5)
    await buggifyDelay('a', [10, 20])
    expect(made).toBe(0)
  })

  test('and nothing of it counts in the next simulation', async () => {
    sometimes(true, 'outside')
    const result = await passes(() => undefined)
    expect(siteOf(result, 'outside')).toBeUndefined()
  })
})

describe('buggify', () => {
  const seeds = 2_000
  const perSeed = 40
  const run = async (body: Body, chaos: NonNullable<Parameters<typeof checkSimulation>[1]>['chaos']) =>
    checkSimulation(body, { iterations: seeds, seed: 1, determinism: 0, ...(chaos !== undefined && { chaos }) })

  test('is active in a quarter of the seeds, and then fires as often as it says', async () => {
    let active = 0
    let calls = 0
    let fired = 0
    await run(
      () => {
        let here = 0
        for (let i = 0; i < perSeed; i++) if (buggify('slow disk', 0.3)) here++
        if (here === 0) return
        active++
        calls += perSeed
        fired += here
      },
      { buggify: true },
    )
    const expected = seeds * 0.25
    expect(Math.abs(active - expected)).toBeLessThan(5 * Math.sqrt(seeds * 0.25 * 0.75))
    expect(Math.abs(fired / calls - 0.3)).toBeLessThan(5 * Math.sqrt((0.3 * 0.7) / calls))
  })

  test('activates sites independently of each other', async () => {
    const both = { none: 0, one: 0, two: 0 }
    await run(
      () => {
        const count = Number(buggify('site a', 1)) + Number(buggify('site b', 1))
        both[count === 0 ? 'none' : count === 1 ? 'one' : 'two']++
      },
      { buggify: true },
    )
    expect(both.two / seeds).toBeCloseTo(1 / 16, 1)
    expect(both.none / seeds).toBeCloseTo(9 / 16, 1)
  })

  test('is on in the share of seeds that the profile says', async () => {
    for (const [chaos, share] of [
      [{ buggify: 0.5 }, 0.5],
      ['swarm', 0.8 * 0.9],
    ] as const) {
      let on = 0
      await run(() => {
        // One of 40 sites is active, practically always, when buggify as a whole is on.
        for (let i = 0; i < 40; i++) if (buggify(`site ${i}`, 1)) return void on++
      }, chaos)
      expect(Math.abs(on / seeds - share)).toBeLessThan(0.05)
    }
  })

  test('never fires in calm, and calm draws nothing from any fault stream', async () => {
    const streams: string[][] = []
    const { current } = await import('../../src/engine/current.ts')
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', () => 1))
      expect(buggify('x', 1)).toBe(false)
      expect(buggifyValue('y', 5, [10, 20])).toBe(5)
      await buggifyDelay('z', [10, 20])
      expect(sim.now).toBe(0)
      await sim.node('client').bus.request('server', 'ask')
      const named = current.engine?.streams as unknown as { byName: Map<string, unknown> } | undefined
      streams.push([...(named?.byName.keys() ?? [])])
    })
    expect(streams[0]).toEqual(['sim.random', 'link client > server', 'link server > client'])
  })

  test('is over when the body is: nothing fires while the world gets quiet', async () => {
    let late = 0
    await run(
      (sim) => {
        sim.node('n', () => void setTimeout(() => (late += Number(buggify('late', 1))), 10))
        void sim.node('n').run(() => sim.sleep(20))
      },
      { buggify: true },
    )
    expect(late).toBe(0)
  })

  test('buggifyValue gives one value a seed, within the range, whole when the range is', async () => {
    const values = new Set<number>()
    let unusual = 0
    await run(
      () => {
        const value = buggifyValue('batch size', 100, [1, 10])
        expect(buggifyValue('batch size', 100, [1, 10])).toBe(value)
        if (value !== 100) {
          unusual++
          values.add(value)
        }
      },
      { buggify: true },
    )
    expect(Math.abs(unusual / seeds - 0.25)).toBeLessThan(0.05)
    expect([...values].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  })

  test('buggifyDelay waits within its range when it fires, else not at all', async () => {
    const waits: number[] = []
    let none = 0
    await run(
      async (sim) => {
        await buggifyDelay('pause', [10, 30])
        if (sim.now === 0) none++
        else waits.push(sim.now)
      },
      { buggify: true },
    )
    expect(none + waits.length).toBe(seeds)
    expect(Math.abs(waits.length / seeds - 1 / 16)).toBeLessThan(0.03)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...waits)).toBeLessThanOrEqual(30)
  })
})
