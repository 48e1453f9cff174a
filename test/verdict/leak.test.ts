import { expect, test } from 'vitest'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

test('a request that is still pending when quiet is a leak, with its correlation id and owner', async () => {
  const body = (timeout: number) => async (sim: Simulation) => {
    sim.node('silent', (node) => node.bus.handle('ask', () => sim.sleep(timeout === Infinity ? 1e12 : 3)))
    sim.node('client', (node) => {
      void node.bus.request('silent', 'ask', 0, { timeout }).catch(() => undefined)
    })
    await sim.sleep(1)
  }
  const silent = async (sim: Simulation): Promise<void> => {
    sim.node('silent', (node) => node.bus.handle('ask', () => new Promise(() => undefined)))
    sim.node('client', (node) => void node.bus.request('silent', 'ask', 0, { timeout: Infinity }))
    await sim.sleep(1)
  }
  const failure = await failureOf(silent)
  expect(failure).toMatchObject({ kind: 'Leak', owner: 'test' })
  expect(failure.message).toContain('nothing can run any more')
  expect(failure.message).toMatch(/client waits for response to request 'ask' #1 from client to silent, since 0 ms/)
  expect(failure.message).toMatch(/silent waits for handler of request 'ask' from client, since \S+ ms/)
  await passes(body(1_000))
})

test('a handler that never settles is a leak though its caller has given up', async () => {
  const body = (settles: boolean) => async (sim: Simulation) => {
    sim.node('server', (node) => node.bus.handle('ask', () => (settles ? sim.sleep(40) : new Promise(() => undefined))))
    await sim
      .node('client')
      .bus.request('server', 'ask', 0, { timeout: 20 })
      .catch(() => undefined)
  }
  const failure = await failureOf(body(false))
  expect(failure.kind).toBe('Leak')
  expect(failure.message).toMatch(/server waits for handler of request 'ask' from client/)
  await passes(body(true))
})

test('a node task that is still running is a leak', async () => {
  const body = (task: (sim: Simulation) => Promise<unknown>) => async (sim: Simulation) => {
    sim
      .node('worker')
      .run(() => task(sim))
      .catch(() => undefined)
    await sim.sleep(1)
  }
  expect((await failureOf(body(() => new Promise(() => undefined)))).message).toMatch(
    /test waits for run task on worker/,
  )
  await passes(body((sim) => sim.sleep(100)))
})

test('a boot function that never settles is a leak', async () => {
  const body = (boot: (sim: Simulation) => Promise<unknown>) => async (sim: Simulation) => {
    sim.node('slow', () => boot(sim))
    await sim.sleep(1)
  }
  const failure = await failureOf(body(() => new Promise(() => undefined)))
  expect(failure.kind).toBe('Leak')
  expect(failure.message).toMatch(/slow waits for boot of slow, since 0 ms/)
  await passes(body((sim) => sim.sleep(100)))
})

test('messages that are kept back for ever are a leak; those kept back until the end are not', async () => {
  const body = (again: boolean) => async (sim: Simulation) => {
    let heard = 0
    sim.node('server', (node) => node.bus.handle('note', () => void heard++))
    const client = sim.node('client', () => {
      // The end of the body heals the network; this goes on breaking it.
      if (again) setInterval(() => sim.network.hold(['client', 'server']), 1)
    })
    sim.network.hold(['client', 'server'])
    await client.bus.send('server', 'note', 1)
    await sim.sleep(50)
    expect(heard).toBe(0)
    sim.invariant('heard when quiet', () => heard === 1, { when: 'quiet' })
  }
  await passes(body(false))
  const failure = await failureOf(body(true), { limits: { quiesceMs: 100 } })
  expect(failure.kind).toBe('Leak')
  expect(failure.message).toContain('1 message(s) in flight')
})

test('timers that go on for ever are no leak: a heartbeat is normal', async () => {
  await passes(async (sim) => {
    sim.node('n', () => void setInterval(() => undefined, 100))
    await sim.sleep(1_000)
  })
})
