/** Recording must not change what code under test can see: else a replay is another run than the one that failed. */
import { expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { Coverage } from '../../src/assertions/coverage.ts'
import { Driver } from '../../src/world/drive.ts'
import { Iteration } from '../../src/world/iteration.ts'
import type { IterationPlan } from '../../src/world/iteration-plan.ts'
import { resolveOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { plainHost } from '../../src/virtual/host.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { passes } from '../verdict/verdict.ts'

installVirtualGlobals()

const Shop = actor('shop', () => ({
  buy: () => {
    throw new RangeError('sold out')
  },
}))

/** Everything a nosy test can learn of messages and errors, as text. */
async function look(sim: Simulation, seen: string[]): Promise<void> {
  const tell = (what: string, value: unknown): void => {
    const keys = typeof value === 'object' && value !== null ? Reflect.ownKeys(value).map(String) : []
    seen.push(`${what} ${JSON.stringify(value)} ${keys.join()} ${value instanceof Error ? frames(value) : ''}`)
  }
  sim.network.rule((message) => {
    tell(`${message.kind} ${message.method}`, message.payload)
    return 'pass'
  })
  sim.node('server', (node) => {
    node.bus.handle('throws', () => {
      throw new TypeError('planted')
    })
    node.bus.handle('rejects', async (payload) => {
      await sim.sleep(1)
      throw Object.assign(new Error('planted'), { payload })
    })
    node.bus.handle('silent', () => new Promise(() => {}))
    node.bus.handle('relays', () => node.bus.request('server', 'silent', 1, { timeout: 20 }))
  })
  const client = sim.node('client')
  const outcomes = [
    () => client.bus.request('server', 'throws', { a: 1 }),
    () => client.bus.request('server', 'rejects', { a: [1] }),
    () => client.bus.request('server', 'relays', 1, { timeout: 100 }),
    () => client.bus.request('server', 'missing'),
    () => client.bus.request('nobody', 'at home'),
    () => client.bus.request('server', 'silent', 1, { timeout: 30, retry: { attempts: 2 } }),
    () => client.actors.request(Shop('x'), 'buy', undefined as never),
    () => client.storage.write('k', 1, { ifVersion: 7 }),
    () => client.run(() => Promise.reject(new Error('planted'))),
  ]
  for (const outcome of outcomes) await outcome().catch((error: unknown) => tell('caught', error))
  sim.node('server').crash({ peers: 'reset' })
  await client.bus.request('server', 'throws', 1, { timeout: 10 }).catch((error: unknown) => tell('dead', error))
  tell('metrics', sim.metrics)
}

/** Below the test's own frames lie the driver's, which differ by the slice. */
const frames = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => !/node:internal|\/src\//.test(line))
    .join()

async function seenBy(recording: boolean, seed: number): Promise<string[]> {
  const seen: string[] = []
  const resolved = resolveOptions({ chaos: { loss: 0.1, duplication: 0.3 }, nodes: 2 })
  const plan = { ...resolved, seed, number: 1, coverage: new Coverage(), mask: new Set(), recording }
  const driver = new Driver(plainHost)
  const iteration = new Iteration((sim) => look(sim, seen), plan as unknown as IterationPlan)
  await driver.run(iteration)
  await driver.leave()
  expect(iteration.result().trace !== undefined).toBe(recording)
  return seen
}

test('a recorded run shows the same payloads, errors and stacks as one that is not', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const seen = await seenBy(false, seed)
    expect(seen.length).toBeGreaterThan(20)
    expect(await seenBy(true, seed), `seed ${seed}`).toEqual(seen)
  }
})

test('a rule that measures payloads gives no false alarm', async () => {
  await passes(
    async (sim) => {
      sim.network.rule(({ payload }) => ({ delay: JSON.stringify(payload ?? null).length }))
      sim.node('server', (node) => {
        node.bus.handle('ask', () => {
          throw new Error('planted')
        })
      })
      const client = sim.node('client')
      await client.bus.request('server', 'ask').catch(() => undefined)
      if (sim.iteration === 3) await client.bus.request('server', 'ask').catch(() => undefined)
    },
    { determinism: 1 },
  )
})
