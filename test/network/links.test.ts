import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Latency } from '../../src/network/latency.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from '../verdict/verdict.ts'
import { networkInside } from '../helpers/inside.ts'

/** A node that writes down what it hears, with the virtual time. */
function listener(sim: Simulation, id: string, heard: unknown[] = []): { heard: unknown[]; times: number[] } {
  const times: number[] = []
  sim.node(id, (node) => {
    node.bus.handle('note', (what: unknown) => {
      heard.push(what)
      times.push(sim.now)
    })
  })
  return { heard, times }
}

describe('one link', () => {
  const latencies: Record<string, Latency> = {
    constant: { kind: 'constant', ms: 3 },
    uniform: { kind: 'uniform', min: 1, max: 50 },
    exponential: { kind: 'exponential', min: 0, mean: 30 },
    bimodal: { kind: 'bimodal', fast: [1, 2], slow: [50, 90], slowShare: 0.3 },
    heavyTail: { kind: 'heavyTail', min: 1, max: 500 },
  }
  for (const [kind, latency] of Object.entries(latencies)) {
    test(`keeps the order of messages under ${kind} latency, and no two arrive at once`, async () => {
      await passes(
        async (sim) => {
          const { heard, times } = listener(sim, 'b')
          const a = sim.node('a')
          sim.network.link('a', 'b').set({ latency })
          for (let i = 0; i < 50; i++) {
            await a.bus.send('b', 'note', i)
            if (i % 7 === 0) await sim.sleep(sim.random.below(20))
          }
          await sim.quiesce()
          expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => i))
          expect(new Set(times).size).toBe(50)
        },
        { iterations: 20 },
      )
    })
  }

  test('takes as long as its latency says', async () => {
    await passes(
      async (sim) => {
        const { times } = listener(sim, 'b')
        const a = sim.node('a')
        const sent: number[] = []
        sim.network.link('a', 'b').set({ latency: { kind: 'uniform', min: 5, max: 9 } })
        for (let i = 0; i < 30; i++) {
          sent.push(sim.now)
          await a.bus.send('b', 'note', i)
          await sim.sleep(20)
        }
        const took = times.map((time, i) => time - (sent[i] ?? NaN))
        expect(Math.min(...took)).toBeGreaterThanOrEqual(5)
        expect(Math.max(...took)).toBeLessThanOrEqual(9)
        expect(new Set(took).size).toBeGreaterThan(20)
      },
      { iterations: 5 },
    )
  })

  test('does not hold up the other direction or other links', async () => {
    await passes(async (sim) => {
      const b = listener(sim, 'b')
      const c = listener(sim, 'c')
      const a = sim.node('a')
      sim.network.link('a', 'b').set({ latency: { kind: 'constant', ms: 500 } })
      sim.network.link('a', 'c').set({ latency: { kind: 'constant', ms: 1 } })
      await a.bus.send('b', 'note', 1)
      await a.bus.send('c', 'note', 1)
      await sim.sleep(10)
      expect([b.heard.length, c.heard.length]).toEqual([0, 1])
    })
  })

  test('draws from its own stream: traffic elsewhere does not move its latencies', async () => {
    const timesWith = async (others: number): Promise<number[]> => {
      let times: number[] = []
      await passes(
        async (sim) => {
          ;({ times } = listener(sim, 'b'))
          listener(sim, 'c')
          const [a, d] = [sim.node('a'), sim.node('d')]
          for (let i = 0; i < 20; i++) {
            for (let j = 0; j < others; j++) await d.bus.send('c', 'note', j)
            await a.bus.send('b', 'note', i)
            await sim.sleep(15)
          }
        },
        { iterations: 1 },
      )
      return times
    }
    const alone = await timesWith(0)
    expect(alone).toHaveLength(20)
    expect(await timesWith(3)).toEqual(alone)
  })

  test('to oneself is immediate and in order', async () => {
    await passes(async (sim) => {
      const { heard, times } = listener(sim, 'a')
      const a = sim.node('a')
      await sim.sleep(5)
      for (let i = 0; i < 5; i++) await a.bus.send('a', 'note', i)
      await sim.sleep(1)
      expect(heard).toEqual([0, 1, 2, 3, 4])
      expect(Math.max(...times)).toBeLessThan(5.1)
    })
  })
})

