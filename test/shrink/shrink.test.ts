/** How a failure becomes smaller, what it stays, and what is said when it could not be done to the end. */
import { describe, expect, test } from 'vitest'
import { always } from '../../src/assertions/sdk.ts'
import { operation } from '../../src/world/operation.ts'
import type { Simulation } from '../../src/world/door.ts'
import { real } from '../../src/virtual/real.ts'
import { find, replay, search, sizeOf, storyOf, titleOf, withoutOne } from './run.ts'

const nothing = operation({ weight: 3, run: () => undefined })

/** Fails once `enough` of the operations `bad` have been done. */
const counting = (enough: number, operations = 120) => {
  return async (sim: Simulation): Promise<void> => {
    const done: number[] = []
    const bad = operation({
      draw: ({ random }) => random.integer(1, 9_999),
      run: (_sim, n) => {
        if (done.push(n) >= enough) throw new RangeError(`${enough} are too many`)
      },
    })
    await sim.workload({ bad, nothing }, { operations })
  }
}

describe('smaller', () => {
  test('whole families, single faults, and operations are left out', async () => {
    const body = async (sim: Simulation): Promise<void> => {
      let lost = 0
      sim.node('server').bus.handle('note', () => undefined)
      sim.network.rule(() => 'pass')
      const ask = operation({
        run: (_sim) =>
          sim
            .node('client')
            .bus.request('server', 'note', 1, { timeout: 100 })
            .catch((error: Error) => {
              if (error.name === 'RequestTimeout' && ++lost === 2) throw new RangeError('two timeouts')
            }),
      })
      await sim.workload({ ask, nothing }, { operations: 200 })
    }
    const chaos = { loss: 0.1, duplication: 0.3, reordering: 0.3, clog: true, clock: true } as const
    const { minimal, run } = await find(body, { chaos })
    const families = new Set(run.faults.map(({ family }) => family))
    expect(families.size).toBeGreaterThan(2)
    expect(minimal.faultsBefore).toBeGreaterThan(20)
    expect(minimal.plan.faults?.length).toBeLessThanOrEqual(2)
    expect(minimal.plan.operations?.map(({ name }) => name)).toEqual(['ask', 'ask'])
    expect(minimal.run.faults.map(({ key }) => key)).toEqual(minimal.plan.faults)
  })

  test('operations that are only needed in pairs, one before and one after, are left out in pairs', async () => {
    // Fails when as many were put as were taken, and some at all.
    const body = async (sim: Simulation): Promise<void> => {
      let put = 0
      let taken = 0
      const alphabet = {
        put: operation({ enabled: () => put < 30, run: () => void put++ }),
        take: operation({
          enabled: () => put >= 30,
          run: () => {
            if (++taken === put) throw new RangeError('all are gone')
          },
        }),
      }
      await sim.workload(alphabet, { operations: 200 })
    }
    const { minimal } = await find(body, {})
    expect(minimal.operationsBefore).toBe(60)
    expect(minimal.plan.operations?.map(({ name }) => name)).toEqual(['put', 'take'])
  })

  test('nodes, arguments and times become simple', async () => {
    const body = async (sim: Simulation): Promise<void> => {
      const seen: number[] = []
      const call = operation({
        draw: ({ random, nodes }) => ({ at: random.pick(nodes).id, n: random.integer(10, 19) }),
        run: (_sim, { at, n }) => {
          sim.node(at)
          if (seen.push(n) === 3 && sim.now > 40) throw new RangeError('the third')
        },
      })
      await sim.workload({ call }, { operations: 50, thinkTime: [20, 200] })
    }
    const { minimal } = await find(body, { nodes: 5 })
    expect(minimal).toMatchObject({ nodesBefore: 5, plan: { nodes: 1 } })
    const operations = minimal.plan.operations ?? []
    // The simplest that was ever drawn.
    expect(operations.map(({ argument }) => argument)).toEqual(new Array(3).fill({ at: 'n1', n: 10 }))
    for (const { at } of operations) expect(`${at / 1000}`, 'a round time').toMatch(/^\d{1,2}0*$|^\d{1,3}$/)
    expect(new Set(operations.map(({ at }) => at)).size).toBeLessThan(3)
  })

  test('arguments stay such as the workload could have drawn', async () => {
    const body = async (sim: Simulation): Promise<void> => {
      const ids = new Set<number>()
      const sums = { a: 0, b: 0, c: 0 }
      let id = 0
      const accounts = ['a', 'b', 'c'] as const
      const transfer = operation({
        draw: ({ random }) => {
          const [from, to] = random.shuffle(accounts)
          return { id: ++id, from: from!, to: to!, sum: random.integer(5, 9) }
        },
        run: (_sim, { id: own, from, to, sum }) => {
          if (ids.has(own) || from === to || sum < 5) throw new RangeError('too much')
          ids.add(own)
          sums[from] -= sum
          sums[to] += sum
          if (sums.a > 20) throw new RangeError('too much')
        },
      })
      await sim.workload({ transfer }, { operations: 200 })
    }
    const { minimal } = await find(body, {})
    const all = (minimal.plan.operations ?? []).map(
      ({ argument }) => argument as { id: number; to: string; sum: number },
    )
    expect(all.length).toBeGreaterThan(2)
    expect(all.length).toBeLessThan(6)
    expect(new Set(all.map((one) => one.id)).size).toBe(all.length)
    expect(all.map(({ to }) => to)).toEqual(all.map(() => 'a'))
    expect(Math.min(...all.map(({ sum }) => sum))).toBeGreaterThanOrEqual(5)
  })

  test('numbers within one argument stay in an order that the workload could have drawn', async () => {
    const body = async (sim: Simulation): Promise<void> => {
      let size = 0
      const reserve = operation({
        draw: ({ random }) => {
          const low = random.integer(0, 4)
          return { low, high: low + random.integer(0, 4) }
        },
        run: (_sim, { low, high }) => {
          size += high - low
          if (size > 20 || high < low) throw new RangeError('too much')
        },
      })
      await sim.workload({ reserve }, { operations: 40 })
    }
    const { minimal } = await find(body, {})
    const all = (minimal.plan.operations ?? []).map(({ argument }) => argument as { low: number; high: number })
    expect(all.length).toBeGreaterThan(2)
    expect(all.every(({ low, high }) => low <= high)).toBe(true)
  })

  test('nothing but the seed: a failure without faults and operations has no plan', async () => {
    const { failure } = await search((sim) => sim.sleep(1).then(() => Promise.reject(new RangeError('always'))), {})
    expect(failure.minimal).toBeUndefined()
    expect(storyOf(failure)).not.toContain('minimal')
  })
})

