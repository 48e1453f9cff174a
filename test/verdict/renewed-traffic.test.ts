/** Traffic that goes on for ever is healthy; what never ends is a leak also in the midst of it. */
import { expect, test } from 'vitest'
import { RequestTimeout } from '../../src/bus/errors.ts'
import type { SimulationNode as Node } from '../../src/world/door.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { actor } from '../../src/actors/actor.ts'
import { failureOf, passes } from './verdict.ts'

const nothing = (): void => undefined
const five = ['a', 'b', 'c', 'd', 'e']

/** Systems that never rest, each healthy. */
const systems: Readonly<Record<string, (sim: Simulation) => void>> = {
  'beats of 20 ms over a link of 30 ms': (sim) => {
    sim.node('b', (node) => node.bus.handle('beat', nothing))
    sim.node('a', (node) => void setInterval(() => void node.bus.send('b', 'beat', 1).catch(nothing), 20))
    sim.network.link('a', 'b').set({ latency: { kind: 'constant', ms: 30 } })
  },
  'five nodes that beat every 5 ms': (sim) => {
    for (const id of five) {
      sim.node(id, (node) => {
        node.bus.handle('beat', nothing)
        const beat = (): void => {
          for (const to of five) if (to !== id) void node.bus.send(to, 'beat').catch(nothing)
        }
        setInterval(beat, 5)
      })
    }
  },
  'a worker that asks again at once': (sim) => {
    sim.node('server', (node) => node.bus.handle('work', () => 1))
    sim.node('worker', (node) => void forEver(() => node.bus.request('server', 'work', 0, { timeout: 200 })))
  },
  'workers whose server thinks': (sim) => {
    sim.node('server', (node) => node.bus.handle('work', () => sim.sleep(50)))
    for (const id of five) {
      sim.node(id, (node) => void forEver(() => node.bus.request('server', 'work', 0, { timeout: 500 })))
    }
  },
  'pollers with retry': (sim) => {
    sim.node('server', (node) => node.bus.handle('poll', () => 1))
    for (const id of five) {
      const options = { timeout: 100, retry: { attempts: 5, delay: 30 } }
      sim.node(id, (node) => void forEver(() => node.bus.request('server', 'poll', 0, options)))
    }
  },
  'long polls that end by their timeout': (sim) => {
    sim.node('server', (node) => node.bus.handle('poll', () => sim.sleep(5_000)))
    sim.node('client', (node) => void forEver(() => node.bus.request('server', 'poll', 0, { timeout: 2_000 })))
  },
  'disks that are written to all the time': (sim) => {
    sim.node('disk', (node) => void forEver(() => node.storage.write('x', 1).then(() => node.storage.sync())))
  },
}

async function forEver(work: () => Promise<unknown>): Promise<never> {
  for (;;) await work().catch(nothing)
}

const pending = (sim: Simulation) => (): true | string => {
  const busy = sim.nodes.filter((node) => node.bus.pending > 0).map((node) => node.id)
  return busy.length === 0 || `pending on ${busy.join(', ')}`
}

const settings: readonly SimulationOptions[] = [
  {},
  { chaos: 'random', iterations: 10 },
  { chaos: 'swarm', iterations: 10 },
]

for (const [name, system] of Object.entries(systems)) {
  test(`healthy: ${name}`, async () => {
    for (const options of settings) {
      await passes(async (sim) => {
        system(sim)
        sim.invariant('nothing is pending', pending(sim), { when: 'quiet' })
        sim.invariant('nothing is under way', () => sim.metrics.pending === 0, { when: 'quiet' })
        await sim.sleep(300)
        if (sim.seed % 2 === 0) await sim.quiesce()
      }, options)
    }
  })

  test(`a request that never ends is a leak beside ${name}`, async () => {
    for (const from of ['before', 'after'] as const) {
      const failure = await failureOf(
        async (sim) => {
          system(sim)
          sim.node('silent', (node) => node.bus.handle('stick', () => new Promise(nothing)))
          const asking = sim.node('asking')
          const stick = (): void => void asking.bus.request('silent', 'stick', 0, { timeout: Infinity })
          if (from === 'before') stick()
          // Begun when all is mended, while the system is looked at.
          else asking.run(() => void setTimeout(stick, 60)).catch(nothing)
          await sim.sleep(50)
        },
        { limits: { quiesceMs: 6_000 } },
      )
      expect(failure.kind).toBe('Leak')
      expect(failure.message).toMatch(/request 'stick' #\d+ from asking to silent, since/)
    }
  })
}

test('a quiet invariant that never holds fails where nothing ever rests, one that holds at times does not', async () => {
  const body = (holds: (n: number) => boolean) => async (sim: Simulation) => {
    let count = 0
    sim.node('server', (node) => node.bus.handle('work', () => count++))
    sim.node('worker', (node) => void forEver(() => node.bus.request('server', 'work')))
    sim.invariant('count is right', () => holds(count) || `it is ${count}`, { when: 'quiet' })
    await sim.sleep(20)
  }
  await passes(body((n) => n % 3 === 0))
  const failure = await failureOf(body((n) => n < 0))
  expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'count is right' })
})

