import { opendir } from 'node:fs/promises'
import { MessageChannel } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { always, simulation } from 'vitest-simulation'
import type { SimulationNode } from '../../src/world/door.ts'
import { type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'

/** Made outside every simulation, so it is real: what waits for it is woken in real time. */
const { port1, port2 } = new MessageChannel()
port2.on('message', (message: unknown) => port2.postMessage(message))
port1.unref()
port2.unref()

const realWork = (): Promise<void> =>
  new Promise((resolve) => {
    port1.once('message', () => resolve())
    port1.ref()
    port1.postMessage('wake me')
  })

/** What is done after real work, and what the failure says. */
const after: readonly (readonly [string, string, (node: SimulationNode) => unknown])[] = [
  ['the time', 'Date.now', () => Date.now()],
  ['chance', 'Math.random', () => Math.random()],
  ['a timer', 'setTimeout', () => setTimeout(() => {}, 1)],
  ['an assertion that would fail', 'always', () => always(false, 'never')],
  ['the bus', 'the bus, a node or the simulation', (node) => void node.bus.send('b', 'hello')],
  ['nothing but its answer', 'the bus, a node or the simulation', () => 'answer'],
]

describe('code that real work has woken fails the seed', () => {
  test.each(after)('%s', async (_what, api, then) => {
    const { failure } = await checkSimulation(
      async (sim) => {
        const a = sim.node('a')
        sim.node('b', (node) => {
          node.bus.handle('ask', async () => {
            await realWork()
            return then(node)
          })
          node.bus.handle('hello', () => {})
        })
        // Something goes on, long enough for the real work to be done.
        const end = process.hrtime.bigint() + 10_000_000_000n
        void a.bus.request('b', 'ask', undefined, { timeout: 1e7 }).catch(() => {})
        while (process.hrtime.bigint() < end) await sim.sleep(0.001)
      },
      { iterations: 1, shrink: false, determinism: 0, limits: { events: 1e9 } },
    )
    expect(failure?.failure).toMatchObject({ kind: 'RealWork', name: api })
    expect(failure?.failure.message).toContain('sim.real')
    if (!api.startsWith('the ')) expect(failure?.failure.stack).toContain('woken.test.ts')
  })

  test('and real code beside the simulation does not', async () => {
    const { failure } = await checkSimulation(
      async (sim) => {
        await sim.real(async () => {
          await realWork()
          Date.now()
          setTimeout(() => {}, 1)
        })
        await sim.sleep(1)
      },
      { iterations: 5 },
    )
    expect(failure).toBeUndefined()
  })
})

test('and names what has woken it, and where that began', async () => {
  const { failure } = await checkSimulation(
    async (sim) => {
      const end = process.hrtime.bigint() + 10_000_000_000n
      const list = async (): Promise<void> => {
        const folder = await opendir('.')
        // No part of the simulation: each entry is read on another thread.
        for await (const entry of folder) void `${entry.name} ${Date.now()}`
      }
      void list()
      while (process.hrtime.bigint() < end) await sim.sleep(0.001)
    },
    { iterations: 1, shrink: false, determinism: 0, limits: { events: 1e9 } },
  )
  expect(failure?.failure).toMatchObject({ kind: 'RealWork', name: 'Date.now' })
  expect(failure?.failure.message).toMatch(/woken by .*FSREQCALLBACK/)
})

describe('a timer of the test file that runs beside the simulation', () => {
  const beside = async (what: () => void): Promise<SimulationResult> => {
    let calls = 0
    const timer = setInterval(() => {
      calls++
      what()
    }, 1)
    try {
      return await checkSimulation(
        async (sim) => {
          const end = process.hrtime.bigint() + 10_000_000_000n
          while (process.hrtime.bigint() < end && calls < 3) await sim.sleep(0.001)
        },
        { iterations: 3, shrink: false, determinism: 0, limits: { events: 1e9 } },
      )
    } finally {
      clearInterval(timer)
    }
  }

  test('may look at the clock, draw numbers and set timers', async () => {
    let looks = 0
    const result = await beside(() => {
      looks++
      Date.now()
      performance.now()
      Math.random()
      setTimeout(() => {}, 1)
    })
    expect(result.failure?.failure).toBeUndefined()
    expect(result.iterations).toBe(3)
    expect(looks).toBeGreaterThanOrEqual(3)
  })

  test('may not assert, because that would be lost', async () => {
    const { failure } = await beside(() => always(true, 'beside'))
    expect(failure?.failure).toMatchObject({ kind: 'RealWork', name: 'always' })
  })
})

describe('`expect` in code that real work has woken', () => {
  /** Floats beside the body, and does `then` when real work has woken it. */
  const floating =
    (then: () => void) =>
    async (sim: { sleep(ms: number): Promise<void> }): Promise<void> => {
      let isWoken = false
      const float = async (): Promise<void> => {
        await realWork()
        then()
        isWoken = true
      }
      void float()
      const end = process.hrtime.bigint() + 10_000_000_000n
      while (process.hrtime.bigint() < end && !isWoken) await sim.sleep(0.001)
      await sim.sleep(1)
    }
  const options = { iterations: 1, determinism: 0, shrink: false, limits: { events: 1e9 } } as const

  simulation.fails(
    'fails the seed',
    options,
    floating(() => expect(1).toBe(1)),
  )
  simulation.test(
    'and without it the same passes',
    options,
    floating(() => {}),
  )
})
