/** Leaving one fault out moves no other: every fault that is left happens at the same time, with the same name. */
import { expect, test } from 'vitest'
import { buggify, buggifyDelay, buggifyValue } from '../../src/assertions/sdk.ts'
import type { Fault } from '../../src/chaos/faults.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes, runSeed } from './check.ts'
import { Wire, allLinks, upTo } from './wire.ts'

const links = allLinks(['a', 'b', 'c', 'd'])

/** Does the same whatever happens to its messages. */
const deaf = async (sim: Simulation): Promise<void> => {
  const wire = new Wire(sim, ['a', 'b', 'c', 'd'])
  for (let round = 0; round < 30; round++) {
    for (const [from, to] of links) wire.send(from, to).catch(() => undefined)
    void buggifyDelay('wait a bit', [1, 50])
    for (const n of upTo(5)) buggify(`site ${n}`)
    buggifyValue('size', 10, [1, 100])
    await sim.sleep(25)
  }
  // Those that the bus sends late come under the faults, too.
  await sim.sleep(200)
}

const often = { every: [10, 100], lasts: [10, 200] } as const

const everything: SimulationOptions = {
  chaos: {
    latency: { kind: 'exponential', min: 1, mean: 20 },
    slowPairs: 0.2,
    slowPeer: true,
    loss: 0.1,
    duplication: 0.1,
    reordering: 0.1,
    sendFailure: 0.1,
    clog: often,
    partition: often,
    buggify: true,
  },
}

/** The faults of one seed as 'time key'; a name that no fault has makes the plan keep names and leave nothing out. */
async function faultsOf(seed: number, options: SimulationOptions, mask: string): Promise<readonly Fault[]> {
  const { result } = await runSeed(deaf, seed, options, { mask: new Set([mask]) })
  expect(result.failure).toBeUndefined()
  return result.faults
}

const ofMessages = new Set(['loss', 'duplication', 'reordering', 'slow pair', 'slow peer'])

/** Nothing but what was left out is missing, and nothing came instead. */
function expectOthers(without: readonly Fault[], others: readonly Fault[], left: readonly Fault[], what: string): void {
  // A message that the bus would have sent late reaches the network, and its faults, at another time.
  const late = left.some(({ key }) => key.startsWith('buggify bus:'))
  const names = (faults: readonly Fault[]): string[] =>
    faults.map(({ key, time, family }) => (late && ofMessages.has(family) ? key : `${time} ${key}`)).sort()
  // A message that was not sent, or lost, and now is not, has faults of its own.
  const linkOf = ({ key }: Fault): string => /\w+ → \w+/.exec(key)?.[0] ?? ''
  const sent = new Set(left.filter(({ family }) => /loss|send failure/.test(family)).map(linkOf))
  const kept = new Set(others.map(({ key }) => key))
  const isNew = (fault: Fault): boolean =>
    ofMessages.has(fault.family) && sent.has(linkOf(fault)) && !kept.has(fault.key)
  expect(names(without.filter((fault) => !isNew(fault))), what).toEqual(names(others))
}

test('leaving out any one fault leaves every other where it was', async () => {
  const families = new Set<string>()
  for (const seed of upTo(5)) {
    const all = await faultsOf(seed, everything, 'nothing')
    expect(new Set(all.map(({ key }) => key)).size, 'every fault has a name of its own').toBe(all.length)
    const tried = new Map<string, number>()
    for (const left of all) {
      families.add(left.family)
      tried.set(left.family, (tried.get(left.family) ?? 0) + 1)
      if ((tried.get(left.family) as number) > 6) continue
      const without = await faultsOf(seed, everything, left.key)
      const others = all.filter((fault) => fault !== left)
      expectOthers(without, others, [left], `seed ${seed} without ${left.key}`)
    }
  }
  expect([...families].sort()).toEqual([
    'buggify',
    'clog',
    'duplication',
    'latency',
    'loss',
    'partition',
    'reordering',
    'send failure',
    'slow pair',
    'slow peer',
  ])
})

test('leaving out a family leaves every other where it was', async () => {
  for (const seed of upTo(5)) {
    const all = await faultsOf(seed, everything, 'nothing')
    for (const family of new Set(all.map((fault) => fault.family))) {
      const without = await faultsOf(seed, everything, family)
      const left = all.filter((fault) => fault.family === family)
      const others = all.filter((fault) => fault.family !== family)
      expectOthers(without, others, left, `seed ${seed} without ${family}`)
    }
  }
})

test('the law bites: a body that listens moves its faults', async () => {
  const listening = async (sim: Simulation): Promise<void> => {
    sim.node('server', (node) => node.bus.handle('ask', () => 1))
    for (let round = 0; round < 30; round++) {
      await sim
        .node('client')
        .bus.request('server', 'ask', 1, { timeout: 50 })
        .catch(() => undefined)
    }
  }
  const run = async (mask: string): Promise<string[]> => {
    const options = { chaos: { loss: 0.3 } }
    const { result } = await runSeed(listening, 1, options, { mask: new Set([mask]) })
    return result.faults.map(({ time, key }) => `${time} ${key}`)
  }
  const all = await run('nothing')
  const [first = ''] = all
  const without = await run(first.replace(/^\d+ /, ''))
  expect(without).not.toEqual(all.slice(1))
})

test('the mask of a run leaves a family out of every seed, and says nothing of it', async () => {
  const body = async (sim: Simulation): Promise<void> => {
    const wire = new Wire(sim, ['a', 'b', 'c', 'd'])
    await wire.chat(links, 10, 10)
    await sim.quiesce()
    for (const [from, to] of links) expect(new Set(wire.numbers(from, to)).size).toBe(10)
  }
  const chaos = { loss: 0.5, duplication: 0.5 }
  const { families } = await passes(body, { chaos }, { mask: new Set(['loss']) })
  expect(families.find(({ family }) => family === 'loss')?.injected).toBe(0)
  expect(families.find(({ family }) => family === 'duplication')?.effective).toBeGreaterThan(500)
  expect((await failureOf(body, { chaos })).kind).toBe('BodyFailed')
})

test('a masked seed replays: same mask, same digest', async () => {
  for (const seed of upTo(10)) {
    const digests: string[] = []
    for (let i = 0; i < 2; i++) {
      const { result } = await runSeed(deaf, seed, everything, { mask: new Set(['loss', 'clog']) })
      digests.push(result.digest)
    }
    expect(digests[0]).toBe(digests[1])
  }
})

test('recording moves nothing: same digest with and without', async () => {
  for (const seed of upTo(20)) {
    for (const chaos of ['random', 'swarm'] as const) {
      const explored = await runSeed(deaf, seed, { chaos })
      const recorded = await runSeed(deaf, seed, { chaos }, { recording: true })
      expect(recorded.result.digest).toBe(explored.result.digest)
      expect(recorded.result.families).toEqual(explored.result.families)
    }
  }
})
