/** What a node does with its activations when its lease has ended. */
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { leaseMs } from '../../src/actors/directory/lease.ts'
import { passes } from '../verdict/verdict.ts'
import { eventually, fixedLatency } from './helpers.ts'

test('an activation whose lease ends while it waits for its last turn goes without its hooks', async () => {
  let cut = false
  await passes(
    async (sim) => {
      cut = false
      const log: string[] = []
      const Busy = actor('busy', (self) => {
        log.push(`begin ${self.node}`)
        self.onDeactivate(() => log.push(`end ${self.node}`))
        return {
          where: () => self.node,
          leaveAfter: async (ms: number): Promise<void> => {
            self.deactivate()
            await wait(ms)
          },
        }
      })
      const [n1, n2] = sim.nodes
      const leaving = n2!.actors.request(Busy('x'), 'leaveAfter', leaseMs * 3, { timeout: 500 })
      await expect(leaving).rejects.toMatchObject({ name: 'RequestTimeout' })
      sim.network.isolate('n1')
      cut = true
      await sim.sleep(leaseMs * 1.5)
      expect(await eventually(sim, () => n2!.actors.request(Busy('x'), 'where'))).toBe('n2')
      sim.network.heal()
      await sim.sleep(leaseMs * 3)
      expect(log).toEqual(['begin n1', 'begin n2'])
      expect(n1!.actors.count).toBe(0)
    },
    { nodes: 3, placement: () => (cut ? 'n2' : 'n1'), chaos: fixedLatency },
  )
})

test('nor do hooks run when a pause was longer than the lease, whatever comes first afterwards', async () => {
  for (const idleMs of [500, 4_000]) {
    await passes(
      async (sim) => {
        const log: string[] = []
        const Idle = actor(
          'idle',
          (self) => {
            self.onDeactivate(() => log.push(`end ${self.node}`))
            return { where: () => self.node }
          },
          { idleMs },
        )
        const [, n2, n3] = sim.nodes
        expect(await n2!.actors.request(Idle('x'), 'where')).toBe('n3')
        n3!.pause()
        await sim.sleep(leaseMs * 2)
        n3!.resume()
        await sim.sleep(100)
        expect(log).toEqual([])
        expect(sim.directory.locations(Idle('x'))).toEqual([])
      },
      { nodes: 3, iterations: 10, placement: () => 'n3' },
    )
  }
})
