/** The bus under faults: retries, late and duplicate responses, and metrics that add up. */
import { expect, test } from 'vitest'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './check.ts'
import { upTo } from './wire.ts'

const lossy = {
  loss: 0.2,
  duplication: 0.2,
  reordering: 0.2,
  sendFailure: 0.2,
  latency: { kind: 'uniform', min: 1, max: 30 },
  buggify: true,
} as const

/** Twenty increments with retries; how often each was executed, and what its caller was told. */
const increments =
  (idempotencyKey: boolean, crashes: boolean, seen: (executed: number, outcome: string) => void) =>
  async (sim: Simulation): Promise<void> => {
    const executed = new Map<number, number>()
    sim.node('server', (node) => {
      node.bus.handle('increment', async (n: number) => {
        executed.set(n, (executed.get(n) ?? 0) + 1)
        await sim.sleep(10)
        return n
      })
    })
    const client = sim.node('client')
    const retry = { attempts: 8, delay: 5, idempotencyKey }
    const outcomes = upTo(20).map((n) =>
      client.bus.request('server', 'increment', n, { timeout: 80, retry }).then(
        (answer) => (answer === n ? 'answered' : `answered ${String(answer)}`),
        (error: Error) => error.name,
      ),
    )
    if (crashes) {
      await sim.sleep(50)
      sim.node('server').restart()
    }
    const told = await Promise.all(outcomes)
    for (const [i, outcome] of told.entries()) seen(executed.get(i + 1) ?? 0, outcome)
    await sim.quiesce()
  }

test('a request with retries and an idempotency key is executed once; its caller never gets a wrong answer', async () => {
  let retried = 0
  const body = increments(true, false, (executed, outcome) => {
    retried++
    expect(executed).toBeLessThanOrEqual(1)
    if (outcome === 'answered') expect(executed).toBe(1)
    expect(['answered', 'RequestTimeout', 'SendFailed']).toContain(outcome)
  })
  await passes(body, { iterations: 50, chaos: lossy })
  expect(retried).toBeGreaterThan(1000 - 1)
})

test('without a key it may be executed more often; so it may when the server forgets in a crash', async () => {
  for (const [key, crashes] of [
    [false, false],
    [true, true],
  ] as const) {
    let [more, answered] = [0, 0]
    const body = increments(key, crashes, (executed, outcome) => {
      if (executed > 1) more++
      if (outcome === 'answered') {
        answered++
        expect(executed).toBeGreaterThanOrEqual(1)
      }
    })
    await passes(body, { iterations: 50, chaos: lossy })
    expect(more, `key ${String(key)}, crashes ${crashes}`).toBeGreaterThan(10)
    expect(answered).toBeGreaterThan(500)
  }
})

test('late responses are absorbed and counted', async () => {
  await passes(async (sim) => {
    sim.node('slow', (node) => node.bus.handle('ask', () => sim.sleep(100)))
    const client = sim.node('client')
    for (let n = 0; n < 5; n++) {
      await expect(client.bus.request('slow', 'ask', n, { timeout: 30 })).rejects.toMatchObject({
        name: 'RequestTimeout',
        mayHaveBeenDelivered: true,
      })
    }
    await sim.quiesce()
    expect(client.bus.metrics).toMatchObject({ issued: 5, timedOut: 5, resolved: 0, lateResponses: 5 })
  })
})

test('duplicate requests and responses: one outcome each, the other three responses are absorbed and counted', async () => {
  await passes(
    async (sim) => {
      let handled = 0
      sim.node('server', (node) => node.bus.handle('ask', (n: number) => (handled++, n)))
      const client = sim.node('client')
      for (const n of upTo(5)) expect(await client.bus.request('server', 'ask', n)).toBe(n)
      await sim.sleep(500)
      expect(handled).toBe(10)
      expect(client.bus.metrics).toMatchObject({ issued: 5, resolved: 5, lateResponses: 15 })
      expect(sim.node('server').bus.metrics.handled).toBe(10)
    },
    { chaos: { duplication: 1 } },
  )
})

