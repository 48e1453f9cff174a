import { describe, expect, test } from 'vitest'
import { sometimes } from '../../src/assertions/sdk.ts'
import { deriveSeed, isSeed } from '../../src/random/seed.ts'
import type { RunContext } from '../../src/runner/run-context.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import {
  fixedCount,
  timeLimit,
  untilAllSometimesReached,
  untilCoverageStable,
} from '../../src/runner/iteration-control.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'

/** The seeds that ran, in order, and the result. */
async function run(options: SimulationOptions, context: RunContext = {}, body: Body = () => undefined) {
  const seeds: number[] = []
  const result = await checkSimulation(body, options, { ...context, onResult: ({ seed }) => void seeds.push(seed) })
  return { seeds, ...result }
}

describe('counts', () => {
  test('a bare number and fixedCount run so many seeds; without any, ten run', async () => {
    expect(await run({ iterations: 4 })).toMatchObject({ iterations: 4, planned: 4, stopReason: 'count reached' })
    expect((await run({ iterations: fixedCount(3) })).seeds).toHaveLength(3)
    expect((await run({})).seeds).toHaveLength(10)
  })

  test('accumulate over iterations: hits, misses, iterations with a hit', async () => {
    const { sites } = await run({ iterations: 10, determinism: 0 }, {}, (sim) => {
      for (let i = 0; i < 3; i++) sometimes(sim.iteration % 2 === 0 && i > 0, 'even')
    })
    expect(sites.find(({ name }) => name === 'even')).toMatchObject({ hits: 10, misses: 20, iterationsHit: 5 })
  })

  test('the second run of a compared or failing seed counts nothing', async () => {
    const { sites, iterations } = await run({ iterations: 4, determinism: 1 }, {}, () => sometimes(true, 'x'))
    expect(iterations).toBe(4)
    expect(sites.find(({ name }) => name === 'x')).toMatchObject({ hits: 4, iterationsHit: 4 })
    const failed = await run({ iterations: 4 }, {}, () => {
      sometimes(true, 'x')
      throw new Error('planted')
    })
    expect(failed.sites.find(({ name }) => name === 'x')).toMatchObject({ hits: 1, iterationsHit: 1 })
  })

  test('virtual time and events are the sums of all iterations', async () => {
    const { virtualMs, events } = await run({ iterations: 7, determinism: 0 }, {}, (sim) => sim.sleep(100))
    expect(virtualMs).toBe(700)
    expect(events).toBe(14)
  })
})

describe('untilAllSometimesReached', () => {
  test('stops after the first iteration at which all were reached, in different iterations', async () => {
    const { iterations, stopReason } = await run({ iterations: untilAllSometimesReached(100) }, {}, (sim) => {
      sometimes(sim.iteration === 5, 'five')
      sometimes(sim.iteration === 3, 'three')
    })
    expect({ iterations, stopReason }).toEqual({ iterations: 5, stopReason: 'all sometimes reached' })
  })

  test('waits for a site that is evaluated late', async () => {
    const late = await run({ iterations: untilAllSometimesReached(100) }, {}, (sim) => {
      sometimes(sim.iteration >= 3, 'three')
      if (sim.iteration >= 2) sometimes(sim.iteration === 8, 'eight')
    })
    expect(late.iterations).toBe(8)
  })

  test('does not run more than max', async () => {
    const { iterations } = await run({ iterations: untilAllSometimesReached(6) }, {}, () => sometimes(false, 'x'))
    expect(iterations).toBe(6)
  })
})

describe('untilCoverageStable', () => {
  test('stops when a plateau of iterations reached nothing new', async () => {
    const { iterations, stopReason, status } = await run(
      { iterations: untilCoverageStable({ plateau: 5, max: 100 }) },
      {},
      (sim) => {
        for (const at of [1, 4, 8]) sometimes(sim.iteration === at, `at ${at}`)
        sometimes(false, 'never')
      },
    )
    expect({ iterations, stopReason, status }).toEqual({
      iterations: 13,
      stopReason: 'coverage stable',
      status: 'passed',
    })
  })

  test('stops at max while something new still comes', async () => {
    const { iterations, stopReason } = await run(
      { iterations: untilCoverageStable({ plateau: 5, max: 20 }) },
      {},
      (sim) => sometimes(true, `in ${sim.iteration}`),
    )
    expect({ iterations, stopReason }).toEqual({ iterations: 20, stopReason: 'count reached' })
  })

  test('of nothing stops after the plateau', async () => {
    expect((await run({ iterations: untilCoverageStable({ plateau: 4, max: 50 }) })).iterations).toBe(4)
  })
})