describe('still the same failure', () => {
  test('of several that a seed may have, the one that was found', async () => {
    // One `bad` alone is another failure: it must not be taken for the smaller form.
    const body = async (sim: Simulation): Promise<void> => {
      let calls = 0
      const call = operation({
        run: () => {
          if (++calls === 5) throw new RangeError('the fifth')
        },
      })
      await sim.workload({ call, nothing }, { operations: 60 })
      if (calls > 0) throw new TypeError('fewer than five')
    }
    const { failure, minimal } = await find(body, {})
    expect(failure.name).toBe('RangeError')
    expect(minimal.run.failure?.name).toBe('RangeError')
    expect(minimal.plan.operations).toHaveLength(5)
  })

  test('and the same line of the code where the names are the same', async () => {
    const body = async (sim: Simulation): Promise<void> => {
      let calls = 0
      const call = operation({ run: () => void calls++ })
      await sim.workload({ call, nothing }, { operations: 60 })
      if (calls >= 4) throw new Error(`${calls} calls`)
      throw new Error('few calls')
    }
    const { minimal } = await find(body, {})
    expect(minimal.run.failure?.message).toBe('4 calls')
  })

  test.each([
    ['InvariantViolation: few are open', {}],
    ['Deadlock: nothing can run', {}],
    ['LimitExceeded: virtualMs', { virtualMs: 5_000 }],
    ['Livelock: no progress', { eventsPerInstant: 1_000 }],
    ['UnhandledError: RangeError', {}],
    ['AlwaysViolated: all is well', {}],
  ])('%s', async (title, limits) => {
    const [kind] = title.split(':')
    const body = async (sim: Simulation): Promise<void> => {
      let open = 0
      let never: Promise<void> | undefined
      sim.invariant('few are open', () => kind !== 'InvariantViolation' || open < 2 || `${open} are open`)
      const bad = operation({
        run: (): unknown => {
          if (++open < 2) return undefined
          if (kind === 'Deadlock') return (never ??= new Promise(() => undefined))
          if (kind === 'LimitExceeded') return sim.sleep(10_000)
          if (kind === 'Livelock') return spin(sim)
          if (kind === 'UnhandledError') void Promise.reject(new RangeError('nobody listens'))
          if (kind === 'AlwaysViolated') always(false, 'all is well')
          return undefined
        },
      })
      await sim.workload({ bad, nothing }, { operations: 40 })
    }
    const found = await find(body, { limits })
    expect(`${found.failure.kind}: ${found.failure.name}`).toBe(title)
    expect(titleOf(found.minimal.run)).toBe(title)
    expect(found.minimal.plan.operations?.map(({ name }) => name)).toEqual(['bad', 'bad'])
    expect(titleOf(await replay(body, { limits }, found.seed, found.minimal.plan))).toBe(title)
  })

  test('what is not the same twice is not shrunk', async () => {
    let runs = 0
    const body = async (sim: Simulation): Promise<void> => {
      const wait = operation({ run: () => sim.sleep(++runs) })
      await sim.workload({ wait }, { operations: 20 })
      throw new RangeError('always')
    }
    const { failure } = await search(body, {})
    expect(failure.failure.kind).toBe('Nondeterminism')
    expect(failure.minimal).toBeUndefined()
  })
})

