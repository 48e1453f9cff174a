import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { leaseMs } from '../../src/actors/directory/lease.ts'
import type { Simulation } from '../../src/world/door.ts'
import { passes } from '../verdict/verdict.ts'
import { eventually, fixedLatency, outcome, soakSeeds } from './helpers.ts'

const storageErrors = ['StorageFailed', 'VersionConflict', 'RequestTimeout', 'SendFailed', 'ActorUnavailable']

/** Keeps the ids it was given; answers when they are saved. */
const Ledger = actor(
  'ledger',
  async (self) => {
    const state = await self.load<{ ids: string[] }>({ ids: [] })
    return {
      async add(id: string) {
        state.value.ids.push(id)
        await state.save()
        return state.version
      },
      addLater: (id: string) => void state.value.ids.push(id),
      ids: () => state.value.ids,
      version: () => state.version,
      where: () => self.node,
      leave: () => self.deactivate(),
    }
  },
  { idleMs: 1_000 },
)

const ids = (sim: Simulation, key: string, at = 0): Promise<string[]> =>
  // On the slowest links an idle ledger needs more than 5 s to go and to come again.
  eventually(sim, () => sim.nodes[at]!.actors.request(Ledger(key), 'ids', undefined, { timeout: 20_000 }))

describe('saved state', () => {
  test('outlives the activation; what was not saved does not', async () => {
    await passes(
      async (sim) => {
        const { actors } = sim.nodes[0]!
        expect(await actors.request(Ledger('x'), 'version')).toBe(0)
        expect(await actors.request(Ledger('x'), 'add', 'a')).toBe(1)
        expect(await actors.request(Ledger('x'), 'add', 'b')).toBe(2)
        await actors.request(Ledger('x'), 'addLater', 'c')
        expect(await ids(sim, 'x')).toEqual(['a', 'b', 'c'])
        await actors.request(Ledger('x'), 'leave')
        expect(await ids(sim, 'x')).toEqual(['a', 'b'])
        expect(await actors.request(Ledger('x'), 'version')).toBe(2)
        expect(await ids(sim, 'y')).toEqual([])
      },
      { nodes: 3 },
    )
  })

  test('outlives its node, crashed or wiped', async () => {
    for (const how of ['crash', 'wipe'] as const) {
      await passes(
        async (sim) => {
          const { actors } = sim.nodes[2]!
          await actors.request(Ledger('x'), 'add', 'a')
          sim.node(await actors.request(Ledger('x'), 'where'))[how]()
          await sim.sleep(leaseMs * 1.5)
          expect(await ids(sim, 'x', 2)).toEqual(['a'])
        },
        { nodes: 3, placement: ({ nodes }) => nodes[0]! },
      )
    }
  })

  test('initial values are copies: two actors share nothing', async () => {
    const initial = { list: [] as number[] }
    const Sharing = actor('sharing', async (self) => {
      const state = await self.load(initial)
      return { push: (n: number) => state.value.list.push(n) }
    })
    await passes(async (sim) => {
      const { actors } = sim.node('n')
      expect(await actors.request(Sharing('a'), 'push', 1)).toBe(1)
      expect(await actors.request(Sharing('b'), 'push', 1)).toBe(1)
    })
    expect(initial.list).toEqual([])
  })

  test('saves of a reentrant actor come one after the other', async () => {
    const Busy = actor(
      'busy',
      async (self) => {
        const state = await self.load(0)
        return {
          add: async () => {
            state.value++
            await state.save()
            return state.version
          },
        }
      },
      { reentrant: true },
    )
    await passes(async (sim) => {
      const { actors } = sim.node('n')
      const versions = await Promise.all(Array.from({ length: 10 }, () => actors.request(Busy('x'), 'add')))
      expect(versions.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    })
  })
})

describe('a conflict', () => {
  test('with a newer activation: the older one cannot save any more, and goes without its hooks', async () => {
    const log: string[] = []
    let release: () => void = () => undefined
    const Slow = actor('slow', async (self) => {
      const state = await self.load<string[]>([])
      self.onDeactivate(() => log.push(`hook on ${self.node}`))
      return {
        add: async (id: string) => {
          if (id === 'held') await new Promise<void>((resolve) => (release = resolve))
          state.value.push(id)
          await state.save()
          return self.node
        },
        ids: () => state.value,
      }
    })
    let cut = false
    await passes(
      async (sim) => {
        cut = false
        log.length = 0
        const [n1, n2] = sim.nodes
        expect(await n1!.actors.request(Slow('x'), 'add', 'first')).toBe('n1')
        const held = n1!.actors.request(Slow('x'), 'add', 'held', { timeout: 60_000 }).catch((error: Error) => error)
        await sim.sleep(100)
        sim.network.isolate('n1')
        cut = true
        await sim.sleep(leaseMs * 1.5)
        expect(await eventually(sim, () => n2!.actors.request(Slow('x'), 'ids'))).toEqual(['first'])
        await n1!.run(() => release())
        expect(await held).toMatchObject({ name: 'RemoteError', remoteName: 'VersionConflict' })
        expect(await n2!.actors.request(Slow('x'), 'ids')).toEqual(['first'])
        expect(log).toEqual([])
      },
      { nodes: 3, placement: () => (cut ? 'n2' : 'n1'), invariants: { shutdown: true } },
    )
  })

  test('with a write that had failed and was done all the same: the activation begins anew from what is there', async () => {
    let [failures, conflicts] = [0, 0]
    await passes(
      async (sim) => {
        const { actors } = sim.nodes[0]!
        const acknowledged: string[] = []
        const sent: string[] = []
        for (let i = 0; i < 30; i++) {
          sent.push(`o${i}`)
          const result = await outcome(actors.request(Ledger('x'), 'add', `o${i}`), storageErrors)
          if (typeof result === 'number') acknowledged.push(`o${i}`)
          if (result === 'StorageFailed') failures++
          if (result === 'VersionConflict') conflicts++
        }
        await sim.quiesce()
        const saved = await ids(sim, 'x')
        for (const id of acknowledged) expect(saved, 'acknowledged, so it is there').toContain(id)
        for (const id of saved) expect(sent).toContain(id)
      },
      { nodes: 3, iterations: 60, chaos: { storage: 0.2 } },
    )
    expect(failures).toBeGreaterThan(50)
    expect(conflicts).toBeGreaterThan(10)
  })
})

test('what was acknowledged is never lost, and never read older afterwards, whatever happens', async () => {
  let acknowledgements = 0
  await passes(
    async (sim) => {
      const known = new Map<string, string[]>()
      const client = async (name: string): Promise<void> => {
        for (let i = 0; i < 12; i++) {
          const key = `x${sim.random.below(3)}`
          const seen = known.get(key) ?? []
          known.set(key, seen)
          const before = [...seen]
          const { actors } = sim.random.pick(sim.nodes)
          const timeout = sim.random.pick([100, 500, 2_000])
          if (sim.random.chance(0.5)) {
            const result = await outcome(actors.request(Ledger(key), 'add', `${name}${i}`, { timeout }), [
              ...storageErrors,
              'NodeCrashed',
            ])
            if (typeof result === 'number') seen.push(`${name}${i}`)
            acknowledgements += typeof result === 'number' ? 1 : 0
          } else {
            const read = await outcome(actors.request(Ledger(key), 'ids', undefined, { timeout }), [
              ...storageErrors,
              'NodeCrashed',
            ])
            if (typeof read !== 'string') expect(read).toEqual(expect.arrayContaining(before))
          }
          await sim.sleep(sim.random.below(1_000))
        }
      }
      await Promise.all(['a', 'b', 'c'].map(client))
      await sim.quiesce()
      for (const [key, seen] of known) expect(await ids(sim, key)).toEqual(expect.arrayContaining(seen))
    },
    { nodes: 4, iterations: soakSeeds(80), chaos: 'random' },
  )
  expect(acknowledgements).toBeGreaterThan(100)
}, 3_600_000)

test('a crash in the middle of a save: it was done, or it was not', async () => {
  const seen = new Set<number>()
  await passes(
    async (sim) => {
      const [n1, n2] = sim.nodes
      await n2!.actors.request(Ledger('x'), 'ids')
      const add = outcome(n2!.actors.request(Ledger('x'), 'add', 'a', { timeout: 1_000 }))
      await sim.sleep(4.1 + sim.random.float() * 2)
      n1!.crash()
      await add
      await sim.sleep(leaseMs * 1.5)
      seen.add((await ids(sim, 'x', 1)).length)
    },
    { nodes: 3, iterations: 60, placement: ({ nodes }) => nodes[0]!, chaos: fixedLatency },
  )
  expect(seen).toEqual(new Set([0, 1]))
})
