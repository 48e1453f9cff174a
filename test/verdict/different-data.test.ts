/** Two runs of a seed may do the same at the same times, and yet not be the same: with other data, or another failure. */
import { describe, expect, test } from 'vitest'
import { always, alwaysLessThan, sometimes, sometimesEach } from '../../src/assertions/sdk.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

const compared = { determinism: 1 }

/** Where a value may show, without changing any event. */
const places: Record<string, (sim: Simulation, value: unknown) => unknown> = {
  request: async (sim, value) => {
    sim.node('server', (node) => node.bus.handle('ask', () => 1))
    await sim.node('client').bus.request('server', 'ask', { deep: [{ value }] })
  },
  response: async (sim, value) => {
    sim.node('server', (node) => node.bus.handle('ask', () => value))
    await sim.node('client').bus.request('server', 'ask')
  },
  'one-way': async (sim, value) => {
    sim.node('server', (node) => node.bus.handle('note', () => undefined))
    await sim.node('client').bus.send('server', 'note', value)
  },
  write: (sim, value) => sim.node('a').storage.write('key', value),
  'result of work': (sim, value) => sim.workload({ work: { run: () => value } }, { operations: 1 }),
  'result of run': (sim, value) => sim.node('a').run(() => value),
  log: (sim, value) => sim.log('saw', value),
  'always x': (_sim, value) => always(true, 'x', { value }),
  'sometimes x': (_sim, value) => sometimes(Number(value) % 2 === 1, 'x'),
  'always y': (_sim, value) => alwaysLessThan(typeof value === 'number' ? value : 0, 100, 'y'),
  'sometimesEach z': (_sim, value) => sometimesEach('z', String(value)),
}

describe.each(Object.keys(places))('other data in the second run: %s', (what) => {
  const place = places[what]!

  test('is nondeterminism, and the datum is named', async () => {
    let runs = 0
    const failure = await failureOf((sim) => place(sim, ++runs), compared)
    expect(failure.kind).toBe('Nondeterminism')
    expect(failure.message).toMatch(/the same seed ran differently: first differing data are of event \d+:/)
    expect(failure.message).toContain(`one run: ${what}`)
    expect(failure.message).toContain(`another: ${what}`)
  })

  test('twin: the same data pass, also drawn ones', () => passes((sim) => place(sim, sim.random.below(7)), compared))
})

test('values of every kind are told apart, and equal ones are not', async () => {
  const cycle = (end: unknown): unknown => {
    const list: unknown[] = [end]
    list.push(list)
    return list
  }
  class Order {
    total
    constructor(total: number) {
      this.total = total
    }
  }
  const kinds: ((n: number) => unknown)[] = [
    (n) => n / 3,
    (n) => `text ${n}`,
    (n) => BigInt(n),
    (n) => n === 1,
    (n) => (n === 1 ? undefined : null),
    (n) => (n === 1 ? 0 : -0),
    (n) => new Date(n),
    (n) => new Map([[{ a: 1 }, n]]),
    (n) => new Set([n]),
    (n) => new Uint8Array([1, n]),
    (n) => new RegExp(`a{${n}}`),
    (n) => new Error(`error ${n}`),
    (n) => new Order(n),
    (n) => [[[[[n]]]]],
    (n) => ({ [`key ${n}`]: 1 }),
    (n) => cycle(n),
    (n) => Object.assign(Object.create(null), { n }),
  ]
  for (const kind of kinds) {
    let runs = 0
    const failure = await failureOf((sim) => sim.log('x', kind(++runs)), compared)
    expect(failure.kind, String(kind)).toBe('Nondeterminism')
    await passes((sim) => sim.log('x', kind(sim.iteration)), compared)
  }
})

test('no code of the values runs, and what the simulator gives is none of them', async () => {
  const nosy = {
    get getter(): never {
      throw new Error('not to be asked')
    },
    toJSON: () => ({ now: 1 }),
    trap: new Proxy({}, { ownKeys: () => ['never'] }),
  }
  const body = async (sim: Simulation): Promise<void> => {
    sim.log('x', nosy)
    const node = sim.node('a')
    for (const own of [sim, node, node.bus, node.storage, sim.network, sim.random, sim.metrics]) sim.log('own', own)
    await node.run(() => node)
    await sim.workload({ work: { run: (one) => one } }, { operations: 2 })
  }
  await passes(body, compared)
  // Each is counted anew in the second run.
  await passes(body, { ...compared, chaos: 'swarm', nodes: 3, iterations: 10 })
})

test('data that only the first run had are named, too', async () => {
  let cached = false
  const failure = await failureOf((sim) => {
    sim.log('x', cached)
    cached = true
  }, compared)
  expect(failure.message).toContain('the first run left something behind; it had other data at event 1: log')
})

test('a second run that fails where the first one passed is nondeterminism, with that failure', async () => {
  let runs = 0
  const failure = await failureOf((sim) => {
    if (++runs % 2 === 0) throw new Error(`run ${sim.iteration} again`)
  }, compared)
  expect(failure.kind).toBe('Nondeterminism')
  expect(failure.message).toContain('the first run passed, the second failed with BodyFailed: run 1 again')
})

test('a failure whose text differs is not the same', async () => {
  let runs = 0
  const failure = await failureOf(() => always(false, 'x', { runs: ++runs }))
  expect(failure.message).toContain('{"runs":1}')
  expect(failure.kind).toBe('AlwaysViolated')
  await failureOf(() => always(false, 'x', { runs: 1 }))
})

test('exploring keeps nothing', async () => {
  const kept: boolean[] = []
  const onResult = ({ data }: { data: unknown }): void => void kept.push(data !== undefined)
  await passes((sim) => sim.log('x', 1), { iterations: 4, determinism: 0.5 }, { onResult })
  expect(kept).toEqual([false, true, false, true])
})
