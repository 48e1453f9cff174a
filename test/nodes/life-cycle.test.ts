import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { NodeCrashed } from '../../src/nodes/errors.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { Simulation } from '../../src/world/door.ts'
import { nothingRunsFromDeadNodes, sameSeedSameDigest } from '../laws/laws.ts'
import { failureOf, passes } from '../verdict/verdict.ts'
import { nodeInside } from '../helpers/inside.ts'

/** A node with a timer, an interval, a waiting promise chain and a handler; all of them write to `log`. */
function busy(sim: Simulation, id: string, log: string[]) {
  return sim.node(id, (node) => {
    const say = (what: string): void => void log.push(`${what} ${node.incarnation}`)
    setTimeout(() => say('timer'), 20)
    setInterval(() => say('interval'), 15)
    void (async () => {
      for (;;) {
        await wait(7)
        say('loop')
      }
    })()
    node.bus.handle('ask', async () => {
      say('ask')
      await wait(30)
      say('answer')
      return 'done'
    })
  })
}

describe('a crash', () => {
  test('ends everything at once: timers, intervals, promise chains and handlers under way', async () => {
    await passes(
      async (sim) => {
        const log: string[] = []
        const node = busy(sim, 'server', log)
        const asked = sim.node('client').bus.request('server', 'ask', 0, { timeout: 100 })
        await sim.sleep(16)
        const before = [...log]
        expect(before).toContain('interval 1')
        expect(before).toContain('ask 1')
        node.crash()
        expect(node).toMatchObject({ state: 'crashed', alive: false })
        await expect(asked).rejects.toMatchObject({ name: 'RequestTimeout' })
        await sim.sleep(500)
        expect(log).toEqual(before)
      },
      { iterations: 1, chaos: { latency: { kind: 'constant', ms: 4 } } },
    )
  })

  test('tells who waits for the node’s own work', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', () => wait(50)))
      const client = sim.node('client')
      const task = client.run(() => wait(1_000))
      const request = client.bus.request('server', 'ask')
      const outcomes = Promise.allSettled([task, request])
      await sim.sleep(5)
      client.crash()
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'NodeCrashed', node: 'client' } })
      }
      expect(sim.now).toBe(5)
      await expect(client.run(() => 1)).rejects.toBeInstanceOf(NodeCrashed)
      expect(client.bus.metrics).toMatchObject({ abandoned: 1 })
      expect([client.bus.pending, nodeInside(client).runningTasks]).toEqual([0, 0])
    })
  })

  test('by the node itself: not even the code after it in the same event goes on later', async () => {
    await passes(async (sim) => {
      const log: string[] = []
      sim.node('server', (node) =>
        node.bus.handle('die', async () => {
          node.crash()
          await wait(1)
          log.push('alive after all')
        }),
      )
      await sim
        .node('client')
        .bus.request('server', 'die', 0, { timeout: 50 })
        .catch(() => undefined)
      await sim.sleep(50)
      expect(log).toEqual([])
    })
  })

  test('by the node itself, with a restart: the old code answers and sends nothing any more', async () => {
    await passes(async (sim) => {
      const heard: unknown[] = []
      sim.node('other', (node) => node.bus.handle('note', (n: unknown) => void heard.push(n)))
      sim.node('server', (node) =>
        node.bus.handle('again', () => {
          node.restart()
          node.bus.send('other', 'note', 'last words').catch(() => undefined)
          return 'answered'
        }),
      )
      const answer = sim.node('client').bus.request('server', 'again', 0, { timeout: 50 })
      await expect(answer).rejects.toMatchObject({ name: 'RequestTimeout' })
      expect(heard).toEqual([])
    })
  })

  test('twice is once; pausing and resuming a dead node does nothing', async () => {
    await passes(async (sim) => {
      const node = sim.node('n', () => undefined)
      await sim.sleep(1)
      node.crash()
      node.crash()
      node.pause()
      node.resume()
      expect(node).toMatchObject({ state: 'crashed', incarnation: 1 })
    })
  })

  test('of a paused or booting node is final, too', async () => {
    await passes(async (sim) => {
      const log: string[] = []
      const paused = busy(sim, 'paused', log)
      const booting = sim.node('booting', async () => {
        await wait(60)
        log.push('booted')
      })
      await sim.sleep(3)
      paused.pause()
      await sim.sleep(40)
      paused.crash()
      booting.crash()
      paused.resume()
      await sim.sleep(100)
      expect(log).not.toContain('timer 1')
      expect(log).not.toContain('booted')
      expect([paused.state, booting.state]).toEqual(['crashed', 'crashed'])
    })
  })

  test('no message of the dead incarnation counts: its answers come late', async () => {
    await passes(async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', () => 1))
      let answers = 0
      const client = sim.node('client', (node) => {
        if (node.incarnation === 1)
          node.bus.request('server', 'ask').then(
            () => answers++,
            () => answers++,
          )
      })
      await sim.sleep(0.5)
      client.restart()
      await sim.sleep(100)
      expect(answers).toBe(0)
      expect(client.bus.metrics.lateResponses).toBe(1)
    })
  })
})