test('an error of a handler comes back as RemoteError though its message was duplicated, and a retry does not hide it', async () => {
  await passes(
    async (sim) => {
      let handled = 0
      sim.node('server', (node) =>
        node.bus.handle('ask', () => {
          handled++
          throw new RangeError('no')
        }),
      )
      const retry = { attempts: 3, idempotencyKey: true }
      const request = sim.node('client').bus.request('server', 'ask', 1, { retry })
      await expect(request).rejects.toMatchObject({ name: 'RemoteError', remoteName: 'RangeError', message: 'no' })
      await sim.quiesce()
      expect(handled, 'the copy has the same key').toBe(1)
      expect(sim.metrics.retried).toBe(0)
    },
    { chaos: { duplication: 1 } },
  )
})

const sum = ({ metrics }: Simulation): number => {
  const { resolved, rejected, timedOut, sendFailures, reset, abandoned, pending } = metrics
  return resolved + rejected + timedOut + sendFailures + reset + abandoned + pending
}

/** Requests and one-way messages between nodes that crash; every outcome is counted by the callers, too. */
const storm =
  (check: (sim: Simulation) => boolean | string) =>
  async (sim: Simulation): Promise<void> => {
    sim.invariant('metrics add up', () => check(sim))
    const told = new Map<string, number>()
    const count = (outcome: string): void => void told.set(outcome, (told.get(outcome) ?? 0) + 1)
    const ids = ['a', 'b', 'c']
    for (const id of ids) {
      sim.node(id, (node) => {
        node.bus.handle('ask', async (n: number) => {
          if (n % 7 === 0) throw new Error('unlucky')
          if (n % 3 === 0) await sim.sleep(20)
          return n
        })
        node.bus.handle('note', () => undefined)
      })
    }
    const client = sim.node('client')
    await Promise.all(
      upTo(40).map(async (n) => {
        await sim.sleep(sim.random.below(300))
        const to = sim.random.pick(ids)
        client.bus.send(to, 'note', n).then(
          () => count('sent'),
          () => count('unsent'),
        )
        await client.bus.request(to, 'ask', n, { timeout: 60 }).then(
          () => count('resolved'),
          (error: Error) => count(error.name),
        )
      }),
    )
    await sim.quiesce()
    const { resolved, rejected, timedOut, sendFailures, sent, unsent, issued } = client.bus.metrics
    expect(issued).toBe(40)
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(
        Object.entries({
          resolved,
          RemoteError: rejected,
          RequestTimeout: timedOut,
          SendFailed: sendFailures,
          sent,
          unsent,
        }).filter(([, n]) => n > 0),
      ),
    )
  }

test('after every event: issued = resolved + rejected + timed out + failed + reset + abandoned + pending', async () => {
  for (const chaos of ['calm', 'random', 'swarm', lossy] as const) {
    const check = (sim: Simulation): true | string =>
      sim.metrics.issued === sum(sim) || `${sim.metrics.issued} issued, ${sum(sim)} counted`
    await passes(storm(check), { iterations: 30, chaos })
  }
})

test('and the law can fail', async () => {
  const failure = await failureOf(storm((sim) => sim.metrics.issued === sum(sim) - sim.metrics.pending))
  expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'metrics add up' })
})

test('requests of a node that crashes are abandoned, and counted as that', async () => {
  await passes(async (sim) => {
    sim.node('server', (node) => node.bus.handle('ask', () => sim.sleep(50)))
    const client = sim.node('client')
    const lost = [1, 2, 3].map((n) => client.bus.request('server', 'ask', n))
    await sim.sleep(20)
    client.crash()
    for (const one of lost) await expect(one).rejects.toMatchObject({ name: 'NodeCrashed' })
    await sim.quiesce()
    expect(sim.metrics).toMatchObject({ issued: 3, abandoned: 3, resolved: 0, pending: 0, inFlight: 0 })
    expect(sim.metrics.lateResponses, 'the new incarnation absorbs what its predecessor asked for').toBe(3)
  })
})
