/** Laws of hold, clog, rules, `link().set` and heal. */
import { expect, test } from 'vitest'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes, settings } from './check.ts'
import { Wire, upTo } from './wire.ts'

const pair = [['a', 'b']] as const

test('hold keeps everything back and release delivers it in order, under every latency and strategy', async () => {
  for (const { latency, schedule } of settings) {
    const body = async (sim: Simulation): Promise<void> => {
      const wire = new Wire(sim, ['a', 'b'])
      await wire.chat(pair, 5, 7)
      const undo = sim.network.hold(['a', 'b'])
      wire.during = 'held'
      await wire.chat([...pair, ['b', 'a']], 10, 7)
      wire.during = 'released'
      if (sim.random.chance(0.5)) undo()
      else sim.network.release(sim.network.link('a', 'b'))
      await wire.chat(pair, 10, 7)
      await sim.quiesce()
      expect(wire.numbers('a', 'b', 'held')).toEqual([])
      expect(wire.numbers('a', 'b')).toEqual(upTo(25))
      expect(wire.numbers('b', 'a')).toEqual(upTo(10))
    }
    await passes(body, { iterations: 5, chaos: { latency }, schedule })
  }
})

test('holds count: the link opens with the last release, and an undo ends its own hold only', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ['a', 'b'])
    const first = sim.network.hold(['a', 'b'])
    sim.network.hold(['a', 'b'])
    await wire.chat(pair, 2, 20)
    first()
    first()
    await sim.sleep(20)
    expect(wire.arrivals, 'the second hold still holds').toEqual([])
    sim.network.release(['a', 'b'])
    sim.network.release(['a', 'b'])
    await sim.sleep(20)
    expect(wire.numbers('a', 'b')).toEqual([1, 2])
    const old = sim.network.hold(['a', 'b'])
    sim.network.heal()
    sim.network.hold(['a', 'b'])
    old()
    await wire.chat(pair, 1, 20)
    expect(wire.numbers('a', 'b'), 'an undo from before heal ends nothing new').toEqual([1, 2])
  })
})

test('a clog delivers everything late and in order, under every latency and strategy', async () => {
  for (const { latency, schedule } of settings) {
    const body = async (sim: Simulation): Promise<void> => {
      const wire = new Wire(sim, ['a', 'b'])
      await wire.chat(pair, 3, 7)
      const [start, length] = [sim.now, 100]
      const undo = sim.network.clog(['a', 'b'], length)
      await wire.chat(pair, 30, 7)
      undo()
      await sim.quiesce()
      expect(wire.numbers('a', 'b')).toEqual(upTo(33))
      const early = wire.on('a', 'b').filter(({ at }) => at > start && at < start + length)
      expect(early, 'nothing arrives while clogged').toEqual([])
    }
    await passes(body, { iterations: 5, chaos: { latency }, schedule })
  }
})

test('two clogs: each ends by itself, and its undo ends no other', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ['a', 'b'])
    const long = sim.network.clog(['a', 'b'], 100)
    const short = sim.network.clog(['a', 'b'], 50)
    await wire.chat(pair, 1, 40)
    short()
    short()
    await sim.sleep(40)
    expect(wire.arrivals).toEqual([])
    long()
    await sim.sleep(1)
    expect(wire.arrivals.length, 'the undo of the last clog opens the link').toBe(1)
  })
})

test('heal ends every kind, and what was held arrives in order; rules and settings stay', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ['a', 'b', 'c'])
    const undone = [
      sim.network.partition(['a'], ['b'], { inFlight: 'hold' }),
      sim.network.isolate('b', { inFlight: 'hold' }),
      sim.network.hold(['a', 'b']),
      sim.network.hold(['a', 'b']),
      sim.network.clog(['a', 'b'], 1e6),
    ]
    sim.network.partition(['a'], ['c'])
    sim.network.rule(({ payload }) => (payload === 4 ? 'drop' : 'pass'))
    await wire.chat([['a', 'b']], 3, 20)
    sim.network.heal()
    await sim.sleep(1)
    expect(wire.numbers('a', 'b')).toEqual([1, 2, 3])
    for (const undo of undone) undo()
    await wire.chat([...pair, ['a', 'c']], 2, 20)
    expect(wire.numbers('a', 'b')).toEqual([1, 2, 3, 5])
    expect(wire.numbers('a', 'c')).toEqual([1, 2])
  })
})