describe('a restart', () => {
  test('boots again with empty memory, its handlers registered anew', async () => {
    await passes(async (sim) => {
      const server = sim.node('server', (node) => {
        let count = 0
        node.bus.handle('count', () => ++count)
      })
      const client = sim.node('client')
      const count = (): Promise<unknown> => client.bus.request('server', 'count', 0, { timeout: 50 })
      expect([await count(), await count()]).toEqual([1, 2])
      server.restart()
      expect(server).toMatchObject({ incarnation: 2 })
      expect(await count()).toBe(1)
      server.crash()
      await expect(count()).rejects.toMatchObject({ name: 'RequestTimeout' })
      server.restart()
      expect(server.incarnation).toBe(3)
      expect(await count()).toBe(1)
    })
  })

  test('gives the new incarnation timers and randomness of its own', async () => {
    await passes(async (sim) => {
      const log: string[] = []
      const node = busy(sim, 'n', log)
      const drawn: number[] = []
      sim.node('random', () => void drawn.push(Math.random()))
      await sim.sleep(10)
      node.restart()
      sim.node('random').restart()
      await sim.sleep(25)
      expect(log.filter((line) => line === 'timer 1')).toEqual([])
      expect(log.filter((line) => line === 'timer 2')).toHaveLength(1)
      expect(drawn).toHaveLength(2)
      expect(drawn[0]).not.toBe(drawn[1])
    })
  })

  test('starts the monotonic clock anew and lets the wall clock go on', async () => {
    await passes(async (sim) => {
      const node = sim.node('n')
      const read = (): Promise<[number, number]> => node.run(() => [performance.now(), Date.now()])
      await sim.sleep(100)
      const [, before] = await read()
      node.restart()
      await sim.sleep(7)
      const [monotonic, after] = await read()
      expect(monotonic).toBe(32)
      expect(after - before).toBe(7)
    })
  })
})

describe('a boot', () => {
  test('that takes its time lets messages wait until it has settled, in order', async () => {
    await passes(async (sim) => {
      const heard: unknown[] = []
      const server = sim.node('server', async (node) => {
        await wait(100)
        node.bus.handle('note', (n: unknown) => void heard.push(n))
        node.bus.handle('ask', () => sim.now)
      })
      const client = sim.node('client')
      for (let i = 0; i < 5; i++) await client.bus.send('server', 'note', i)
      const answered = client.bus.request<number>('server', 'ask')
      await sim.sleep(50)
      expect(server.state).toBe('booting')
      expect(heard).toEqual([])
      expect(await answered).toBeGreaterThanOrEqual(100)
      expect(heard).toEqual([0, 1, 2, 3, 4])
      expect(server.state).toBe('running')
    })
  })

  test('that is crashed half-way drops what waited', async () => {
    await passes(async (sim) => {
      const heard: unknown[] = []
      const server = sim.node('server', async (node) => {
        await wait(100)
        node.bus.handle('note', (n: unknown) => void heard.push([node.incarnation, n]))
      })
      const client = sim.node('client')
      await client.bus.send('server', 'note', 'lost')
      await sim.sleep(50)
      server.restart()
      await client.bus.send('server', 'note', 'heard')
      await sim.sleep(300)
      expect(heard).toEqual([[2, 'heard']])
    })
  })
})

