import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Body } from '../../src/world/iteration.ts'
import { defaultDrive } from '../../src/world/drive.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'

installVirtualGlobals()

/** Runs `body` on a few seeds and answers what it logged in each iteration, with the digests. */
async function run(body: (log: (...values: unknown[]) => void) => Body, trampoline = false) {
  const logs: unknown[][] = []
  const digests: string[] = []
  const logged = body((...values) => logs.at(-1)?.push(...values))
  const result = await checkSimulation(
    logged,
    { seed: 9, iterations: 3, nodes: 2 },
    {
      drive: { ...defaultDrive, trampoline },
      beforeIteration: () => void logs.push([]),
      onResult: ({ digest }) => void digests.push(digest),
    },
  )
  expect(result.failure?.failure).toBeUndefined()
  expect(result.status).toBe('passed')
  return { logs, digests }
}

test('code on nodes lives in virtual time and its own randomness, the same by either driver', async () => {
  const body =
    (log: (...values: unknown[]) => void): Body =>
    async (sim) => {
      for (const id of ['a', 'b']) {
        sim.node(id, (node) => {
          node.bus.handle('work', async () => {
            await sleep(50 + Math.floor(Math.random() * 50))
            return [node.id, randomUUID(), Date.now() >= Date.UTC(2024, 0, 1), performance.now() < 10_000]
          })
        })
      }
      const [one, two] = sim.nodes
      log(await Promise.all([one?.bus.request('a', 'work', 1), two?.bus.request('b', 'work', 1)]))
      log(Date.now() < Date.UTC(2024, 0, 1, 0, 1))
    }
  const first = await run(body)
  expect(first.logs).toHaveLength(3)
  expect(new Set(first.logs.map((log) => JSON.stringify(log))).size).toBe(3)
  expect(await run(body)).toEqual(first)
  expect(await run(body, true)).toEqual(first)
})

test('timers of a crashed node never fire, those of others do', async () => {
  const { logs } = await run((log) => async (sim) => {
    const tick = (id: string) =>
      sim.node(id, () => {
        const interval = setInterval(() => log(id), 10)
        setTimeout(() => clearInterval(interval), 45)
      })
    const dying = tick('dying')
    tick('living')
    await sim.sleep(25)
    dying.crash()
    await sim.sleep(100)
  })
  for (const log of logs) {
    expect(log.slice(0, 6).filter((id) => id === 'living')).toHaveLength(4)
    expect(log.slice(0, 6).filter((id) => id === 'dying')).toHaveLength(2)
  }
})

test('an error in a timer of a node fails the simulation with its owner', async () => {
  const result = await checkSimulation(
    async (sim) => {
      sim.node('faulty', () => {
        setTimeout(() => {
          throw new RangeError('from a timer')
        }, 30)
      })
      await sim.sleep(1000)
    },
    { seed: 1, iterations: 1 },
  )
  expect(result.status).toBe('failed')
  expect(result.failure?.failure).toMatchObject({
    name: 'RangeError',
    owner: expect.stringContaining('faulty'),
    time: 30_000,
  })
})