describe('faults by hand', () => {
  test('a partition cuts both ways, one-way only one, and its undo heals it', async () => {
    await passes(async (sim) => {
      const [a, b] = [listener(sim, 'a'), listener(sim, 'b')]
      const talk = async (): Promise<[number, number]> => {
        a.heard.length = b.heard.length = 0
        await sim.node('a').bus.send('b', 'note', 1)
        await sim.node('b').bus.send('a', 'note', 1)
        await sim.sleep(50)
        return [a.heard.length, b.heard.length]
      }
      expect(await talk()).toEqual([1, 1])
      const heal = sim.network.partition(['a'], ['b'])
      expect(await talk()).toEqual([0, 0])
      heal()
      heal()
      expect(await talk()).toEqual([1, 1])
      const healOneWay = sim.network.partition(['a'], ['b'], { oneWay: true })
      expect(await talk()).toEqual([1, 0])
      healOneWay()
      expect(await talk()).toEqual([1, 1])
      sim.network.isolate('a')
      expect(await talk()).toEqual([0, 0])
      sim.network.heal()
      expect(await talk()).toEqual([1, 1])
    })
  })

  test('what is on the way when a partition begins is lost, or kept until it heals', async () => {
    for (const inFlight of ['drop', 'hold'] as const) {
      await passes(async (sim) => {
        const { heard } = listener(sim, 'b')
        const a = sim.node('a')
        sim.network.link('a', 'b').set({ latency: { kind: 'constant', ms: 10 } })
        await a.bus.send('b', 'note', 'on the way')
        await sim.sleep(5)
        const heal = sim.network.partition(['a'], ['b'], { inFlight })
        await a.bus.send('b', 'note', 'meanwhile')
        await sim.sleep(30)
        expect(heard).toEqual([])
        heal()
        await sim.sleep(30)
        expect(heard).toEqual(inFlight === 'hold' ? ['on the way', 'meanwhile'] : [])
      })
    }
  })

  test('what is sent during a partition that drops is lost, also when it would arrive after the healing', async () => {
    await passes(async (sim) => {
      const { heard } = listener(sim, 'b')
      const a = sim.node('a')
      sim.network.link('a', 'b').set({ latency: { kind: 'constant', ms: 10 } })
      const heal = sim.network.partition(['a'], ['b'])
      await a.bus.send('b', 'note', 'meanwhile')
      await sim.sleep(5)
      heal()
      await sim.sleep(50)
      expect(heard).toEqual([])
    })
  })

  test('two partitions over one link: both must be healed', async () => {
    await passes(async (sim) => {
      const { heard } = listener(sim, 'b')
      const a = sim.node('a')
      const one = sim.network.partition(['a'], ['b'], { inFlight: 'hold' })
      const two = sim.network.isolate('b', { inFlight: 'hold' })
      await a.bus.send('b', 'note', 1)
      await sim.sleep(30)
      one()
      await sim.sleep(30)
      expect(heard).toEqual([])
      two()
      await sim.sleep(30)
      expect(heard).toEqual([1])
    })
  })

  test('hold keeps back and releases in order; an undo that comes late releases nobody else', async () => {
    await passes(async (sim) => {
      const { heard } = listener(sim, 'b')
      const a = sim.node('a')
      const link = sim.network.link('a', 'b')
      const release = sim.network.hold(link)
      for (let i = 0; i < 4; i++) await a.bus.send('b', 'note', i)
      await sim.sleep(50)
      expect(heard).toEqual([])
      sim.network.release(link)
      await sim.sleep(50)
      expect(heard).toEqual([0, 1, 2, 3])
      sim.network.hold(link)
      release()
      await a.bus.send('b', 'note', 4)
      await sim.sleep(50)
      expect(heard).toEqual([0, 1, 2, 3])
      sim.network.heal()
      await sim.sleep(50)
      expect(heard).toEqual([0, 1, 2, 3, 4])
    })
  })

  test('a clog delivers everything in order when it ends, no earlier', async () => {
    await passes(async (sim) => {
      const { heard, times } = listener(sim, 'b')
      const a = sim.node('a')
      sim.network.clog(['a', 'b'], 100)
      for (let i = 0; i < 4; i++) await a.bus.send('b', 'note', i)
      await sim.sleep(200)
      expect(heard).toEqual([0, 1, 2, 3])
      expect(Math.min(...times)).toBeGreaterThanOrEqual(100)
      expect(Math.max(...times)).toBeLessThan(111)
    })
  })

  test('undoing one of two clogs leaves the other', async () => {
    await passes(async (sim) => {
      const { times } = listener(sim, 'b')
      const a = sim.node('a')
      const undo = sim.network.clog(['a', 'b'], 20)
      sim.network.clog(['a', 'b'], 100)
      await a.bus.send('b', 'note', 1)
      await sim.sleep(5)
      undo()
      await sim.sleep(200)
      expect(Math.min(...times)).toBeGreaterThanOrEqual(100)
    })
  })

  test('rules see every message; the first verdict that is not pass wins; the undo takes them out', async () => {
    await passes(async (sim) => {
      const { heard, times } = listener(sim, 'b')
      const a = sim.node('a')
      const seen: unknown[] = []
      sim.network.link('a', 'b').set({ latency: { kind: 'constant', ms: 1 } })
      const undo = sim.network.rule((message) => {
        seen.push([message.kind, message.from, message.to, message.method, message.payload])
        return message.payload === 'bad' ? 'drop' : 'pass'
      })
      const slow = sim.network.rule(({ payload }) => (payload === 'slow' ? { delay: 40 } : 'pass'))
      for (const what of ['good', 'bad', 'slow']) await a.bus.send('b', 'note', what)
      await sim.sleep(100)
      expect(heard).toEqual(['good', 'slow'])
      expect(times[1]).toBe(41)
      expect(seen[1]).toEqual(['one-way', 'a', 'b', 'note', 'bad'])
      undo()
      slow()
      await a.bus.send('b', 'note', 'bad')
      await sim.sleep(100)
      expect(heard).toEqual(['good', 'slow', 'bad'])
      expect(seen).toHaveLength(3)
    })
  })

  test('zero messages delivered cannot look like success', async () => {
    const failure = await failureOf(async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', () => 1))
      const client = sim.node('client')
      sim.network.rule(() => 'drop')
      await client.bus.request('server', 'ask')
    })
    expect(failure).toMatchObject({ kind: 'BodyFailed', name: 'RequestTimeout' })
  })
})

