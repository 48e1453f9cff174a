/** The last events before a failure name the actors that were called. */
import { expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { search, storyOf } from '../shrink/run.ts'

test('a call is told by actor and method, not by the message that carries it', async () => {
  const Counter = actor('counter', () => ({ add: (by: number) => by }))
  const { failure } = await search(
    async (sim) => {
      const [n1, n2] = sim.nodes
      await n1!.actors.request(Counter('x'), 'add', 1)
      await n2!.actors.request(Counter('x'), 'add', 2)
      throw new RangeError('enough')
    },
    { nodes: 2 },
  )
  expect(storyOf(failure)).toMatch(/─ counter\/x\.add\(\d\) #\d+ ─/)
  expect(storyOf(failure)).not.toContain('$actor.call')
})
