/** Laws of the per-message fault families and of what calm means. */
import { expect, test } from 'vitest'
import { SendFailed } from '../../src/bus/errors.ts'
import type { SeedChaos } from '../../src/chaos/seed-chaos.ts'
import { calm } from '../../src/chaos/seed-chaos.ts'
import type { Simulation } from '../../src/world/door.ts'
import { mixedBody } from '../laws/mixed-body.ts'
import { drawnStreams, latencies, passes, runSeed, settings } from './check.ts'
import { Wire, allLinks, upTo } from './wire.ts'

const links = allLinks(['a', 'b', 'c'])
const countOf = (families: readonly { family: string; injected: number; effective: number }[], name: string) =>
  families.find(({ family }) => family === name)

test('loss 0 loses nothing, loss 1 delivers nothing', async () => {
  for (const latency of latencies) {
    for (const loss of [0, 1]) {
      const { families } = await passes(
        async (sim) => {
          const wire = new Wire(sim, ['a', 'b', 'c'])
          await wire.chat(links, 10, 5)
          await sim.quiesce()
          for (const [from, to] of links) expect(wire.numbers(from, to)).toEqual(loss === 0 ? upTo(10) : [])
        },
        { chaos: { loss, latency } },
      )
      const expected = loss === 0 ? undefined : { family: 'loss', injected: 1200, effective: 1200 }
      expect(countOf(families, 'loss')).toEqual(expected)
    }
  }
})

test('loss is what it says it is: about a quarter of the messages', async () => {
  let [sent, arrived] = [0, 0]
  await passes(
    async (sim) => {
      const wire = new Wire(sim, ['a', 'b', 'c'])
      await wire.chat(links, 50, 5)
      await sim.quiesce()
      sent += 50 * links.length
      arrived += wire.arrivals.length
    },
    { chaos: { loss: 0.25 }, determinism: 0 },
  )
  expect(arrived / sent).toBeGreaterThan(0.73)
  expect(arrived / sent).toBeLessThan(0.77)
})

test('duplication 1 delivers each message twice, each with a payload of its own', async () => {
  await passes(
    async (sim) => {
      const seen: { n: number; list: number[] }[] = []
      sim.node('b', (node) => {
        node.bus.handle('note', (payload: { n: number; list: number[] }) => {
          // Would show up in the other delivery if they shared memory.
          expect(payload.list).toEqual([payload.n])
          payload.list.push(-1)
          seen.push(payload)
        })
      })
      for (let n = 1; n <= 10; n++) await sim.node('a').bus.send('b', 'note', { n, list: [n] })
      await sim.quiesce()
      expect(new Set(seen).size).toBe(20)
      expect(new Set(seen.map(({ list }) => list)).size).toBe(20)
      for (const n of upTo(10)) expect(seen.filter((one) => one.n === n).length).toBe(2)
    },
    { chaos: { duplication: 1 } },
  )
})

/** The numbers of a link without repeats, in the order of their first arrival. */
const firsts = (wire: Wire, from: string, to: string): number[] => [...new Set(wire.numbers(from, to))]
const ascending = (numbers: readonly number[]): number[] => [...numbers].sort((one, other) => one - other)

test('each link keeps its order under everything but reordering', async () => {
  for (const { latency, schedule } of settings) {
    const everythingElse = {
      latency,
      slowPairs: 0.3,
      slowPeer: true,
      loss: [0, 0.3],
      sendFailure: [0, 0.2],
      clog: { every: [5, 50], lasts: [5, 100] },
      pause: { every: [5, 50], lasts: [5, 100] },
      buggify: true,
    } as const
    const body = async (sim: Simulation): Promise<void> => {
      const wire = new Wire(sim, ['a', 'b', 'c'])
      const release = sim.network.hold(['a', 'c'])
      for (let round = 0; round < 30; round++) {
        for (const [from, to] of links) await wire.send(from, to).catch(() => undefined)
        await sim.sleep(sim.random.below(8))
        if (round === 15) release()
        if (round === 20) sim.network.clog(['b', 'c'], 50)
      }
      await sim.quiesce()
      for (const [from, to] of links) {
        const numbers = firsts(wire, from, to)
        expect(numbers, `${from} → ${to}`).toEqual(ascending(numbers))
      }
    }
    const often = { every: [5, 50], lasts: [5, 100] } as const
    const dropping = { ...everythingElse, partition: { ...often, inFlight: 'drop' } } as const
    await passes(body, { iterations: 10, chaos: dropping, schedule })
    // Where a partition drops the original, the late copy is the first to arrive; so copies only where it holds.
    const holding = { ...everythingElse, partition: { ...often, inFlight: 'hold' }, duplication: [0, 0.5] } as const
    await passes(body, { iterations: 10, chaos: holding, schedule })
  }
})

test('what waited for a node to come up arrives before what comes at that very moment', async () => {
  await passes(
    async (sim) => {
      const wire = new Wire(sim, ['a', 'b'])
      await sim.sleep(1)
      sim.node('b').pause()
      await wire.send('a', 'b')
      await wire.send('a', 'b')
      setTimeout(() => sim.node('b').resume(), 30)
      await sim.sleep(20)
      await wire.send('a', 'b')
      await sim.sleep(20)
      expect(wire.numbers('a', 'b')).toEqual([1, 2, 3])
      expect(wire.arrivals.map(({ at }) => at)).toEqual([31, 31, 31])
    },
    { chaos: { latency: { kind: 'constant', ms: 10 } } },
  )
})