describe('timeLimit', () => {
  test('stops by real time, after at least one iteration', async () => {
    const limited = await run({ iterations: timeLimit(60), determinism: 0 })
    expect(limited).toMatchObject({ stopReason: 'time limit', status: 'passed', planned: null })
    expect(limited.iterations).toBeGreaterThan(1)
    expect(limited.realMs).toBeGreaterThanOrEqual(60)
    expect(limited.realMs).toBeLessThan(60_000)
    expect((await run({ iterations: timeLimit('1ms') })).iterations).toBeGreaterThanOrEqual(1)
    expect(() => timeLimit('0ms')).toThrow(/timeLimit\(…\)\.ms is 0: a time limit is at least 1 ms/)
  })
})

describe('seeds', () => {
  test('the first derived seed is the root, all are seeds, and 100,000 are distinct', () => {
    for (const root of [0, 1, 42, 2 ** 32, 2 ** 53 - 1]) {
      expect(deriveSeed(root, 0)).toBe(root)
      const seeds = Array.from({ length: 100_000 }, (_, index) => deriveSeed(root, index))
      expect(seeds.every(isSeed)).toBe(true)
      expect(new Set(seeds).size).toBe(100_000)
    }
  })

  test('other roots, other seeds', () => {
    const of = (root: number): number[] => Array.from({ length: 1_000 }, (_, index) => deriveSeed(root, index + 1))
    expect(new Set([...of(1), ...of(2), ...of(11), ...of(12)]).size).toBe(4_000)
  })

  test('come from the test, else from its surroundings, and are derived from the root', async () => {
    const root = 123_456
    const derived = [0, 1, 2].map((index) => deriveSeed(root, index))
    expect((await run({ iterations: 3 }, { seed: root })).seeds).toEqual(derived)
    expect((await run({ iterations: 3, seed: root }, { seed: 5 })).seeds).toEqual(derived)
    expect((await run({ iterations: 3, seed: root })).seed).toBe(root)
  })

  test('a seed runs alone unless iterations are given, too', async () => {
    expect((await run({ seed: 99 })).seeds).toEqual([99])
    expect((await run({ seed: 99, iterations: 2 })).seeds).toHaveLength(2)
    expect((await run({ iterations: 50 }, { seed: 99, alone: true })).seeds).toEqual([99])
  })

  test('regressions run first, then kept failures, each once; the counted iterations come on top', async () => {
    const { seeds, iterations } = await run(
      { iterations: 2, regressions: [7, 8, 7] },
      { seed: 1, corpus: [8, 9], alone: false },
    )
    expect(seeds).toEqual([7, 8, 9, 1, deriveSeed(1, 1)])
    expect(iterations).toBe(5)
  })

  test('a pinned seed of the test does not stop its regressions; one asked for from outside does', async () => {
    expect((await run({ seed: 3, regressions: [7] })).seeds).toEqual([7, 3])
    expect((await run({ regressions: [7] }, { seed: 3, alone: true, corpus: [9] })).seeds).toEqual([3])
  })

  test('a control that is done early still runs a seed of its own after the regressions', async () => {
    const { seeds, stopReason } = await run(
      { iterations: untilAllSometimesReached(5), regressions: [7, 8] },
      { seed: 1 },
      () => sometimes(true, 'x'),
    )
    expect(seeds).toEqual([7, 8, 1])
    expect(stopReason).toBe('all sometimes reached')
  })

  test('a regression that fails is the failure, with its own seed and iteration', async () => {
    const { failure } = await run({ regressions: [7, 8] }, { seed: 1 }, (sim) => {
      if (sim.seed === 8) throw new Error('planted')
    })
    expect(failure).toMatchObject({ seed: 8, iteration: 2 })
  })
})

describe('hooks of the surroundings', () => {
  test('run around every iteration, real asynchronous work included', async () => {
    const calls: string[] = []
    await run(
      { iterations: 2, determinism: 0 },
      {
        beforeIteration: async (number) => {
          await new Promise((resolve) => setTimeout(resolve, 2))
          calls.push(`before ${number}`)
        },
        afterIteration: (number) => void calls.push(`after ${number}`),
      },
      (sim) => void calls.push(`body ${sim.iteration}`),
    )
    expect(calls).toEqual(['before 1', 'body 1', 'after 1', 'before 2', 'body 2', 'after 2'])
  })

  test('run around the recording of a failing seed, too', async () => {
    const calls: string[] = []
    await run(
      { iterations: 2 },
      {
        beforeIteration: (number) => void calls.push(`before ${number}`),
        afterIteration: (number) => void calls.push(`after ${number}`),
      },
      () => {
        throw new Error('planted')
      },
    )
    expect(calls).toEqual(['before 1', 'after 1', 'before 1', 'after 1'])
  })

  test('tell the progress now and then', async () => {
    const seen: number[] = []
    await run(
      { iterations: timeLimit(600), determinism: 0 },
      { onProgress: ({ iterations }) => void seen.push(iterations) },
    )
    expect(seen.length).toBeGreaterThanOrEqual(2)
    expect(seen.length).toBeLessThan(10)
    expect(seen).toEqual([...seen].sort((one, two) => one - two))
  })
})
