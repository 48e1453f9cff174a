import { expect, test } from 'vitest'
import type { Simulation } from '../../src/runner/simulation.ts'
import { failureOf, passes } from './verdict.ts'

test('a body that waits for what never comes is a deadlock, which says so', async () => {
  const failure = await failureOf(async (sim) => {
    await sim.sleep(12)
    await new Promise(() => undefined)
  })
  expect(failure).toMatchObject({ kind: 'Deadlock', time: 12_000, owner: 'test' })
  expect(failure.message).toContain('nothing can run at 12 ms virtual and the test body has not returned')
  expect(failure.message).toContain('a promise that no event of the simulation settles')
  await passes((sim) => sim.sleep(12))
})

test('a real timer, captured before the simulation, is a deadlock and not a hang', async () => {
  const { real } = await import('../../src/virtual/real.ts')
  const failure = await failureOf(() => new Promise((resolve) => void real.setTimeout(resolve, 1)))
  expect(failure.kind).toBe('Deadlock')
})

test('two nodes that wait for each other: both are named, with what, since when and where', async () => {
  const body =
    (timeout: number) =>
    async (sim: Simulation): Promise<void> => {
      for (const [id, other] of [
        ['left', 'right'],
        ['right', 'left'],
      ] as const) {
        sim.node(id, (node) => {
          let answered: (() => void) | undefined
          node.bus.handle('give', () => new Promise<void>((resolve) => (answered = resolve)))
          node.bus.handle('take', async () => {
            await node.bus.request(other, 'give', null, { timeout }).catch(() => undefined)
            answered?.()
          })
        })
      }
      sim.network.link('left', 'right').set({ latency: { kind: 'constant', ms: 2 } })
      sim.network.link('right', 'left').set({ latency: { kind: 'constant', ms: 2 } })
      const ask = (id: string): Promise<unknown> => sim.node(id).bus.request(id, 'take', null, { timeout: Infinity })
      await Promise.all([ask('left'), ask('right')])
    }
  const { kind, message } = await failureOf(body(Infinity))
  expect(kind).toBe('Deadlock')
  expect(message).toMatch(
    /left waits for response to request 'give' #\d from left to right, since \S+ ms \(.*deadlock\.test\.ts:\d+/,
  )
  expect(message).toMatch(/right waits for response to request 'give' #\d from right to left, since \S+ ms/)
  expect(message).toMatch(/test waits for response to request 'take' #\d from left to left, since 0 ms/)
  expect(message).toMatch(/left waits for handler of request 'give' from right, since \S+ ms/)
  await passes(body(50))
})

test('a node task and a boot function that never settle are named', async () => {
  const task = await failureOf((sim) =>
    sim.node('worker').run(function compute() {
      return new Promise(() => undefined)
    }),
  )
  expect(task.kind).toBe('Deadlock')
  expect(task.message).toMatch(/test waits for run compute on worker, since 0 ms \(.*deadlock\.test\.ts:\d+/)
  const boot = await failureOf(async (sim) => {
    sim.node('slow', () => new Promise(() => undefined))
    await sim.node('client').bus.request('slow', 'ask', 1, { timeout: Infinity })
  })
  expect(boot.kind).toBe('Deadlock')
  expect(boot.message).toMatch(/slow waits for boot of slow, since 0 ms/)
  expect(boot.message).toMatch(/test waits for response to request 'ask' #1 from client to slow/)
})

test('many that wait are not all printed', async () => {
  const { message } = await failureOf(async (sim) => {
    sim.node('silent', (node) => node.bus.handle('ask', () => new Promise(() => undefined)))
    const client = sim.node('client')
    await Promise.all(Array.from({ length: 30 }, () => client.bus.request('silent', 'ask', 0, { timeout: Infinity })))
  })
  expect(message).toContain('and 40 more')
  expect(message.split('\n').length).toBeLessThan(25)
})

test('a paused node that is never resumed leaves its caller in a deadlock, not in an endless wait', async () => {
  const body = (resume: boolean) => async (sim: Simulation) => {
    const server = sim.node('server', (node) => node.bus.handle('ask', (n: number) => n))
    const client = sim.node('client')
    await sim.sleep(1)
    server.pause()
    if (resume) setTimeout(() => server.resume(), 30)
    expect(await client.bus.request('server', 'ask', 1, { timeout: Infinity })).toBe(1)
  }
  expect((await failureOf(body(false))).kind).toBe('Deadlock')
  await passes(body(true))
})
