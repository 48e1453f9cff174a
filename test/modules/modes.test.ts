import { describe, expect } from 'vitest'
import { simulation } from 'vitest-simulation'
import { next } from './fixtures/counter.ts'
import { lock } from './fixtures/mutex.ts'

const shared: number[] = []

simulation.test(
  "'shared' modules go on from seed to seed",
  { iterations: 3, modules: 'shared', determinism: 0 },
  () => {
    shared.push(next())
    expect(shared).toEqual([101, 202, 303].slice(0, shared.length))
  },
)

simulation.fails(
  "'shared' modules make a seed differ from its second run",
  { modules: 'shared', determinism: 1 },
  (sim) => {
    sim.log('next', next())
    return sim.sleep(next())
  },
)

describe('nodes', () => {
  simulation.test(
    'what a boot function imports is its incarnation’s',
    { iterations: 3, determinism: 1 },
    async (sim) => {
      const counts: string[] = []
      const boot = async (node: { readonly id: string }): Promise<void> => {
        const server = await import('./fixtures/counter.ts')
        counts.push(`${node.id} ${server.next()} ${server.next()}`)
      }
      const a = sim.node('a', boot)
      sim.node('b', boot)
      await sim.sleep(1)
      a.restart()
      await sim.sleep(1)
      expect(counts.toSorted()).toEqual(['a 101 202', 'a 101 202', 'b 101 202'])
      expect(next()).toBe(101)
    },
  )

  simulation.test(
    "with 'node' static imports are, too",
    { iterations: 3, determinism: 1, modules: 'node' },
    async (sim) => {
      const a = sim.node('a')
      const b = sim.node('b')
      expect(await a.run(() => next())).toBe(101)
      expect(await a.run(() => next())).toBe(202)
      expect(await b.run(() => next())).toBe(101)
      expect(next()).toBe(101)
      // A crash takes the lock along: it was a thing of that process.
      await a.run(() => lock())
      a.crash()
      a.restart()
      await a.run(() => lock())
      expect(await a.run(() => next())).toBe(101)
    },
  )
})
