import { expect, test } from 'vitest'
import { sometimes } from '../../src/assertions/sdk.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { fixedCount, timeLimit, untilAllSometimesReached } from '../../src/runner/iteration-control.ts'
import type { Simulation } from '../../src/world/door.ts'
import { real } from '../../src/virtual/real.ts'

const busy = async (sim: Simulation): Promise<void> => {
  for (let i = 0; i < 200; i++) await sim.sleep(1)
}

test('a signal ends the run between two events; that is never a pass', async () => {
  const controller = new AbortController()
  const result = checkSimulation(busy, { iterations: fixedCount(1_000_000) }, { signal: controller.signal })
  real.setTimeout(() => controller.abort(), 30)
  expect(await result).toMatchObject({
    status: 'interrupted',
    stopReason: 'interrupted',
    failure: undefined,
    missed: [],
  })
  expect((await result).iterations).toBeGreaterThan(0)
  expect((await result).iterations).toBeLessThan(1_000_000)
})

test('a signal that is aborted already runs nothing to its verdict', async () => {
  for (const iterations of [1, 5, timeLimit(1_000), untilAllSometimesReached(3)]) {
    const result = await checkSimulation(busy, { iterations }, { signal: AbortSignal.abort() })
    expect(result).toMatchObject({ status: 'interrupted', iterations: 0 })
  }
})

test('a deadline ends the run', async () => {
  const result = await checkSimulation(busy, { iterations: 1_000_000 }, { deadlineMs: 30 })
  expect(result).toMatchObject({ status: 'interrupted', stopReason: 'interrupted' })
  expect(result.realMs).toBeLessThan(1_000)
  expect(await checkSimulation(busy, { iterations: 2 }, { deadlineMs: 60_000 })).toMatchObject({ status: 'passed' })
})

test('one iteration without end is interrupted, too', async () => {
  const endless = async (sim: Simulation): Promise<void> => {
    for (;;) await sim.sleep(0.001)
  }
  const result = await checkSimulation(endless, { iterations: 1 }, { deadlineMs: 30 })
  expect(result).toMatchObject({ status: 'interrupted', iterations: 0 })
})

test('coverage that was missed does not turn an interruption into something else', async () => {
  const body = async (sim: Simulation): Promise<void> => {
    sometimes(false, 'never')
    await busy(sim)
  }
  const options = { iterations: untilAllSometimesReached(1_000_000), sometimes: ['named'] }
  const result = await checkSimulation(body, options, { deadlineMs: 30 })
  expect(result).toMatchObject({ status: 'interrupted', stopReason: 'interrupted' })
})

test('a failure that was found before the interruption is still reported', async () => {
  // The recording of the failing seed is what the deadline interrupts.
  let runs = 0
  const body = async (sim: Simulation): Promise<void> => {
    if (++runs > 1) for (;;) await sim.sleep(0.001)
    throw new Error('planted')
  }
  const result = await checkSimulation(body, { iterations: 3 }, { deadlineMs: 50 })
  expect(result.failure?.failure).toMatchObject({ kind: 'BodyFailed', message: 'planted' })
  expect(result.status).toBe('failed')
})
