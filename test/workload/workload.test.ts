/** What a workload does: how many operations, which, when, side by side, and what it says about them. */
import { describe, expect, test } from 'vitest'
import { RequestTimeout } from '../../src/bus/errors.ts'
import { operation } from '../../src/runner/operation.ts'
import type { Simulation } from '../../src/runner/simulation.ts'
import type { WorkloadOutcome } from '../../src/workload/outcome.ts'
import { failureOf } from '../network-chaos/check.ts'
import { outcome, outcomes } from './run.ts'

const nothing = operation({ run: () => undefined })
const names = ({ history }: WorkloadOutcome): string[] => history.map(({ name }) => name)

test('does as many operations as it is told, and says what came of each', async () => {
  const { history, ...counts } = await outcome(
    { double: operation({ draw: ({ random }) => random.below(100), run: (_sim, n) => n * 2 }) },
    { operations: 50 },
  )
  expect(counts).toEqual({
    operations: 50,
    ok: 50,
    failed: 0,
    unknown: 0,
    skipped: 0,
    byName: { double: { ok: 50, failed: 0, unknown: 0 } },
  })
  expect(history.map(({ index }) => index).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  for (const { argument, result } of history) expect(result).toBe((argument as number) * 2)
})

test('the history is in order of completion, with virtual times', async () => {
  const { history } = await outcome(
    { wait: operation({ draw: ({ random }) => random.integer(1, 500), run: (sim, ms) => sim.sleep(ms) }) },
    { operations: 100, concurrency: 10 },
  )
  for (const [i, { start, end, argument }] of history.entries()) {
    expect(end - start).toBeCloseTo(argument as number, 3)
    expect(end).toBeGreaterThanOrEqual(history[i - 1]?.end ?? 0)
  }
  expect(history.map(({ index }) => index)).not.toEqual(history.map(({ index }) => index).sort((a, b) => a - b))
})

describe('weights', () => {
  test('are proportions', async () => {
    const { byName } = await outcome(
      {
        often: operation({ weight: 8, run: () => {} }),
        seldom: operation({ weight: 2, run: () => {} }),
        usual: nothing,
      },
      { operations: 4_000 },
    )
    expect(byName.often?.ok).toBeGreaterThan(2_700)
    expect(byName.seldom?.ok).toBeGreaterThan(600)
    expect(byName.seldom?.ok).toBeLessThan(900)
    expect(byName.usual?.ok).toBeGreaterThan(270)
  })

  test('0 means never', async () => {
    const { byName } = await outcome({ nothing, never: operation({ weight: 0, run: () => {} }) }, { operations: 300 })
    expect(byName).toEqual({ nothing: { ok: 300, failed: 0, unknown: 0 } })
  })
})

describe('enabled', () => {
  test('another one is chosen where one is not', async () => {
    const even = (now: number): boolean => Math.floor(now / 100) % 2 === 0
    const { history, skipped } = await outcome(
      {
        even: operation({ enabled: ({ now }) => even(now), run: () => undefined }),
        odd: operation({ enabled: ({ now }) => !even(now), run: () => undefined }),
      },
      { operations: 500 },
    )
    expect(skipped).toBe(0)
    for (const { name, start } of history) expect(name).toBe(even(start) ? 'even' : 'odd')
    expect(new Set(history.map(({ name }) => name)).size).toBe(2)
  })

  test('where none is, the turn passes and is counted', async () => {
    const late = operation({ enabled: ({ now }) => now > 200, run: () => undefined })
    for (const thinkTime of [
      [0, 20],
      [0, 0],
    ] as const) {
      const { operations, skipped } = await outcome({ late }, { operations: 800, concurrency: 2, thinkTime })
      expect(operations + skipped).toBe(800)
      expect(skipped).toBeGreaterThan(10)
      expect(operations).toBeGreaterThan(10)
    }
  })

  test('sees every node, dead ones too', async () => {
    const seen = new Set<string>()
    await outcome(
      {
        crash: operation({ weight: 0.1, run: (sim) => sim.node('n1').crash() }),
        look: operation({
          enabled: ({ nodes }) => nodes.every(({ id, alive }) => seen.add(`${id} ${alive}`)),
          run: () => undefined,
        }),
      },
      { operations: 200 },
      { nodes: 2 },
    )
    expect([...seen].sort()).toEqual(['n1 false', 'n1 true', 'n2 true'])
  })
})

describe('concurrency', () => {
  test.each([1, 3, 20])('%i: never more, and so many at some time', async (concurrency) => {
    let now = 0
    let most = 0
    const busy = operation({
      run: async (sim) => {
        most = Math.max(most, ++now)
        await sim.sleep(30)
        now--
      },
    })
    const { operations } = await outcome({ busy }, { operations: 200, concurrency })
    expect(operations).toBe(200)
    expect(most).toBe(concurrency)
  })

  test('more than operations is as many as operations', async () => {
    expect((await outcome({ nothing }, { operations: 3, concurrency: 100 })).operations).toBe(3)
  })

  test('a bug that needs two at a time is found with it and not without', async () => {
    const bank = (concurrency: number) => async (sim: Simulation) => {
      let balance = 0
      const deposit = operation({
        run: async () => {
          const read = balance
          await sim.sleep(1)
          balance = read + 1
        },
      })
      const { ok } = await sim.workload({ deposit }, { operations: 50, concurrency })
      if (balance !== ok) throw new Error(`${ok} deposits and a balance of ${balance}`)
    }
    expect((await failureOf(bank(2))).message).toMatch(/50 deposits and a balance of \d+/)
    await expect(failureOf(bank(1))).rejects.toThrow('no seed of 20 failed')
  })
})

describe('think time', () => {
  const starts = async (thinkTime?: readonly [number, number]): Promise<number[]> => {
    const options = { operations: 200, concurrency: 1, ...(thinkTime && { thinkTime }) }
    return (await outcome({ nothing }, options)).history.map(({ start }) => start)
  }
  const gaps = (times: number[]): number[] => times.map((at, i) => at - (times[i - 1] ?? 0))

  test('is drawn from the range before each operation', async () => {
    const found = gaps(await starts([50, 70]))
    expect(Math.min(...found)).toBeGreaterThanOrEqual(50)
    expect(Math.max(...found)).toBeLessThanOrEqual(70)
    expect(new Set(found).size).toBeGreaterThan(150)
  })

  test('is 0 to 20 ms by default, and may be none', async () => {
    const usual = gaps(await starts())
    expect(Math.max(...usual)).toBeGreaterThan(15)
    expect(Math.max(...usual)).toBeLessThanOrEqual(20)
    expect(new Set(await starts([0, 0]))).toEqual(new Set([0]))
  })
})

describe('swarm', () => {
  const alphabet = Object.fromEntries('abcdefgh'.split('').map((name) => [name, nothing]))
  const used = (all: readonly WorkloadOutcome[]): number[] => all.map((one) => new Set(names(one)).size)

  test('leaves some operations out and changes the weights, in each seed others', async () => {
    const all = await outcomes(alphabet, { operations: 400, swarm: true }, { iterations: 60 })
    expect(Math.min(...used(all))).toBeLessThan(6)
    expect(Math.max(...used(all))).toBe(8)
    const share = all.map(({ byName }) => byName.a?.ok ?? 0)
    expect(share.filter((n) => n === 0).length).toBeGreaterThan(4)
    expect(Math.max(...share)).toBeGreaterThan(150)
  })

  test('is the default with the profile swarm, and only there', async () => {
    const distinct = async (chaos: 'calm' | 'random' | 'swarm', swarm?: boolean): Promise<number> => {
      const options = { operations: 400, ...(swarm !== undefined && { swarm }) }
      return Math.min(...used(await outcomes(alphabet, options, { iterations: 20, chaos })))
    }
    expect(await distinct('swarm')).toBeLessThan(7)
    expect(await distinct('swarm', false)).toBe(8)
    expect(await distinct('random')).toBe(8)
    expect(await distinct('calm')).toBe(8)
  })

  test('of one operation does that one', async () => {
    const all = await outcomes({ nothing }, { operations: 10, swarm: true }, { iterations: 30 })
    expect(all.map(({ operations }) => operations)).toEqual(new Array(30).fill(10))
  })

  test('a bug that needs one operation to be missing is found by it alone', async () => {
    // Work piles up unless it is taken away every now and then.
    const queue = (swarm: boolean) => async (sim: Simulation) => {
      let waiting = 0
      const put = operation({
        run: () => {
          if (++waiting > 60) throw new Error(`${waiting} wait: the queue has no bound`)
        },
      })
      const take = operation({ weight: 2, run: () => void (waiting = Math.max(0, waiting - 1)) })
      await sim.workload({ put, take }, { operations: 300, swarm })
    }
    expect((await failureOf(queue(true))).message).toContain('the queue has no bound')
    await expect(failureOf(queue(false), { iterations: 100 })).rejects.toThrow('no seed of 100 failed')
  })
})

describe('outcomes', () => {
  test('a request under faults is ok, failed or unknown', async () => {
    const all = await outcomes(
      (sim) => {
        sim.node('server', (node) => {
          node.bus.handle('ask', (n: number) => {
            if (n === 0) throw new RangeError('not 0')
            return n
          })
        })
        const client = sim.node('client')
        return {
          ask: operation({
            draw: ({ random }) => random.below(3),
            run: (_sim, n) => client.bus.request('server', 'ask', n, { timeout: 100 }),
          }),
        }
      },
      { operations: 200 },
      { iterations: 5, chaos: { loss: 0.2, sendFailure: 0.2 } },
    )
    const errors = new Map(all.flatMap(({ history }) => history.map(({ error, outcome: kind }) => [error, kind])))
    expect(Object.fromEntries(errors)).toEqual({
      undefined: 'ok',
      RemoteError: 'failed',
      RequestTimeout: 'unknown',
      SendFailed: 'failed',
    })
    for (const { ok, failed, unknown, operations } of all) {
      expect(ok + failed + unknown).toBe(operations)
      expect(Math.min(ok, failed, unknown)).toBeGreaterThan(0)
    }
  })

  const throwing = (make: () => unknown) => {
    const run = (): never => {
      throw make()
    }
    return (sim: Simulation) => sim.workload({ bad: operation({ run }) }, { operations: 5 })
  }

  test.each([
    ['a TypeError', () => new TypeError('x is not a function'), 'TypeError'],
    ['a failed expectation', () => expectationError(), 'AssertionError'],
    ['no error at all', () => 'just text', 'Error'],
  ])('%s fails the seed', async (_what, make, name) => {
    expect(await failureOf(throwing(make))).toMatchObject({ kind: 'BodyFailed', name })
  })

  test('an error that no fault explains fails the seed though the body catches it', async () => {
    const body = async (sim: Simulation): Promise<void> => {
      await throwing(() => new TypeError('hidden'))(sim).catch(() => undefined)
    }
    expect(await failureOf(body)).toMatchObject({ kind: 'BodyFailed', name: 'TypeError' })
  })

  test('one that faults explain does not', async () => {
    const timeout = operation({
      run: () => {
        throw new RequestTimeout('a', 'b', 1)
      },
    })
    expect(await outcome({ timeout }, { operations: 5 })).toMatchObject({ ok: 0, failed: 0, unknown: 5 })
  })

  test.each([
    ['a method that nobody handles', 'nope', /has no handler for 'nope'/],
    ['a handler with a mistake in it', 'mistaken', /undefined/],
  ])('%s is no refusal: the seed fails', async (_what, method, message) => {
    const body = (sim: Simulation): Promise<unknown> => {
      sim.node('server', (node) => node.bus.handle('mistaken', (x: never) => (x as { y: { z: 1 } }).y.z))
      const client = sim.node('client')
      return sim.workload({ ask: operation({ run: () => client.bus.request('server', method) }) }, { operations: 2 })
    }
    const failure = await failureOf(body)
    expect(failure.kind).toBe('BodyFailed')
    expect(failure.message).toMatch(message)
  })

  test('a handler whose own request timed out leaves the outcome unknown', async () => {
    const { history } = await outcome(
      (sim) => {
        sim.node('dead', () => undefined).crash()
        sim.node('server', (node) => node.bus.handle('ask', () => node.bus.request('dead', 'ask', 0, { timeout: 10 })))
        const client = sim.node('client')
        return { ask: operation({ run: () => client.bus.request('server', 'ask') }) }
      },
      { operations: 1 },
    )
    expect(history).toMatchObject([{ outcome: 'unknown', error: 'RemoteError' }])
  })
})

test('an operation that never ends is a deadlock that names it', async () => {
  const failure = await failureOf((sim) =>
    sim.workload(
      { stuck: operation({ draw: () => ({ to: 'x' }), run: () => new Promise(() => {}) }) },
      { operations: 1 },
    ),
  )
  expect(failure.kind).toBe('Deadlock')
  expect(failure.message).toMatch(/test waits for operation 0: stuck \{"to":"x"\}, since [\d.]+ ms/)
})

test('two workloads of one iteration have operations of their own', async () => {
  const all = await outcomes({ nothing }, { operations: 10 }, { iterations: 1 })
  expect(all[0]?.operations).toBe(10)
  const seen: number[][] = []
  const body = async (sim: Simulation): Promise<void> => {
    const both = [1, 2].map(() => sim.workload({ nothing }, { operations: 5 }))
    for (const { history } of await Promise.all(both))
      seen.push(history.map(({ index }) => index).sort((a, b) => a - b))
  }
  await expect(failureOf(body, { iterations: 1 })).rejects.toThrow('no seed of 1 failed')
  expect(seen).toEqual([
    [0, 1, 2, 3, 4],
    [5, 6, 7, 8, 9],
  ])
})

test('names of operations may be those of fields that every object has', async () => {
  const { byName } = await outcome({ constructor: nothing, toString: nothing }, { operations: 40 })
  expect((byName.constructor as unknown as { ok: number }).ok + (byName.toString as unknown as { ok: number }).ok).toBe(
    40,
  )
})

function expectationError(): unknown {
  try {
    expect(1).toBe(2)
  } catch (error) {
    return error
  }
  return undefined
}