test('reordering lets messages overtake each other, and counts those that did', async () => {
  let outOfOrder = 0
  const { families } = await passes(
    async (sim) => {
      const wire = new Wire(sim, ['a', 'b', 'c'])
      await wire.chat(links, 20, 5)
      await sim.quiesce()
      for (const [from, to] of links) {
        const numbers = wire.numbers(from, to)
        expect(ascending(numbers), 'all arrive').toEqual(upTo(20))
        if (numbers.some((n, i) => n < (numbers[i - 1] ?? 0))) outOfOrder++
      }
    },
    { chaos: { reordering: 0.2 } },
  )
  expect(outOfOrder).toBeGreaterThan(50)
  const { injected = 0, effective = 0 } = countOf(families, 'reordering') ?? {}
  expect(effective).toBeGreaterThan(injected / 10)
  expect(effective, 'one that nobody overtook had no effect').toBeLessThan(injected)
})

test('SendFailed means that the message was not delivered, and everything else was sent', async () => {
  let failures = 0
  await passes(
    async (sim) => {
      const seen = new Set<number>()
      sim.node('server', (node) => node.bus.handle('ask', (n: number) => void seen.add(n)))
      const client = sim.node('client')
      for (let n = 1; n <= 40; n++) {
        const send = n % 2 === 0 ? client.bus.send('server', 'ask', n) : client.bus.request('server', 'ask', n)
        const error: unknown = await send.then(
          () => undefined,
          (reason: unknown) => reason,
        )
        if (error !== undefined) expect(error).toBeInstanceOf(SendFailed)
        await sim.sleep(100)
        expect(seen.has(n), String(error)).toBe(error === undefined)
        if (error !== undefined) failures++
      }
    },
    { chaos: { sendFailure: 0.25 } },
  )
  expect(failures / 800).toBeGreaterThan(0.2)
  expect(failures / 800).toBeLessThan(0.3)
})

test('slow pairs are slow in one direction for the whole seed, and no longer when it is quiet', async () => {
  const medians: number[] = []
  const { families } = await passes(
    async (sim) => {
      const wire = new Wire(sim, ['a', 'b', 'c'])
      for (let round = 0; round < 10; round++) await wire.chat(links, 1, 600)
      for (const [from, to] of links) {
        const times = ascending(wire.on(from, to).map(({ at, n }) => at - (n - 1) * 600))
        const isSlow = (times[0] as number) >= 50
        expect(
          times.every((ms) => (isSlow ? ms >= 50 : ms <= 10)),
          `${from} → ${to}: ${times.join(', ')}`,
        ).toBe(true)
        medians.push(times[5] as number)
      }
      await sim.quiesce()
      const before = sim.now
      await sim.node('a').bus.send('b', 'note', 0)
      await sim.quiesce()
      expect(sim.now - before).toBeLessThanOrEqual(10)
    },
    { chaos: { slowPairs: 0.3, latency: { kind: 'uniform', min: 10, max: 10 } }, determinism: 0 },
  )
  const slow = medians.filter((ms) => ms >= 50).length
  expect(slow / medians.length).toBeGreaterThan(0.2)
  expect(slow / medians.length).toBeLessThan(0.4)
  expect(countOf(families, 'slow pair')).toEqual({ family: 'slow pair', injected: slow, effective: slow })
})

const isFaultStream = (name: string): boolean => /^(?:chaos|faults|send failure|schedule|buggify|bus:)/.test(name)

test('calm draws nothing from any fault stream; nor does an object of zeros; random does', async () => {
  const zeros = Object.fromEntries(
    Object.entries(calm satisfies SeedChaos)
      .filter(([name]) => name !== 'profile' && name !== 'latency')
      .map(([name, value]) => [name, typeof value === 'number' ? 0 : false]),
  )
  for (const chaos of ['calm', {}, zeros] as const) {
    for (let seed = 1; seed <= 20; seed++) {
      const { iteration, result } = await runSeed(mixedBody, seed, { chaos })
      expect(result.status).toBe('passed')
      expect(drawnStreams(iteration).filter(isFaultStream), JSON.stringify(chaos)).toEqual([])
      expect(drawnStreams(iteration), 'the law can see draws').toContain('link a > b')
      expect(result.families).toEqual([])
    }
  }
  const { iteration } = await runSeed(mixedBody, 1, { chaos: 'random' })
  expect(drawnStreams(iteration).filter(isFaultStream).length).toBeGreaterThan(5)
})

test('a family that is on draws nothing from the streams of the others', async () => {
  const alone = { loss: 0.5, duplication: 0.5, reordering: 0.5, sendFailure: 0.5, slowPairs: 0.5 }
  const own = {
    loss: /^faults [abc] → [abc]$/,
    duplication: /^faults [abc] → [abc]$/,
    reordering: /^faults [abc] → [abc]$/,
    sendFailure: /^send failure$/,
    slowPairs: /^faults slow [abc] → [abc]$/,
  }
  for (const [family, intensity] of Object.entries(alone)) {
    const { iteration } = await runSeed(
      async (sim) => {
        const wire = new Wire(sim, ['a', 'b', 'c'])
        for (const [from, to] of links) await wire.send(from, to).catch(() => undefined)
      },
      3,
      { chaos: { [family]: intensity } },
    )
    const drawn = drawnStreams(iteration).filter(isFaultStream)
    expect(drawn.length, family).toBeGreaterThan(0)
    for (const name of drawn) expect(name, family).toMatch(own[family as keyof typeof own])
  }
})
