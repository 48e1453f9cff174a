/** Becoming quiet: faults end, work completes, timers may go on; what never ends is named. */
import { expect, test } from 'vitest'
import { RequestTimeout } from '../../src/bus/errors.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './check.ts'

/** Three nodes that beat for ever; each beat is a message or a request. */
const heartbeats = (kind: 'note' | 'ask', least: number) => async (sim: Simulation) => {
  const ids = ['a', 'b', 'c']
  const alive = new Map(ids.map((id) => [id, 0]))
  for (const [i, id] of ids.entries()) {
    sim.node(id, (node) => {
      node.bus.handle('beat', () => alive.set(id, (alive.get(id) ?? 0) + 1) && true)
      const next = ids[(i + 1) % ids.length] as string
      setInterval(() => {
        const sent = kind === 'note' ? node.bus.send(next, 'beat') : node.bus.request(next, 'beat', 0, { timeout: 20 })
        sent.catch((error: unknown) => {
          if (kind === 'ask' && error instanceof RequestTimeout) return
        })
      }, 50)
    })
  }
  sim.invariant('nodes live while the quiet checks run', () => sim.nodes.every((node) => node.state === 'running'), {
    when: 'quiet',
  })
  await sim.sleep(1_000)
  for (const [id, beats] of alive) expect(beats, id).toBeGreaterThanOrEqual(least)
}

test('a system with periodic timers becomes quiet, with and without faults', async () => {
  for (const kind of ['note', 'ask'] as const) {
    await passes(heartbeats(kind, 15))
    const often = { every: [50, 100], lasts: [50, 200] } as const
    await passes(heartbeats(kind, 0), {
      chaos: { loss: 0.1, partition: often, clog: often, crash: often, pause: often },
    })
  }
})

test('a request that chaos has broken gets its answer or its timeout before the quiet checks', async () => {
  for (const chaos of ['random', 'swarm', { partition: { every: [1, 2], lasts: [1e6, 1e6] } }] as const) {
    await passes(
      (sim) => {
        let outcome: string | undefined
        sim.invariant('there is an outcome', () => outcome !== undefined || 'none', { when: 'quiet' })
        sim.node('server', (node) => node.bus.handle('ask', () => 'answer'))
        sim
          .node('client')
          .bus.request('server', 'ask', 0, { timeout: 400 })
          .then(
            () => (outcome = 'answered'),
            (error: Error) => (outcome = error.name),
          )
          .catch(() => undefined)
      },
      { chaos },
    )
  }
})

test('nodes that answer each other for ever are healthy: each message ends', async () => {
  const body = (rounds: number) => (sim: Simulation) => {
    for (const [id, other] of [
      ['ping', 'pong'],
      ['pong', 'ping'],
    ] as const) {
      sim.node(id, (node) => {
        node.bus.handle('ball', (n: number) => void (n < rounds && node.bus.send(other, 'ball', n + 1)))
      })
    }
    return sim.node('ping').bus.send('pong', 'ball', 0)
  }
  await passes(body(Infinity), { limits: { quiesceMs: 1_000 } })
  await passes(body(100), { limits: { quiesceMs: 1_000 } })
})

test('requests, handlers, tasks and boots that never end are named with their owners', async () => {
  const never = (): Promise<never> => new Promise(() => undefined)
  const failure = await failureOf((sim) => {
    sim.node('silent', (node) => node.bus.handle('ask', never))
    sim.node('asking', (node) => void node.bus.request('silent', 'ask', 0, { timeout: Infinity }))
    sim.node('booting', never)
    sim
      .node('working')
      .run(function polish() {
        return never()
      })
      .catch(() => undefined)
    return sim.sleep(10)
  })
  expect(failure.kind).toBe('Leak')
  expect(failure.message).toMatch(/asking waits for response to request 'ask' #1 from asking to silent, since 0 ms/)
  expect(failure.message).toMatch(/silent waits for handler of request 'ask' from asking/)
  expect(failure.message).toMatch(/booting waits for boot of booting/)
  expect(failure.message).toMatch(/test waits for run polish on working/)
})

test('a deadlock names the messages that a hold keeps back', async () => {
  const failure = await failureOf(async (sim) => {
    sim.node('server', (node) => node.bus.handle('ask', () => 1))
    sim.node('client')
    sim.network.hold(['client', 'server'])
    await sim.node('client').bus.request('server', 'ask', 0, { timeout: Infinity })
  })
  expect(failure.kind).toBe('Deadlock')
  expect(failure.message).toMatch(/client waits for a blocked link, client → server, to deliver request ask #1/)
})

test('sim.quiesce() in the body: everything has ended, no fault comes back, and the body goes on', async () => {
  await passes(
    async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', (n: number) => n))
      const client = sim.node('client')
      for (let n = 0; n < 5; n++) await client.bus.request('server', 'ask', n, { timeout: 100 }).catch(() => undefined)
      await sim.quiesce()
      expect(sim.metrics).toMatchObject({ pending: 0, inFlight: 0 })
      for (let n = 0; n < 20; n++) expect(await client.bus.request('server', 'ask', n, { timeout: 1_000 })).toBe(n)
      await sim.quiesce()
    },
    { chaos: 'random', schedule: 'fifo' },
  )
})
