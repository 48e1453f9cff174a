import { describe, expect, test } from 'vitest'
import { RemoteError, RequestTimeout, SendFailed } from '../../src/bus/errors.ts'
import { NodeCrashed } from '../../src/nodes/errors.ts'
import type { Simulation } from '../../src/world/door.ts'
import { passes } from '../verdict/verdict.ts'

describe('a request', () => {
  test('is answered by the handler of its method, which learns who asks', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('who', (_: unknown, context) => context))
      const answer = await sim.node('client').bus.request('server', 'who')
      expect(answer).toMatchObject({ from: 'client', method: 'who', correlationId: 1 })
    })
  })

  test('many at a time get each its own answer', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) =>
        node.bus.handle('square', async (n: number) => {
          await sim.sleep(sim.random.below(30))
          return n * n
        }),
      )
      const client = sim.node('client')
      const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => client.bus.request('server', 'square', n)))
      expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => n * n))
      expect(client.bus.pending).toBe(0)
      expect(client.bus.metrics).toMatchObject({ issued: 50, resolved: 50, timedOut: 0 })
    })
  })

  test('times out after its virtual time, and its late answer is absorbed and counted', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('slow', () => sim.sleep(100)))
      const client = sim.node('client')
      const started = sim.now
      const error: unknown = await client.bus.request('server', 'slow', 0, { timeout: 40 }).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(RequestTimeout)
      expect(error).toMatchObject({ to: 'server', method: 'slow', timeoutMs: 40, mayHaveBeenDelivered: true })
      expect(sim.now - started).toBe(40)
      await sim.sleep(200)
      expect(client.bus.metrics).toMatchObject({ timedOut: 1, resolved: 0, lateResponses: 1 })
      expect(client.bus.pending).toBe(0)
    })
  })

  test('has a timeout of five virtual seconds unless told otherwise', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('slow', () => sim.sleep(6_000)))
      await expect(sim.node('client').bus.request('server', 'slow')).rejects.toBeInstanceOf(RequestTimeout)
      expect(sim.now).toBe(5_000)
    })
  })

  test('whose handler throws, rejects or throws no error, rejects with what was thrown', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => {
        node.bus.handle('throw', () => {
          throw new RangeError('now')
        })
        node.bus.handle('reject', async () => {
          await sim.sleep(5)
          throw new TypeError('later')
        })
        node.bus.handle('odd', () => Promise.reject({ code: 7 }))
      })
      const client = sim.node('client')
      const ask = (method: string): Promise<unknown> =>
        client.bus.request('server', method).catch((error: unknown) => error)
      expect(await ask('throw')).toMatchObject({ remoteName: 'RangeError', message: 'now', from: 'server' })
      expect(await ask('reject')).toMatchObject({ remoteName: 'TypeError', message: 'later' })
      expect(await ask('odd')).toMatchObject({ remoteName: 'Error', message: '{"code":7}' })
      expect(await ask('throw')).toBeInstanceOf(RemoteError)
      expect(client.bus.metrics).toMatchObject({ issued: 4, rejected: 4 })
    })
  })

  test('to nobody fails at once and certainly was not sent', async () => {
    await passes(async (sim) => {
      const error: unknown = await sim
        .node('client')
        .bus.request('nobody', 'ask')
        .catch((e: unknown) => e)
      expect(error).toBeInstanceOf(SendFailed)
      expect(error).toMatchObject({ mayHaveBeenDelivered: false, to: 'nobody' })
      expect(sim.now).toBe(0)
    })
  })

  test('of a node that is dead already rejects at once instead of waiting for ever', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', () => 1))
      const client = sim.node('client')
      client.crash()
      await expect(client.bus.request('server', 'ask')).rejects.toBeInstanceOf(NodeCrashed)
      await expect(client.bus.send('server', 'ask')).rejects.toBeInstanceOf(NodeCrashed)
      expect(client.bus.pending).toBe(0)
    })
  })

  test('can be sent by hundreds of nodes to each other', async () => {
    await passes(
      async (sim) => {
        for (let i = 0; i < 100; i++) sim.node(`p${i}`, (node) => node.bus.handle('id', () => node.id))
        const answers = await Promise.all(sim.nodes.map((node, i) => node.bus.request(`p${(i * 7 + 1) % 100}`, 'id')))
        expect(answers).toEqual(sim.nodes.map((_, i) => `p${(i * 7 + 1) % 100}`))
      },
      { iterations: 1 },
    )
  })
})

test('every request has exactly one outcome, whatever happens', async () => {
  const outcomes = async (sim: Simulation): Promise<void> => {
    for (const id of ['a', 'b']) {
      sim.node(id, (node) =>
        node.bus.handle('work', async (n: number) => {
          await sim.sleep(sim.random.below(60))
          if (n % 5 === 0) throw new Error('planted')
          return n
        }),
      )
    }
    const client = sim.node('client', () => undefined)
    let settled = 0
    const count = (): void => void settled++
    for (let n = 0; n < 60; n++) {
      const to = sim.random.pick(['a', 'b'])
      client.bus.request(to, 'work', n, { timeout: 1 + sim.random.below(80) }).then(count, count)
      await sim.sleep(sim.random.below(4))
      const what = sim.random.below(12)
      const victim = sim.random.pick(['a', 'b', 'client'])
      if (what === 0) sim.node(victim).restart()
      if (what === 1) sim.node(victim).pause()
      if (what === 2) for (const node of sim.nodes) node.resume()
      if (what === 3) sim.network.partition(['client'], [to])
      if (what === 4) sim.network.heal()
    }
    for (const node of sim.nodes) node.resume()
    await sim.quiesce()
    const { metrics } = client.bus
    expect(settled).toBe(metrics.issued)
    const ended =
      metrics.resolved + metrics.rejected + metrics.timedOut + metrics.sendFailures + metrics.abandoned + metrics.reset
    expect(ended).toBe(metrics.issued)
    expect(sim.metrics).toMatchObject({ pending: 0, inFlight: 0 })
  }
  for (const schedule of ['fifo', 'random', 'priority'] as const) {
    await passes(outcomes, { iterations: 60, schedule, chaos: { sendFailure: 0.05 } })
  }
})