test('no message is lost or made up by any order of partitions, holds and clogs that keep what they stop', async () => {
  type Move = { at: number; what: 'partition' | 'hold' | 'clog' | 'heal' | 'release' }
  const move: fc.Arbitrary<Move> = fc.record({
    at: fc.nat(60),
    what: fc.constantFrom('partition', 'hold', 'clog', 'heal', 'release'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: 12 }), fc.nat(), async (moves, seed) => {
      await passes(
        async (sim) => {
          const { heard } = listener(sim, 'b')
          const a = sim.node('a')
          for (let i = 0; i < 60; i++) {
            await a.bus.send('b', 'note', i)
            for (const { what } of moves.filter(({ at }) => at === i)) {
              if (what === 'partition') sim.network.partition(['a'], ['b'], { inFlight: 'hold' })
              if (what === 'hold') sim.network.hold(['a', 'b'])
              if (what === 'clog') sim.network.clog(['a', 'b'], sim.random.below(30))
              if (what === 'heal') sim.network.heal()
              if (what === 'release') sim.network.release(['a', 'b'])
            }
            await sim.sleep(sim.random.below(3))
          }
          await sim.quiesce()
          expect(heard).toEqual(Array.from({ length: 60 }, (_, i) => i))
          expect(networkInside(sim.network).counts).toMatchObject({ sent: 60, delivered: 60, dropped: 0, inFlight: 0 })
        },
        { iterations: 1, seed },
      )
    }),
    { numRuns: 60, seed: 3 },
  )
})
