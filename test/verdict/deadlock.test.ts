import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'
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

/** A lock as anybody writes one. */
class Lock {
  private held = false
  private readonly queue: (() => void)[] = []

  async acquire(): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => void this.queue.push(resolve))
    this.held = true
  }

  release(): void {
    this.held = false
    this.queue.shift()?.()
  }
}

const move = async (sim: Simulation, from: Lock, to: Lock): Promise<void> => {
  await from.acquire()
  await sim.sleep(5)
  await to.acquire()
  to.release()
  from.release()
}

/** Where the second lock of `move` is awaited. */
const inMove =
  /awaits a promise that nothing has settled, since 5 ms[^\n]*at Lock\.acquire [^\n]* ← at move \([^\n]*deadlock\.test\.ts:\d+:\d+\)/

const heartbeats: Record<string, (sim: Simulation) => void> = {
  'of a node': (sim) =>
    void sim.node('a', (node) => {
      setInterval(() => void node.bus.send('b', 'beat', 1), 20)
    }),
  'of the test': () => void setInterval(() => undefined, 20),
  'that requests in a loop': (sim) =>
    void sim.node('a', async (node) => {
      void (async () => {
        for (;;) {
          await node.bus.request('b', 'beat', 1).catch(() => undefined)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      })()
    }),
}

test.each(Object.keys(heartbeats))(
  'two crossed locks beside a heartbeat %s: the locks are the finding',
  async (name) => {
    const body =
      (crossed: boolean) =>
      async (sim: Simulation): Promise<void> => {
        sim.node('b', (node) => node.bus.handle('beat', () => 1))
        heartbeats[name]?.(sim)
        const [one, two] = [new Lock(), new Lock()]
        await Promise.all([move(sim, one, two), crossed ? move(sim, two, one) : move(sim, one, two)])
      }
    const failure = await failureOf(body(true), { limits: { virtualMs: 60_000 } })
    expect(failure).toMatchObject({ kind: 'Deadlock', name: 'nothing comes', owner: 'test', since: 5_000 })
    expect(failure.message).toMatch(/the test body has waited since 5 ms virtual .* although other things went on/)
    expect(failure.message).toMatch(inMove)
    expect(failure.stack).toMatch(/deadlock\.test\.ts:\d+/)
    expect(failure.message, 'nobody who goes on').not.toMatch(/since 5\d,\d/)
    if (name !== 'that requests in a loop') await passes(body(false), { limits: { virtualMs: 60_000 } })
  },
)

test('crossed locks with nothing beside them name the line, too', async () => {
  const failure = await failureOf(async (sim) => {
    const [one, two] = [new Lock(), new Lock()]
    await Promise.all([move(sim, one, two), move(sim, two, one)])
  })
  expect(failure).toMatchObject({ kind: 'Deadlock', name: 'nothing can run', since: 5_000 })
  expect(failure.message).toMatch(inMove)
})

test('a handler that waits for ever while others go on: who, where, since when', async () => {
  const failure = await failureOf(
    async (sim) => {
      sim.node('server', (node) => {
        setInterval(() => undefined, 20)
        node.bus.handle('ask', async () => {
          await sim.sleep(5)
          await new Lock().acquire()
          await new Promise(() => undefined)
        })
      })
      await sim.node('client').bus.request('server', 'ask', 1, { timeout: Infinity })
    },
    { limits: { virtualMs: 60_000 } },
  )
  expect(failure.kind).toBe('Deadlock')
  expect(failure.message).toMatch(/test waits for response to request 'ask' #1 from client to server, since 0 ms \(at/)
  expect(failure.message).toMatch(/server waits for handler of request 'ask' from client, since \S+ ms/)
  expect(failure.message).toMatch(
    /server awaits a promise that nothing has settled, since \S+ ms \(.*deadlock\.test\.ts:\d+/,
  )
})

test('a handler and a boot that never return when the body has: who, where, since when', async () => {
  const { kind, message, stack } = await failureOf(async (sim) => {
    const server = sim.node('server', (node) => {
      node.bus.handle('ask', async () => {
        await new Promise(() => undefined)
      })
    })
    sim.node('late', async () => {
      await new Promise(() => undefined)
    })
    await sim.node('client').bus.send(server.id, 'ask', 1)
    await sim.sleep(50)
  })
  expect(kind).toBe('Leak')
  expect(message).toMatch(/server waits for handler of .*'ask' from client, since \S+ ms/)
  expect(message).toMatch(/server awaits a promise that nothing has settled, since \S+ ms \(.*deadlock\.test\.ts:\d+/)
  expect(message).toMatch(/late waits for boot of late, since 0 ms/)
  expect(message).toMatch(/late awaits a promise that nothing has settled, since 0 ms \(.*deadlock\.test\.ts:\d+/)
  expect(stack).toMatch(/deadlock\.test\.ts/)
})

test('what is slow but comes, and what polls, is no deadlock', async () => {
  const limits = { virtualMs: 60_000 }
  const hours = async (sim: Simulation): Promise<void> => {
    let done: (() => void) | undefined
    sim.node('a', () => {
      let beats = 0
      setInterval(() => ++beats === 1_000 && done?.(), 50)
    })
    await new Promise<void>((resolve) => (done = resolve))
  }
  await passes(hours, { limits })
  const long: Record<string, (sim: Simulation) => Promise<void>> = {
    polls: async (sim) => {
      for (;;) await sim.sleep(20)
    },
    sleeps: async (sim) => {
      sim.node('a', () => void setInterval(() => undefined, 20))
      await sim.sleep(90_000)
    },
  }
  for (const [name, body] of Object.entries(long))
    expect(await failureOf(body, { limits }), name).toMatchObject({ kind: 'LimitExceeded', name: 'virtualMs' })
})

test('following promises changes no digest', async () => {
  const { failure } = await checkSimulation(
    async (sim) => {
      const [one, two] = [new Lock(), new Lock()]
      await Promise.all([move(sim, one, two), move(sim, two, one)])
    },
    { iterations: 3, seed: 7, chaos: 'random', nodes: 2 },
  )
  expect(failure?.failure.kind).toBe('Deadlock')
  expect(failure?.run?.digest).toBe(failure?.digest)
  expect(failure?.differed).toBeUndefined()
})

test('a body that waits beside a chain of timers of its own: the text names the wait, not only what repeats', async () => {
  const chains: Record<string, (sim: Simulation) => void> = {
    timers: () => {
      const beat = (): void => void setTimeout(beat, 10_000)
      beat()
    },
    sleeps: (sim) => {
      void (async () => {
        for (;;) await sim.sleep(10_000)
      })()
    },
  }
  for (const start of Object.values(chains)) {
    const waits = await failureOf(async (sim) => {
      start(sim)
      await new Promise(() => undefined)
    })
    expect(waits.message).toContain('the test body has waited since 0 ms for what does not come, while something else')
    expect(waits.message).toMatch(
      /test awaits a promise that nothing has settled, since 0 ms \(at .*deadlock\.test\.ts/,
    )
    const repeats = await failureOf(async (sim) => {
      for (;;) await sim.sleep(10_000)
    })
    expect(repeats).toMatchObject({ kind: 'LimitExceeded' })
    expect(repeats.message).toContain('the likely cause: something repeats for ever')
  }
})
