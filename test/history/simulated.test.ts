/** Histories of simulations: a replica that answers with old values is found, its mend passes. */
import { expect, test } from 'vitest'
import { History, register } from '../../src/history/door.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'

/** A value on a leader, copied to a follower; clients read at either. */
async function replicated(sim: Simulation, waitsForFollower: boolean): Promise<void> {
  let [atLeader, atFollower] = [0, 0]
  const follower = sim.node('follower', (node) => {
    node.bus.handle('copy', (value: number) => void (atFollower = value))
    node.bus.handle('read', () => atFollower)
  })
  sim.node('leader', (node) => {
    node.bus.handle('write', async (value: number) => {
      atLeader = value
      const copied = node.bus.request(follower.id, 'copy', value)
      if (waitsForFollower) await copied
      else copied.catch(() => {})
    })
    node.bus.handle('read', () => atLeader)
  })
  const history = new History(register(0))
  const writer = sim.node('writer')
  const reader = sim.node('reader')
  const write = async (): Promise<void> => {
    for (const value of [1, 2, 3]) {
      await history.call('writer', { write: value }, () => writer.bus.request('leader', 'write', value))
    }
  }
  const read = async (): Promise<void> => {
    for (let n = 0; n < 6; n++) {
      await history.call('reader', { read: true }, () => reader.bus.request<number>('follower', 'read'))
      await sim.sleep(Math.random() * 10)
    }
  }
  await Promise.all([write(), read()])
  history.check()
}

test('a follower that is not waited for answers with old values', async () => {
  const { failure } = await checkSimulation((sim) => replicated(sim, false), { iterations: 300 })
  expect(failure?.failure.message).toMatch(/^no order of these operations is one of a register:/)
  expect(failure?.failure.message).toMatch(/✗ reader .* read → [012]/)
})

test('one that is waited for does not', async () => {
  const { failure } = await checkSimulation((sim) => replicated(sim, true), { iterations: 300 })
  expect(failure?.failure.message).toBeUndefined()
})

test('an operation that ends in an error counts as one that may have happened, unless the error says it did not', async () => {
  const history = new History(register(0))
  const fail = (mayHaveBeenDelivered: boolean) => () =>
    Promise.reject(Object.assign(new Error('no'), { mayHaveBeenDelivered }))
  await history.call('a', { write: 1 }, fail(true)).catch(() => {})
  await history.call('a', { write: 2 }, fail(false)).catch(() => {})
  expect(history.operations).toEqual([{ client: 'a', input: { write: 1 }, call: 1 }])
  await history.call('b', { read: true }, () => 1)
  expect(history.check().verdict).toBe('ok')
  await history.call('b', { read: true }, () => 2)
  expect(() => history.check()).toThrow('no order of these operations')
})