describe('a pause', () => {
  test('freezes the node, and everything goes on in its order afterwards', async () => {
    await passes(async (sim) => {
      const log: unknown[] = []
      const server = sim.node('server', (node) => {
        node.bus.handle('note', (n: unknown) => void log.push(n))
        for (const ms of [30, 10, 20]) setTimeout(() => log.push(`timer ${ms}`), ms)
      })
      const client = sim.node('client')
      await sim.sleep(5)
      server.pause()
      for (let i = 0; i < 3; i++) await client.bus.send('server', 'note', i)
      await sim.sleep(100)
      expect(log).toEqual([])
      expect(server.state).toBe('paused')
      server.resume()
      await sim.sleep(0.1)
      expect(log).toEqual(['timer 10', 'timer 20', 'timer 30', 0, 1, 2])
    })
  })

  test('does not stop time: a request made before it times out, once', async () => {
    await passes(
      async (sim) => {
        sim.node('server', (node) => node.bus.handle('ask', () => wait(20)))
        let outcomes = 0
        const client = sim.node('client', (node) => {
          node.bus.request('server', 'ask', 0, { timeout: 50 }).then(
            () => outcomes++,
            () => outcomes++,
          )
        })
        await sim.sleep(5)
        client.pause()
        await sim.sleep(200)
        expect(outcomes).toBe(0)
        client.resume()
        await sim.sleep(1)
        expect(outcomes).toBe(1)
        const { resolved, timedOut, issued } = client.bus.metrics
        expect(resolved + timedOut).toBe(issued)
      },
      { iterations: 30, schedule: 'random' },
    )
  })

  test('a timer that was cleared from outside while its node was paused does not fire', async () => {
    await passes(async (sim) => {
      let fired = false
      let timer: NodeJS.Timeout | undefined
      const node = sim.node('n', () => void (timer = setTimeout(() => (fired = true), 10)))
      await sim.sleep(1)
      node.pause()
      await sim.sleep(50)
      clearTimeout(timer)
      node.resume()
      await sim.sleep(50)
      expect(fired).toBe(false)
    })
  })

  test('of a booting node lets the boot go on after it', async () => {
    await passes(async (sim) => {
      const node = sim.node('n', () => wait(20))
      await sim.sleep(5)
      node.pause()
      await sim.sleep(100)
      expect(node.state).toBe('paused')
      node.resume()
      expect(node.state).toBe('booting')
      await sim.sleep(1)
      expect(node.state).toBe('running')
    })
  })
})

describe('node ids', () => {
  test('name one node each, in order of creation', async () => {
    await passes(
      (sim) => {
        sim.node('x', () => undefined)
        expect(sim.nodes.map(({ id, index }) => [id, index])).toEqual([
          ['n1', 0],
          ['n2', 1],
          ['x', 2],
        ])
        expect(sim.node('n1')).toBe(sim.nodes[0])
        expect(sim.node('n1', () => undefined)).toBe(sim.nodes[0])
      },
      { nodes: 2 },
    )
    const twice = await failureOf((sim) => {
      sim.node('x', () => undefined)
      sim.node('x', () => undefined)
    })
    expect(twice.message).toContain("node id 'x' is taken")
  })
})

/** Crashes and restarts at random times, with traffic; `leak` plants code that outlives its node. */
const violent: Body = async (sim) => {
  const log: string[] = []
  for (const id of ['a', 'b', 'c']) busy(sim, id, log)
  for (let i = 0; i < 25; i++) {
    const [from, to] = sim.random.shuffle([...sim.nodes])
    if (from === undefined || to === undefined) break
    if (from.alive) from.bus.request(to.id, 'ask', i, { timeout: 30 }).catch(() => undefined)
    await sim.sleep(sim.random.below(10))
    const victim = sim.random.pick(sim.nodes)
    const what = sim.random.weighted([
      ['crash', 4],
      ['restart', 3],
      ['pause', 1],
      ['resume', 2],
      ['sleep', 4],
    ] as const)
    if (what !== undefined && what !== 'sleep') victim[what]()
  }
}

describe('laws', () => {
  test('nothing runs from a dead node', async () => {
    const seeds = Array.from({ length: 100 }, (_, seed) => seed)
    const crashes = await nothingRunsFromDeadNodes(violent, seeds)
    expect(crashes).toBeGreaterThan(300)
  })

  test('violence is deterministic', async () => {
    await sameSeedSameDigest(violent, { seed: 3, iterations: 20 })
  })

  test('the law bites when an event of a dead owner runs', async () => {
    const zombie: Body = async (sim) => {
      const node = sim.node('n', () => void setInterval(() => undefined, 5))
      await sim.sleep(7)
      const { owner } = nodeInside(node)
      node.crash()
      owner.alive = true
      await sim.sleep(20)
    }
    await expect(nothingRunsFromDeadNodes(zombie, [1])).rejects.toThrow("'timer' of n after its crash")
  })
})
