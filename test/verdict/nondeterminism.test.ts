import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'
import { real } from '../../src/virtual/real.ts'
import { failureOf, passes } from './verdict.ts'

/** Compares every iteration. */
const always = { determinism: 1 }

test('state that survives an iteration: the first differing event is named', async () => {
  let survivor = 0
  const body =
    (clean: boolean) =>
    async (sim: Simulation): Promise<void> => {
      if (clean) survivor = 0
      await sim.sleep(5)
      survivor++
      await sim.sleep(survivor)
    }
  const failure = await failureOf(body(false), always)
  expect(failure).toMatchObject({ kind: 'Nondeterminism', name: 'same seed, different run' })
  expect(failure.message).toMatch(/the same seed ran differently: first differing event is 3:/)
  expect(failure.message).toMatch(/one run: 8 ms sleep \(test\)\n {2}another: 9 ms sleep \(test\)/)
  expect(failure.message).toContain('module variables, caches, mocks')
  expect(failure.event).toBe(3)
  await passes(body(true), always)
})

test('a cache that only the first run fills is found, too', async () => {
  let cached = false
  const body = async (sim: Simulation): Promise<void> => {
    await sim.sleep(cached ? 1 : 2)
    cached = true
  }
  const failure = await failureOf(body, always)
  expect(failure.kind).toBe('Nondeterminism')
  expect(failure.message).toContain('the first run left something behind')
})

test('by default every 20th iteration is compared: a drift that goes on is found, a short run is not repeated', async () => {
  let runs = 0
  const drifts = async (sim: Simulation): Promise<void> => sim.sleep(++runs)
  const failure = await failureOf(drifts, { iterations: 40 })
  expect(failure.kind).toBe('Nondeterminism')
  runs = 0
  await passes(drifts, { iterations: 19 })
  expect(runs).toBe(19)
})

test('a replay is compared at once: else that of a seed which ran in two ways would pass', async () => {
  let runs = 0
  const drifts = async (sim: Simulation): Promise<void> => sim.sleep(++runs)
  const replay = { alone: true, seed: 7 }
  expect(await failureOf(drifts, {}, replay)).toMatchObject({ kind: 'Nondeterminism' })
  await passes(drifts, { determinism: 0 }, replay)
  await passes((sim) => sim.sleep(5), {}, replay)
})

test('real randomness and real time, captured before the simulation, are found', async () => {
  const sources: Record<string, () => number> = {
    'Math.random': () => real.mathRandom(),
    'performance.now': () => real.performanceNow() % 1,
    'process.hrtime': () => Number(real.hrtimeBigint() % 1_000_003n) / 1_000_003,
  }
  for (const [name, source] of Object.entries(sources)) {
    const failure = await failureOf((sim) => sim.sleep(1 + source() * 100), always)
    expect(failure.kind, name).toBe('Nondeterminism')
    expect(failure.message, name).toMatch(/first differing event is 2:\n {2}one run: \S+ ms sleep/)
  }
  await passes((sim) => sim.sleep(1 + Math.random() * 100 + (performance.now() % 1)), always)
})

test('one run that goes on longer: the other had ended', async () => {
  let runs = 0
  const failure = await failureOf(async (sim) => {
    await sim.sleep(1)
    if (++runs % 2 === 1) await sim.sleep(1)
  }, always)
  expect(failure.kind).toBe('Nondeterminism')
  expect(failure.message).toContain('it had ended')
})

test('draws that change no event are told apart', async () => {
  let runs = 0
  const failure = await failureOf((sim) => {
    for (let i = 0; i < runs; i++) sim.random.float()
    runs++
  }, always)
  expect(failure.kind).toBe('Nondeterminism')
  expect(failure.message).toContain('the events are the same but the random draws are not')
})

test('a failure that does not come again is reported as nondeterminism, with the failure', async () => {
  let runs = 0
  const failure = await failureOf(async (sim) => {
    await sim.sleep(1)
    if (++runs === 1) throw new Error('only once')
  })
  expect(failure.kind).toBe('Nondeterminism')
  expect(failure.message).toContain('the first run failed with BodyFailed: only once')
})

test('the first error counts, not that of the run which only looks again', async () => {
  const bodies: Record<string, (run: number) => unknown> = {
    'another message': (run) => new Error(`attempt ${run}`),
    'another name': (run) => (run === 1 ? new Error('attempt 1') : new TypeError('attempt 1')),
  }
  for (const [what, errorOf] of Object.entries(bodies)) {
    let runs = 0
    const result = await checkSimulation(
      async (sim) => {
        await sim.sleep(3)
        throw errorOf(++runs)
      },
      { iterations: 3, seed: 7 },
    )
    expect(result.failure?.failure, what).toMatchObject({ kind: 'BodyFailed', name: 'Error', message: 'attempt 1' })
    expect(result.failure?.differed, what).toMatch(
      /^Nondeterminism: .*the same seed ran differently: run again, it failed with BodyF/,
    )
  }
})

test('a deterministic failure is that failure', async () => {
  const failure = await failureOf(async (sim) => {
    await sim.sleep(sim.random.below(50))
    throw new Error('every time')
  })
  expect(failure).toMatchObject({ kind: 'BodyFailed', message: 'every time' })
})

test('determinism: 0 compares nothing, 0.5 every second iteration', async () => {
  const calls: number[] = []
  const body = (sim: Simulation): void => void calls.push(sim.iteration)
  await passes(body, { iterations: 6, determinism: 0 })
  expect(calls).toEqual([1, 2, 3, 4, 5, 6])
  calls.length = 0
  await passes(body, { iterations: 6, determinism: 0.5 })
  expect(calls).toHaveLength(9)
})
