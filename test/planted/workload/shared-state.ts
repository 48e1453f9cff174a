/** Bugs of those who share something over the network. */
import { operation } from '../../../src/world/operation.ts'
import { isNamed, planted } from './planted-bug.ts'

const names = ['a', 'b', 'c'] as const

export const doubleBooking = planted(
  'double booking',
  'looks whether a seat is free, then takes it',
  2,
  (isBroken) => async (sim) => {
    const seats = new Map<number, string>()
    const taken: string[] = []
    const { bus } = sim.node('hall')
    bus.handle('look', (seat: number) => seats.get(seat) ?? null)
    bus.handle('take', ({ seat, who }: { seat: number; who: string }) => {
      const before = seats.get(seat)
      if (before !== undefined && !isBroken) return before === who
      if (before !== undefined && before !== who) taken.push(`seat ${seat}: ${before}, then ${who}`)
      seats.set(seat, who)
      return true
    })
    sim.invariant('a seat is sold once', () => taken[0] ?? true)
    const book = operation({
      draw: ({ random }) => ({ seat: random.below(30), who: random.pick(names) }),
      run: async (_sim, { seat, who }) => {
        const { bus: mine } = sim.node(who)
        if ((await mine.request('hall', 'look', seat, { timeout: 300 })) !== null) return
        await mine.request('hall', 'take', { seat, who }, { timeout: 300 })
      },
    })
    await sim.workload({ book }, { operations: 60 })
  },
)

export const acrossLinks = planted(
  'order across links',
  'tells the index before the store has it',
  1,
  (isBroken) => async (sim) => {
    const store = new Set<number>()
    const missing: number[] = []
    sim.node('store').bus.handle('put', (key: number) => void store.add(key))
    sim.node('index').bus.handle('add', (key: number) => {
      if (!store.has(key)) missing.push(key)
    })
    sim.invariant('what is in the index is in the store', () => missing.length === 0 || `${missing[0]} is not`)
    const { bus } = sim.node('writer')
    let keys = 0
    const publish = operation({
      draw: () => ++keys,
      run: async (_sim, key) => {
        if (isBroken) await bus.send('store', 'put', key)
        else await bus.request('store', 'put', key, { timeout: 500 })
        await bus.send('index', 'add', key)
      },
    })
    await sim.workload({ publish }, { operations: 20 })
  },
)

export const fencing = planted(
  'leader without fencing',
  'a leader that has been replaced still writes',
  3,
  (isBroken) => async (sim) => {
    let term = 0
    const stale: string[] = []
    const { bus: store } = sim.node('store')
    store.handle('elect', (): number => {
      term++
      for (const name of names) void store.send(name, 'deposed', term).catch(() => undefined)
      return term
    })
    store.handle('write', ({ term: of, from }: { term: number; from: string }) => {
      if (of >= term) return
      if (!isBroken) throw new Error(`term ${of} is over`)
      stale.push(`${from} wrote in term ${of} though it was ${term}`)
    })
    const terms = new Map<string, number>()
    for (const name of names) {
      sim.node(name).bus.handle('deposed', (by: number) => {
        if ((terms.get(name) ?? 0) < by) terms.delete(name)
      })
    }
    sim.invariant('only the leader writes', () => stale[0] ?? true)
    const someone = { draw: ({ random }: { random: { pick<T>(list: readonly T[]): T } }) => random.pick(names) }
    const elect = operation<(typeof names)[number]>({
      ...someone,
      run: async (_sim, who) => {
        const won = await sim.node(who).bus.request<number>('store', 'elect', 0, { timeout: 300 })
        terms.set(who, won)
      },
    })
    const write = operation<(typeof names)[number]>({
      weight: 5,
      ...someone,
      run: async (_sim, who) => {
        const of = terms.get(who)
        if (of === undefined) return
        await sim.node(who).bus.request('store', 'write', { term: of, from: who }, { timeout: 300 })
      },
      expected: (error) => isNamed(error, 'RemoteError') && /is over/.test(`${String(error)}`),
    })
    await sim.workload({ elect, write }, { operations: 60 })
  },
)

export const staleCache = planted(
  'cache not invalidated',
  'relies on a message that may be lost',
  3,
  (isBroken) => async (sim) => {
    let version = 0
    let cached: number | undefined
    const { bus: store } = sim.node('store')
    const { bus: cache } = sim.node('cache')
    store.handle('get', () => version)
    store.handle('put', () => {
      version++
      void store.send('cache', 'invalidate', version).catch(() => undefined)
    })
    cache.handle('invalidate', () => void (cached = undefined))
    cache.handle('read', async () => {
      if (cached === undefined || !isBroken)
        cached = await cache.request<number>('store', 'get', 0, { timeout: 20_000 })
      return cached
    })
    const { bus } = sim.node('client')
    const alphabet = {
      put: operation({ run: () => bus.request('store', 'put', 0, { timeout: 300 }) }),
      read: operation({ run: () => bus.request('cache', 'read', 0, { timeout: 30_000 }) }),
    }
    await sim.workload(alphabet, { operations: 40 })
    await sim.quiesce()
    const read = await bus.request<number>('cache', 'read', 0, { timeout: 60_000 })
    if (read !== version) throw new Error(`the cache says ${read}, the store ${version}`)
  },
)

export const overtaken = planted(
  'order of updates',
  'takes the last update for the newest',
  3,
  (isBroken) => async (sim) => {
    let value = 0
    let newest = 0
    sim.node('replica').bus.handle('set', (version: number) => {
      newest = Math.max(newest, version)
      value = isBroken ? version : newest
    })
    sim.invariant('the replica never goes back', () => value === newest || `${value} after ${newest}`)
    let versions = 0
    const set = operation({
      draw: () => ++versions,
      run: (_sim, version) => sim.node('main').bus.send('replica', 'set', version),
    })
    await sim.workload({ set }, { operations: 80, concurrency: 1 })
  },
)

export const quorum = planted('quorum off by one', 'half of three is one', 3, (isBroken) => async (sim) => {
  const replicas = ['r1', 'r2', 'r3']
  for (const replica of replicas) {
    let held = 0
    const { bus } = sim.node(replica)
    bus.handle('write', (version: number) => void (held = Math.max(held, version)))
    bus.handle('read', () => held)
  }
  const { bus } = sim.node('client')
  const ask = <T>(needed: number, method: string, payload: number): Promise<T[]> =>
    new Promise((resolve, reject) => {
      const replies: T[] = []
      let failures = 0
      for (const replica of replicas) {
        bus.request<T>(replica, method, payload, { timeout: 200 }).then(
          (reply) => {
            if (replies.push(reply) === needed) resolve(replies)
          },
          (error: Error) => {
            if (++failures > replicas.length - needed) reject(error)
          },
        )
      }
    })
  let versions = 0
  let acknowledged = 0
  const alphabet = {
    write: operation({
      draw: () => ++versions,
      run: async (_sim, version) => {
        await ask(isBroken ? Math.floor(3 / 2) : 2, 'write', version)
        acknowledged = Math.max(acknowledged, version)
      },
    }),
    read: operation({
      run: async () => {
        const before = acknowledged
        const newest = Math.max(...(await ask<number>(2, 'read', 0)))
        if (newest < before) throw new Error(`read ${newest} after ${before} was acknowledged`)
      },
    }),
  }
  await sim.workload(alphabet, { operations: 80, concurrency: 2 })
})
