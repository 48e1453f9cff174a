/** The two bugs that hand-written request/response code usually has are found; the correct code passes. */
import { expect, test } from 'vitest'
import { sometimes } from '../../src/assertions/sdk.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from '../network-chaos/check.ts'
import { CallbackManager, LosesTheRace, ReinsertsTheId, answering } from './callback-manager.ts'

/** Phase 2 with a callback manager: pairs, send failures, delays around the timeout. */
const failures =
  (Manager: typeof CallbackManager, pairs: number, requests: number, timeoutMs: number) =>
  async (sim: Simulation): Promise<void> => {
    const managers: CallbackManager[] = []
    sim.invariant('one outcome each', () => {
      for (const { outcomes } of managers) {
        for (const [id, count] of outcomes) if (count > 1) return `request ${id} has ${count} outcomes`
      }
      return true
    })
    sim.invariant(
      'no correlation id leaks',
      () => managers.every(({ pending }) => pending === 0) || managers.map(({ pending }) => pending).join(', '),
      { when: 'quiet' },
    )
    sim.node('server', answering)
    const outcomes = Array.from({ length: pairs }, (_, pair) => {
      const client = sim.node(`client${pair}`)
      const manager = new Manager(client)
      managers.push(manager)
      return client.run(async () => {
        for (let n = 0; n < requests; n++) {
          const outcome = await manager.request('server', n, timeoutMs).then(
            () => 'answered',
            (error: Error) => error.message,
          )
          sometimes(outcome === 'answered', 'answered')
          sometimes(outcome === 'timed out', 'timed out')
          sometimes(outcome.includes('was not sent'), 'send failed')
        }
      })
    })
    await Promise.all(outcomes)
    await sim.sleep(300)
  }

const hostile = { sendFailure: 0.25, latency: { kind: 'uniform', min: 1, max: 100 } } as const
const thousand: SimulationOptions = { iterations: 1_000, seed: 42, determinism: 0.01 }

test('phase 2: one that loses the race between timeout and response fails within 1,000 seeds', async () => {
  const failure = await failureOf(failures(LosesTheRace, 5, 4, 120), { ...thousand, chaos: hostile })
  expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'one outcome each' })
  expect(failure.message).toMatch(/request \d has 2 outcomes/)
})

test('phase 3: one that re-inserts a correlation id fails within 1,000 seeds', async () => {
  const storm = { latency: { kind: 'exponential', min: 1, mean: 30 } } as const
  const failure = await failureOf(failures(ReinsertsTheId, 5, 4, 120), { ...thousand, chaos: storm })
  expect(failure.kind).toBe('InvariantViolation')
  expect(['one outcome each', 'no correlation id leaks']).toContain(failure.name)
})

test('the correct one passes 1,000 seeds of each, and all its outcomes are seen', async () => {
  const { sites } = await passes(failures(CallbackManager, 5, 4, 120), { ...thousand, chaos: hostile })
  for (const name of ['answered', 'timed out', 'send failed']) {
    expect(sites.find((site) => site.name === name)?.hits, name).toBeGreaterThan(100)
  }
  await passes(failures(CallbackManager, 5, 4, 120), { ...thousand, chaos: 'swarm', schedule: 'random' })
})

test('calm and fast, the broken ones pass: it is the faults that find them', async () => {
  const calm = { ...thousand, iterations: 100, chaos: 'calm' } as const
  await passes(failures(LosesTheRace, 5, 4, 120), calm)
  await passes(failures(ReinsertsTheId, 5, 4, 120), calm)
})
