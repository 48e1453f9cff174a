/** What a workload does: how many operations, which, when, side by side, and what it says about them. */
import { describe, expect, test } from 'vitest'
import { RemoteError, RequestTimeout } from '../../src/bus/errors.ts'
import { actor } from '../../src/actors/actor.ts'
import { operation } from '../../src/world/operation.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import type { WorkloadOutcome } from '../../src/workload/outcome.ts'
import { failureOf } from '../network-chaos/check.ts'
import { type AnyAlphabet, outcome, outcomes } from './run.ts'

const Noted = actor('noted', () => ({ note: (): number => 1 }))
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
            if (n === 0) throw new Error('not 0')
            return n
          })
        })
        const client = sim.node('client')
        return {
          ask: operation({
            draw: ({ random }) => random.below(3),
            run: (_sim, n) => client.bus.request('server', 'ask', n, { timeout: 100 }),
            expected: (error) => error instanceof RemoteError && error.message === 'not 0',
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

  describe('what no fault explains fails the seed, in calm and under faults', () => {
    const alphabets: Record<string, (sim: Simulation) => AnyAlphabet> = {
      'an operation that throws RangeError': () => ({
        bad: operation({
          run: () => {
            throw new RangeError('out of range')
          },
        }),
      }),
      'a handler that throws RangeError': (sim) => {
        sim.node('server', ({ bus }) =>
          bus.handle('ask', () => {
            throw new RangeError('out of range')
          }),
        )
        return { bad: operation({ run: () => sim.node('client').bus.request('server', 'ask') }) }
      },
      'a handler that throws an error of its own': (sim) => {
        sim.node('server', ({ bus }) => bus.handle('ask', () => Promise.reject(new Error('no'))))
        return { bad: operation({ run: () => sim.node('client').bus.request('server', 'ask') }) }
      },
      'a request to a node that does not exist': (sim) => ({
        bad: operation({ run: () => sim.node('client').bus.request('nobody', 'ask') }),
      }),
      'a message to a node that does not exist': (sim) => ({
        bad: operation({ run: () => sim.node('client').bus.send('nobody', 'ask') }),
      }),
      'a handler that asks a node that does not exist': (sim) => {
        sim.node('server', ({ bus }) => bus.handle('ask', () => bus.request('nobody', 'ask')))
        return { bad: operation({ run: () => sim.node('client').bus.request('server', 'ask') }) }
      },
      'a method of an actor that always throws': (sim) => {
        const Broken = actor('broken', () => ({
          ask: (): void => {
            throw new Error('always')
          },
        }))
        return { bad: operation({ run: () => sim.node('n1').actors.request(Broken('x'), 'ask') }) }
      },
      'actors that call each other in a circle': (sim) => {
        const Circle = actor('circle', (self) => ({
          ask: (): Promise<unknown> => self.request(Circle('x') as never, 'ask' as never),
        }))
        return { bad: operation({ run: () => sim.node('n1').actors.request(Circle('x'), 'ask') }) }
      },
      'an error that only looks expected': () => ({
        bad: operation({
          run: () => {
            throw new Error('other')
          },
          expected: (error) => error instanceof Error && error.message === 'this one',
        }),
      }),
    }
    test.each(Object.entries(alphabets))('%s', async (_what, alphabet) => {
      for (const chaos of ['calm', { loss: 0.1, duplication: 0.1 }] as const) {
        const body = (sim: Simulation): unknown => sim.workload(alphabet(sim), { operations: 50, concurrency: 1 })
        expect(await failureOf(body, { nodes: 1, chaos })).toMatchObject({ kind: 'BodyFailed' })
      }
    })
  })

  describe('failed is certain', () => {
    /** Half of the messages are not sent: an operation of two steps stops after the first one, or before. */
    const kinds = async (
      run: (sim: Simulation) => unknown,
      chaos: SimulationOptions['chaos'] = { sendFailure: 0.5 },
    ) => {
      const all = await outcomes(
        (sim) => {
          sim.node('server', ({ bus }) => bus.handle('do', () => 1))
          return { two: operation({ run }) }
        },
        { operations: 60, concurrency: 4 },
        { iterations: 5, chaos, nodes: 1 },
      )
      const found = all.flatMap(({ history }) => history)
      return new Set(found.map(({ outcome: kind, error }) => `${kind} ${error ?? ''}`.trim()))
    }
    const step = (sim: Simulation): Promise<unknown> => sim.node('client').bus.request('server', 'do')

    test('one request that was not sent', async () => {
      expect(await kinds(step)).toEqual(new Set(['ok', 'failed SendFailed']))
      expect(await kinds(async (sim) => [await sim.sleep(3), await step(sim)])).toEqual(
        new Set(['ok', 'failed SendFailed']),
      )
      // All of it was not done: neither the first try nor the second.
      const twice = (sim: Simulation): Promise<unknown> => step(sim).catch(() => step(sim))
      expect(await kinds(twice)).toEqual(new Set(['ok', 'failed SendFailed']))
    })

    test.each<[string, (sim: Simulation) => unknown]>([
      ['a request', (sim) => step(sim)],
      ['a message', (sim) => sim.node('client').bus.send('server', 'do')],
      ['a write', (sim) => sim.node('client').storage.write('key', 1)],
      ['a task of a node', (sim) => sim.node('client').run(() => undefined)],
      ['a restart', (sim) => sim.node('n1').restart()],
      ['a call of an actor', (sim) => sim.node('n1').actors.request(Noted('x'), 'note')],
      ['a partition', (sim) => sim.network.partition(['n1'], ['server'])],
    ])('%s that was done before it is the half of an operation: it is unknown', async (_what, first) => {
      const found = await kinds(async (sim) => {
        const isDone = await Promise.resolve(first(sim)).then(
          () => true,
          () => false,
        )
        if (!isDone) return
        for (let n = 0; n < 3; n++) await step(sim)
      })
      expect(found).toContain('unknown SendFailed')
      expect(found).not.toContain('failed SendFailed')
    })

    test('others who work beside it do not count', async () => {
      const found = await outcomes(
        (sim) => {
          sim.node('server', ({ bus }) => bus.handle('do', () => 1))
          return {
            busy: operation({ weight: 5, run: () => step(sim).catch(() => 1) }),
            one: operation({ run: () => step(sim) }),
          }
        },
        { operations: 200, concurrency: 16, thinkTime: [0, 0] },
        { iterations: 3, chaos: { sendFailure: 0.5 } },
      )
      for (const { byName } of found) expect(byName['one']).toMatchObject({ unknown: 0 })
    })
  })

  describe('`expected`', () => {
    const bank = (sim: Simulation, run: () => unknown): AnyAlphabet => {
      sim.node('bank', ({ bus }) => {
        let money = 5
        bus.handle('take', () => {
          if (money === 0) throw new Error('insufficient funds')
          return --money
        })
      })
      return { take: operation({ run, expected: (error) => /insufficient funds/.test(String(error)) }) }
    }
    const take = (sim: Simulation): Promise<unknown> =>
      sim.node('client').bus.request('bank', 'take', 1, { timeout: 200 })

    test('a refusal is failed: nothing has happened', async () => {
      const { ok, failed, unknown } = await outcome((sim) => bank(sim, () => take(sim)), { operations: 20 })
      expect({ ok, failed, unknown }).toEqual({ ok: 5, failed: 15, unknown: 0 })
    })

    test('it is unknown where the operation did more, or the network made a copy', async () => {
      const two = (sim: Simulation): AnyAlphabet => bank(sim, async () => [await take(sim), await take(sim)])
      expect(await outcome(two, { operations: 20, concurrency: 1 })).toMatchObject({ ok: 2, failed: 17, unknown: 1 })
      const copied = await outcome(
        (sim) => bank(sim, () => take(sim)),
        { operations: 20 },
        { chaos: { duplication: 1 } },
      )
      expect(copied.failed).toBe(0)
    })

    test('it must say true or false', async () => {
      const alphabet = {
        bad: operation({
          run: () => {
            throw new Error('x')
          },
          expected: (() => 'yes') as never,
        }),
      }
      const failure = await failureOf((sim) => sim.workload(alphabet, { operations: 1 }))
      expect(failure.message).toContain("answer of 'expected' of operation 'bad' is 'yes'")
    })
  })

  test('the first error of a chain counts, not those that pass it on', async () => {
    const Store = actor('store', () => ({
      read: (): Promise<never> => Promise.reject(Object.assign(new Error('disk'), { name: 'StorageFailed' })),
    }))
    const Reader = actor('reader', (self) => ({ read: (): Promise<unknown> => self.request(Store('x'), 'read') }))
    const { history } = await outcome(
      (sim) => ({ read: operation({ run: () => sim.node('n1').actors.request(Reader('x'), 'read') }) }),
      { operations: 1 },
      { nodes: 1 },
    )
    expect(history).toMatchObject([{ outcome: 'unknown', error: 'RemoteError' }])
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