test('a rule sees what is sent; the first verdict that is not pass wins; its undo ends it, once', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ['a', 'b'])
    const seen: unknown[] = []
    const ends = [
      sim.network.rule((message) => {
        seen.push(message.payload)
        return 'pass'
      }),
      sim.network.rule(({ payload }) => (payload === 1 ? 'drop' : payload === 2 ? { delay: 50 } : 'pass')),
      sim.network.rule(({ payload }) => (payload === 2 || payload === 3 ? 'drop' : 'pass')),
    ] as const
    await wire.chat(pair, 4, 20)
    await sim.quiesce()
    expect(seen).toEqual([1, 2, 3, 4])
    expect(wire.numbers('a', 'b'), '1 dropped by the second rule, 2 delayed by it, 3 dropped by the third').toEqual([
      2, 4,
    ])
    expect(wire.arrivals[0]?.at).toBeGreaterThan(20 + 50)
    ends[0]()
    ends[0]()
    await wire.chat(pair, 1, 20)
    expect(seen.length).toBe(4)
    expect(wire.numbers('a', 'b').at(-1)).toBe(5)
  })
})

test('the same rule installed twice is two rules: an undo takes out its own', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ['a', 'b'])
    let asked = 0
    const rule = (): 'pass' => {
      asked++
      return 'pass'
    }
    const first = sim.network.rule(rule)
    sim.network.rule(rule)
    first()
    first()
    await wire.chat(pair, 1, 20)
    expect(asked).toBe(1)
  })
})

test('a rule that throws, or answers nonsense, fails the seed though nobody awaits the send', async () => {
  const body =
    (rule: () => unknown) =>
    (sim: Simulation): void => {
      const wire = new Wire(sim, ['a', 'b'])
      sim.network.rule(rule as never)
      wire.send('a', 'b').catch(() => undefined)
    }
  const planted = (): never => {
    throw new RangeError('planted')
  }
  expect(await failureOf(body(planted))).toMatchObject({ kind: 'UnhandledError', message: 'planted' })
  expect((await failureOf(body(() => 'maybe'))).message).toMatch(/network.rule verdict is 'maybe'/)
})

test('link().set changes one direction: latency, loss 1, loss 0, duplication', async () => {
  await passes(async (sim) => {
    const wire = new Wire(sim, ['a', 'b'])
    const there = sim.network.link('a', 'b')
    there.set({ latency: { kind: 'constant', ms: 30 } })
    await wire.chat([...pair, ['b', 'a']], 1, 40)
    expect(wire.on('a', 'b')[0]?.at).toBe(30)
    expect(wire.on('b', 'a')[0]?.at).toBeLessThan(11)
    there.set({ loss: 1 })
    await wire.chat([...pair, ['b', 'a']], 5, 40)
    expect(wire.numbers('a', 'b')).toEqual([1])
    expect(wire.numbers('b', 'a')).toEqual(upTo(6))
    there.set({ loss: 0, duplication: 1 })
    await wire.chat(pair, 1, 100)
    expect(wire.numbers('a', 'b')).toEqual([1, 7, 7])
    there.set({ duplication: 0 })
    await wire.chat(pair, 1, 100)
    expect(wire.numbers('a', 'b')).toEqual([1, 7, 7, 8])
  })
})

test('what link().set does not know is refused', async () => {
  for (const [given, message] of [
    [{ los: 1 }, /link\.set\(…\)\.los is 1/],
    [{ loss: 2 }, /between 0 and 1/],
    [{ latency: { kind: 'slow' } }, /link\.set\(…\)\.latency/],
  ] as const) {
    const failure = await failureOf((sim) => {
      new Wire(sim, ['a', 'b'])
      sim.network.link('a', 'b').set(given as never)
    })
    expect(failure.message).toMatch(message)
  }
})