describe('a budget', () => {
  const body = counting(10)

  test('of one run keeps the full plan, and says so', async () => {
    const found = await find(body, { shrink: { runs: 1 } })
    expect(found.minimal).toMatchObject({ runs: 1, cutShort: 'budget' })
    expect(found.minimal.plan.operations?.length).toBe(found.minimal.operationsBefore)
    expect(titleOf(await replay(body, {}, found.seed, found.minimal.plan))).toBe('BodyFailed: RangeError')
    expect(storyOf(found)).toContain(
      'shrinking used up its budget (option shrink) after 1 runs: a smaller plan may fail, too',
    )
  })

  test.each([3, 8, 20])('of %i runs is kept, and the best so far fails the same way', async (runs) => {
    const found = await find(body, { shrink: { runs } })
    expect(found.minimal.runs).toBeLessThanOrEqual(runs)
    expect(found.minimal.cutShort).toBe('budget')
    const again = await replay(body, {}, found.seed, found.minimal.plan)
    expect(again.digest).toBe(found.minimal.run.digest)
    expect(titleOf(again)).toBe('BodyFailed: RangeError')
  })

  test('of real time is kept', async () => {
    const slow = async (sim: Simulation): Promise<void> => {
      for (const end = real.performanceNow() + 5; real.performanceNow() < end;);
      await body(sim)
    }
    const started = real.performanceNow()
    const found = await find(slow, { shrink: { ms: 40 } })
    expect(found.minimal.cutShort).toBe('budget')
    expect(found.minimal.runs).toBeLessThan(12)
    expect(real.performanceNow() - started).toBeLessThan(2_000)
  })

  test('that is enough ends with nothing left out in vain', async () => {
    const found = await find(body, {})
    expect(found.minimal.cutShort).toBeUndefined()
    expect(sizeOf(found.minimal.plan)).toBe(10)
    expect(storyOf(found)).not.toContain('a smaller plan may fail')
    for (const less of withoutOne(found.minimal.plan))
      expect(titleOf(await replay(body, {}, found.seed, less))).toBe('passed')
  })

  test('false: nothing is shrunk, and the last operations are shown', async () => {
    const { failure } = await search(body, { shrink: false })
    expect(failure.minimal).toBeUndefined()
    expect(storyOf(failure)).toMatch(/last of the workload, 8 of \d+:/)
  })
})

test('an interruption keeps the best so far, and says so', async () => {
  const failing = counting(10)
  let runs = 0
  const signal = { aborted: false }
  const body = async (sim: Simulation): Promise<void> => {
    // Enough for a few steps; what is under way is dropped.
    if (++runs === 14) signal.aborted = true
    if (signal.aborted) for (const end = real.performanceNow() + 30; real.performanceNow() < end;);
    await failing(sim)
  }
  const result = await search(body, { iterations: 1 }, { signal })
  expect(result.status).toBe('failed')
  const { minimal, seed } = result.failure
  expect(minimal?.cutShort).toBe('aborted')
  expect(sizeOf(minimal!.plan)).toBeLessThan(minimal!.operationsBefore)
  expect(titleOf(await replay(failing, {}, seed, minimal!.plan))).toBe('BodyFailed: RangeError')
  expect(storyOf(result.failure)).toMatch(/minimal workload, \d+ of \d+:[^]*shrinking was interrupted after \d+ runs/)
})

test('the story tells of the minimal faults and operations, in order of time', async () => {
  const found = await find(counting(3), {})
  const [, ...lines] = /minimal workload, 3 of \d+:\n((?: {4}.*\n)+)/.exec(storyOf(found))?.[1]?.split('\n') ?? []
  expect(lines.filter((line) => line !== '').every((line) => /^ {4}[\d.,]+ m?s {2}bad \d+$/.test(line))).toBe(true)
  expect(storyOf(found)).not.toContain('nothing')
})

test('the story names the latency that was drawn, and no episodes that were left out', async () => {
  const body = async (sim: Simulation): Promise<void> => {
    sim.node('server', () => undefined)
    await sim.sleep(2_000)
    throw new RangeError('always')
  }
  const chaos = { latency: 'drawn', pause: { every: [10, 50], lasts: [10, 50] } } as const
  const found = await find(body, { chaos })
  expect(found.minimal.faultsBefore).toBeGreaterThan(5)
  const story = storyOf(found)
  expect(story).toContain('it fails without any')
  expect(story).not.toContain('episode')
  expect(story).toMatch(
    /chaos custom: latency (uniform \(min 0.5, max 20\)|exponential \(min 0.5, mean 20\)|bimodal \(fast 0.5–5, slow 50–300, slowShare 0.1\)|heavyTail \(min 0.5, max 2000\)), pause\n/,
  )
})

async function spin(sim: Simulation): Promise<void> {
  for (;;) await sim.sleep(0)
}
