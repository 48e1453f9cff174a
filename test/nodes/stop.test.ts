import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from '../network-chaos/check.ts'
import { nodeInside } from '../helpers/inside.ts'

test('a graceful stop lets work under way end, takes nothing new, and is down until restart', async () => {
  await passes(
    async (sim) => {
      const log: string[] = []
      const server = sim.node('server', (node) => {
        setInterval(() => log.push('tick'), 10)
        node.bus.handle('work', async (name: string) => {
          await wait(60)
          log.push(name)
          return name
        })
      })
      const client = sim.node('client')
      const first = client.bus.request('server', 'work', 'first')
      await sim.sleep(20)
      const stopped = server.stop()
      expect(nodeInside(server).isStopping).toBe(true)
      const second = client.bus.request('server', 'work', 'second', { timeout: 100 })
      expect(await first).toBe('first')
      await stopped
      expect(server).toMatchObject({ state: 'stopped', alive: false, isStopping: false })
      expect(sim.now).toBeLessThan(100)
      await expect(second).rejects.toMatchObject({ name: 'RequestTimeout' })
      const ticks = log.length
      await sim.sleep(100)
      expect(log.length).toBe(ticks)
      expect(log).not.toContain('second')
      await sim.quiesce()
      expect(server.state).toBe('stopped')
      server.restart()
      expect(await client.bus.request('server', 'work', 'third')).toBe('third')
    },
    { chaos: { latency: { kind: 'constant', ms: 4 } } },
  )
})

test('the grace period is the longest a stop takes; then work is cut off', async () => {
  await passes(async (sim) => {
    let ended = false
    const server = sim.node('server', (node) =>
      node.bus.handle('work', async () => {
        await wait(10_000)
        ended = true
      }),
    )
    const work = sim.node('client').bus.request('server', 'work', 0, { timeout: 500 })
    const outcome = work.catch((error: Error) => error.name)
    await sim.sleep(20)
    const begun = sim.now
    await Promise.all([server.stop(100), server.stop(100)])
    expect(sim.now - begun).toBe(100)
    expect(await outcome).toBe('RequestTimeout')
    await sim.sleep(20_000)
    expect(ended).toBe(false)
  })
})

test('a stop of a dead node is over at once; a crash or restart during a stop ends it', async () => {
  await passes(async (sim) => {
    const boot = (): void => undefined
    const [a, b, c] = [sim.node('a', boot), sim.node('b', boot), sim.node('c', boot)]
    for (const node of [a, b, c]) node.bus.handle('work', () => wait(1_000))
    const client = sim.node('client')
    for (const { id } of [b, c]) client.bus.request(id, 'work', 0, { timeout: 50 }).catch(() => undefined)
    await sim.sleep(20)
    a.crash()
    await a.stop()
    expect(a.state).toBe('crashed')
    const stops = [b.stop(), c.stop()]
    await sim.sleep(5)
    b.crash()
    c.restart()
    const begun = sim.now
    await Promise.all(stops)
    expect(sim.now).toBe(begun)
    expect([b.state, c.state]).toEqual(['crashed', 'booting'])
    await sim.sleep(10_000)
    expect(c.state).toBe('running')
  })
})

test('a node may stop itself, and a paused node is stopped when its grace is over', async () => {
  await passes(async (sim) => {
    const server = sim.node('server', (node) => node.bus.handle('leave', () => void node.stop(50)))
    await sim.node('client').bus.request('server', 'leave')
    await sim.sleep(100)
    expect(server.state).toBe('stopped')
    const paused = sim.node('paused', () => undefined)
    await sim.sleep(1)
    paused.pause()
    await paused.stop(30)
    expect(paused.state).toBe('stopped')
    await expect(paused.stop(-1)).rejects.toThrow('stop(graceMs)')
  })
})

test('what a node has written is on its disk after a graceful stop, synced or not', async () => {
  await passes(
    async (sim) => {
      const node = sim.node('n')
      await node.storage.write('a', 1)
      await node.stop()
      node.restart()
      expect(await node.storage.read('a')).toEqual({ value: 1, version: 1 })
    },
    { iterations: 20 },
  )
})

test("a stopping node takes no new message, also where a user's method looks like one of the system", async () => {
  await passes(
    async (sim) => {
      const handled: string[] = []
      const server = sim.node('server', (node) => {
        for (const method of ['$mine', '$actor.mine', 'plain']) node.bus.handle(method, () => void handled.push(method))
        node.bus.handle('slow', () => sim.sleep(200))
      })
      const client = sim.node('client')
      const slow = client.bus.request('server', 'slow')
      await sim.sleep(20)
      const stopped = server.stop()
      for (const method of ['$mine', '$actor.mine', 'plain']) void client.bus.send('server', method)
      await slow
      await stopped
      expect(handled).toEqual([])
      server.restart()
      await client.bus.request('server', '$mine')
      expect(handled).toEqual(['$mine'])
    },
    { iterations: 5 },
  )
})

const restartTwice = (sim: Simulation): void => {
  const a = sim.node('a', (node) => void setInterval(() => sim.log(`${node.incarnation}`), 5))
  a.stopThen(1_000, () => a.restart())
  a.restart()
}

test('who restarts a node when its stop ends, and who restarts it meanwhile, restart it once', async () => {
  await passes(
    async (sim) => {
      restartTwice(sim)
      const a = sim.node('a')
      expect(a.incarnation).toBe(2)
      await sim.sleep(2_000)
      expect([a.incarnation, a.state]).toEqual([2, 'running'])
      let told = 0
      a.stopThen(1_000, () => told++)
      a.stopThen(1_000, () => a.restart())
      a.stopThen(1_000, () => (a.restart(), told++))
      a.crash()
      expect([told, a.incarnation]).toEqual([2, 4])
    },
    { nodes: 2 },
  )
})

test('one node has one living incarnation, whatever stops, crashes and restarts it', async () => {
  const newest = new Map<string, number>()
  await passes(
    async (sim) => {
      newest.clear()
      for (const node of sim.nodes) {
        node.start(async (self) => {
          await wait(5)
          const { incarnation } = self
          setInterval(() => {
            expect(incarnation).toBeGreaterThanOrEqual(newest.get(self.id) ?? 0)
            newest.set(self.id, incarnation)
          }, 3)
        })
      }
      for (let i = 0; i < 100; i++) {
        const node = sim.random.pick(sim.nodes)
        const act = sim.random.below(5)
        if (act === 0) node.restart()
        else if (act === 1) node.crash()
        else if (act === 2) node.stopThen(sim.random.below(50), () => node.restart())
        else if (act === 3) void node.stop(20).then(() => node.restart())
        else node.wipe()
        await sim.sleep(sim.random.between(4, 40))
      }
    },
    {
      nodes: 3,
      iterations: 100,
      chaos: { crash: { every: [5, 40], lasts: [5, 60], graceful: 0.7, graceMs: 30 }, pause: true },
    },
  )
})

test('a second living incarnation fails the seed, unless that invariant is off', async () => {
  const body = (sim: Simulation): void => {
    const a = sim.node('a')
    // The planted bug: nothing dies any more.
    Object.assign(a, { die: () => undefined })
    a.restart()
  }
  const failure = await failureOf(body)
  expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'a node has at most one living incarnation' })
  expect(failure.message).toContain('a still lives when incarnation 2 of a begins')
  await passes(body, { invariants: { incarnations: false } })
})
