/** A mended system is a healthy system: nothing slows it, whatever the seed had in store. */
import { expect, test } from 'vitest'
import { scheduleStrategies } from '../../src/chaos/schedule.ts'
import type { Chaos } from '../../src/chaos/families.ts'
import type { Latency } from '../../src/network/latency.ts'
import type { Simulation } from '../../src/world/door.ts'
import { passes } from './check.ts'

const everything: Chaos<Latency> = {
  latency: 'drawn',
  slowPairs: 1,
  slowPeer: true,
  loss: 0.3,
  duplication: 0.3,
  reordering: 0.5,
  sendFailure: 0.2,
  clog: { every: [1, 50], lasts: [50, 1e6] },
  partition: { every: [1, 50], lasts: [50, 1e6] },
  crash: { every: [1, 50], lasts: [50, 1e6] },
  pause: { every: [1, 50], lasts: [50, 1e6] },
  clock: { maxDriftPpm: 500_000 },
  storage: 0.3,
  buggify: true,
}
const profiles: readonly Chaos<Latency>[] = ['calm', 'random', 'swarm', { loss: 0.3 }, everything]

/** Longest round trip over links of 1 to 10 ms, with what stands before it in its links' order. */
const roundTripMs = 25

/** Longest time in which what was under way arrives, ms. */
const travelMs = 11

/** Four nodes that all talk to each other; after mending each asks each. */
const asksAround = async (sim: Simulation): Promise<void> => {
  const ids = ['a', 'b', 'c', 'd']
  const sentAt = new Map<number, number>()
  let mendedAt = Infinity
  let number = 0
  for (const id of ids) {
    sim.node(id, (node) => {
      node.bus.handle('ask', (n: number) => n)
      node.bus.handle('note', (n: number) => {
        const wasUnderWay = (sentAt.get(n) ?? Infinity) <= mendedAt
        if (wasUnderWay && sim.now - mendedAt > travelMs)
          throw new Error(`note ${n} came ${sim.now - mendedAt} ms later`)
      })
    })
  }
  const nodes = ids.map((id) => sim.node(id))
  const sendAll = (): void => {
    for (const node of nodes) {
      for (const to of ids) {
        sentAt.set(++number, sim.now)
        node.bus.send(to, 'note', number).catch(() => undefined)
      }
    }
  }
  for (let round = 0; round < 6; round++) {
    sendAll()
    await sim.sleep(7)
  }
  sendAll()
  mendedAt = sim.now
  await sim.quiesce()
  for (const node of nodes) {
    for (const to of ids) {
      const asked = sim.now
      await node.bus.request(to, 'ask', 1, { timeout: 200 })
      if (sim.now - asked > roundTripMs) throw new Error(`round trip of ${sim.now - asked} ms`)
    }
  }
}

test('after mending every request is answered soon, and what was under way arrives soon: 1,000 seeds', async () => {
  for (const chaos of profiles) {
    for (const schedule of scheduleStrategies) await passes(asksAround, { chaos, schedule, iterations: 40 })
  }
})

/** Round trips after mending, of 20 seeds. */
async function roundTrips(chaos: Chaos<Latency>, before: (sim: Simulation) => void = () => {}): Promise<number[]> {
  const times: number[] = []
  const body = async (sim: Simulation): Promise<void> => {
    sim.node('s', (node) => node.bus.handle('ask', () => 1))
    const client = sim.node('c')
    before(sim)
    for (let i = 0; i < 5; i++) await client.bus.request('s', 'ask').catch(() => undefined)
    await sim.quiesce()
    for (let i = 0; i < 10; i++) {
      const asked = sim.now
      await client.bus.request('s', 'ask')
      times.push(Math.round((sim.now - asked) * 1000) / 1000)
    }
  }
  await passes(body, { chaos, determinism: 0 })
  return times
}

test('a latency that the test names stays, without its tail', async () => {
  const longest: readonly [Latency, number][] = [
    [{ kind: 'constant', ms: 40 }, 80],
    [{ kind: 'uniform', min: 20, max: 40 }, 80],
    [{ kind: 'exponential', min: 5, mean: 20 }, 90],
    [{ kind: 'bimodal', fast: [10, 20], slow: [500, 900], slowShare: 0.5 }, 40],
    [{ kind: 'heavyTail', min: 10, max: 20_000, shape: 1 }, 200],
  ]
  for (const [latency, ms] of longest) {
    const named = await roundTrips({ latency })
    const byHand = await roundTrips('random', (sim) => {
      sim.network.link('c', 's').set({ latency })
      sim.network.link('s', 'c').set({ latency })
    })
    for (const times of [named, byHand]) {
      expect(Math.max(...times), latency.kind).toBeLessThanOrEqual(ms)
      expect(Math.max(...times), `${latency.kind} is still there`).toBeGreaterThan(20)
    }
  }
  expect(Math.max(...(await roundTrips({ latency: 'drawn' }))), 'one that the seed drew ends').toBeLessThanOrEqual(20)
})

test('a message that a partition drops at once holds up none of its link', async () => {
  for (const inFlight of ['drop', 'hold'] as const) {
    const body = async (sim: Simulation): Promise<void> => {
      let heardAt = 0
      sim.node('s', (node) => node.bus.handle('note', () => void (heardAt = sim.now)))
      const client = sim.node('c')
      sim.network.partition(['c'], ['s'], { inFlight })
      sim.network.link('c', 's').set({ latency: { kind: 'constant', ms: 60_000 } })
      await client.bus.send('s', 'note')
      sim.network.link('c', 's').set({ latency: { kind: 'constant', ms: 5 } })
      sim.network.heal()
      await client.bus.send('s', 'note')
      await sim.sleep(100)
      // One that is only kept back does arrive, and those after it wait for it.
      expect(heardAt).toBe(inFlight === 'drop' ? 5 : 0)
    }
    await passes(body, { iterations: 1 })
  }
})

test('storage that stalls, look-ups that are slow and clocks that drift come to their senses', async () => {
  const body = async (sim: Simulation): Promise<void> => {
    const node = sim.node('n', () => {})
    let done = 0
    for (let i = 0; i < 20; i++) node.storage.write(`k${i}`, i).then(() => done++, () => done++) // prettier-ignore
    await sim.sleep(0)
    const before = sim.now
    await sim.quiesce()
    await sim.sleep(2)
    expect(done).toBe(20)
    expect(sim.now - before).toBeLessThan(20)
    const [wall, uptime] = await node.run(() => [Date.now(), performance.now()])
    await sim.sleep(10_000)
    const [wallThen, uptimeThen] = await node.run(() => [Date.now(), performance.now()])
    expect(wallThen - wall).toBe(10_000)
    expect(uptimeThen - uptime).toBeCloseTo(10_000, 3)
  }
  await passes(body, { chaos: everything, iterations: 10 })
})