test('between two attempts a request is pending', async () => {
  const seen: number[] = []
  const body = async (sim: Simulation): Promise<void> => {
    let heard = 0
    sim.node('server', (node) => node.bus.handle('ask', () => (heard++ < 2 ? sim.sleep(1_000) : 'yes')))
    const client = sim.node('client')
    let answer: unknown
    sim.invariant('it is answered', () => answer === 'yes', { when: 'quiet' })
    client.bus
      .request('server', 'ask', 0, { timeout: 50, retry: { attempts: 5, delay: 2_000 } })
      .then((value) => (answer = value))
      .catch(nothing)
    for (let i = 0; i < 10; i++) {
      await sim.sleep(200)
      seen.push(client.bus.pending, sim.metrics.pending)
    }
  }
  await passes(body)
  expect(new Set(seen)).toEqual(new Set([1]))
})

test('a node that crashes between two attempts leaves nothing pending, and its callers learn it', async () => {
  await passes(async (sim) => {
    sim.node('server', (node) => node.bus.handle('ask', () => new Promise(nothing).then(nothing, nothing)))
    const client = sim.node('client', nothing)
    sim.node('server').crash()
    const answer = client.bus.request('server', 'ask', 0, { timeout: 50, retry: { attempts: 5, delay: 10_000 } })
    const outcome = answer.then(nothing, (error: Error) => error.name)
    await sim.sleep(100)
    expect(client.bus.pending).toBe(1)
    client.crash()
    expect(client.bus.pending).toBe(0)
    const before = sim.now
    expect(await outcome).toBe('NodeCrashed')
    expect(sim.now).toBe(before)
  })
})

test('storage and the operations of a workload are waited for', async () => {
  await passes(async (sim) => {
    const node = sim.node('n')
    const other = sim.node('o', nothing)
    let written = false
    let done = 0
    sim.invariant('it is written', () => written, { when: 'quiet' })
    void node.storage.write('x', 1).then(() => (written = true))
    void other.run(() => void other.storage.write('x', 1)).catch(nothing)
    const work = { draw: () => 0, weight: 1, run: () => sim.sleep(100).then(() => void done++) }
    const workload = sim.workload({ work }, { operations: 1, thinkTime: [0, 0] })
    await sim.quiesce()
    expect(written).toBe(true)
    expect(done).toBe(1)
    await workload
    other.crash()
  })
})

test('an operation may wait for quiet itself', async () => {
  for (const late of [false, true]) {
    await passes(async (sim) => {
      sim.node('beating', () => void setInterval(nothing, 10))
      const quiet = { weight: 1, run: () => (late ? sim.sleep(1).then(() => sim.quiesce()) : sim.quiesce()) }
      expect(await sim.workload({ quiet }, { operations: 3 })).toMatchObject({ ok: 3 })
    })
  }
})

test('a long poll in the background keeps nothing going', async () => {
  const body = (background: boolean) => async (sim: Simulation) => {
    sim.node('server', (node) => {
      node.bus.handle('poll', () => new Promise(nothing))
      node.bus.handle('note', () => new Promise(nothing))
    })
    const client: Node = sim.node('client', (node) => {
      node.bus.request('server', 'poll', 0, { timeout: Infinity, background }).catch(nothing)
      node.bus.send('server', 'note', 0, { background }).catch(nothing)
    })
    await sim.sleep(50)
    expect(client.bus.pending).toBe(background ? 0 : 1)
    if (background) await sim.quiesce()
  }
  for (const options of settings) await passes(body(true), options)
  expect((await failureOf(body(false))).kind).toBe('Leak')
})

test('a request in the background is answered, retried and timed out like any other', async () => {
  await passes(async (sim) => {
    let asked = 0
    sim.node('server', (node) => node.bus.handle('ask', () => (++asked < 3 ? new Promise(nothing) : asked)))
    const { bus } = sim.node('client')
    const options = { timeout: 50, background: true }
    await expect(bus.request('server', 'ask', 0, options)).rejects.toThrow(RequestTimeout)
    expect(await bus.request('server', 'ask', 0, { ...options, retry: { attempts: 3, delay: 10 } })).toBe(3)
    await expect(bus.request('server', 'ask', 0, { background: 1 as never })).rejects.toThrow(/request background is 1/)
    await expect(bus.send('server', 'ask', 0, { background: 'no' as never })).rejects.toThrow(/send background is 'no'/)
    await expect(bus.send('server', 'ask', 0, { timeout: 1 } as never)).rejects.toThrow(/send option 'timeout'/)
  })
})

test('actors that are called for ever are shut down in good order', async () => {
  let ended = 0
  const Counter = actor('counter', (self) => {
    let value = 0
    self.onDeactivate(() => void ended++)
    return { add: (by: number) => (value += by) }
  })
  await passes(
    async (sim) => {
      for (const id of five) {
        sim.node(id, (node) => {
          node.bus.handle('beat', nothing)
          setInterval(() => void node.bus.send(five[0] as string, 'beat').catch(nothing), 3)
          void forEver(() => node.actors.request(Counter(id), 'add', 1, { timeout: 200 }).then(() => sim.sleep(1)))
        })
      }
      await sim.sleep(300)
    },
    { iterations: 5 },
  )
  expect(ended).toBeGreaterThan(0)
})
