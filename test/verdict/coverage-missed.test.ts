import { expect, test } from 'vitest'
import { reachable, sometimes, sometimesAll, sometimesEach, sometimesGreaterThan } from '../../src/assertions/sdk.ts'
import { untilAllSometimesReached } from '../../src/runner/iteration-control.ts'
import type { RunContext } from '../../src/runner/run-context.ts'
import { type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'
import { missedText } from '../../src/runner/failure-text.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import { passes } from './verdict.ts'

async function missedBy(body: Body, options: SimulationOptions, context?: RunContext): Promise<SimulationResult> {
  const result = await checkSimulation(body, { seed: 7, ...options }, context)
  expect(result).toMatchObject({ status: 'failed', stopReason: 'coverage missed', failure: undefined })
  expect(result.missed.length).toBeGreaterThan(0)
  return result
}

const until5 = { iterations: untilAllSometimesReached(5) }

test('untilAllSometimesReached used up: fails, and names what was never reached', async () => {
  const result = await missedBy(() => {
    sometimes(true, 'reached')
    sometimes(false, 'never true')
  }, until5)
  expect(result.iterations).toBe(5)
  expect(result.missed).toMatchObject([{ kind: 'sometimes', name: 'never true', hits: 0, misses: 5, required: true }])
  const twin = await passes((sim) => sometimes(sim.iteration === 3, 'in the third'), until5)
  expect(twin).toMatchObject({ iterations: 3, stopReason: 'all sometimes reached' })
})

test('every kind of sometimes counts', async () => {
  const body: Body = () => {
    sometimesAll({ a: true, b: false }, 'both')
    sometimesEach('role', 'leader', ['leader', 'follower'])
    sometimesGreaterThan(3, 5, 'many')
  }
  const { missed } = await missedBy(body, until5)
  expect(missed.map(({ name }) => name).sort()).toEqual(['both', 'many', 'role: follower'])
  await passes((sim) => {
    sometimesAll({ a: true, b: sim.iteration > 1 }, 'both')
    sometimesEach('role', sim.iteration > 1 ? 'follower' : 'leader', ['leader', 'follower'])
    sometimesGreaterThan(4 + sim.iteration, 5, 'many')
    if (sim.iteration === 4) reachable('late')
  }, until5)
})

test('a site inside the body that never ran is required', async () => {
  const bodySites = [{ kind: 'reachable', name: 'deep inside' }] as const
  const { missed } = await missedBy(() => sometimes(true, 'ran'), until5, { bodySites })
  expect(missed).toMatchObject([{ kind: 'reachable', name: 'deep inside', hits: 0, misses: 0 }])
  await passes(() => reachable('deep inside'), until5, { bodySites })
})

test('names given by the test must be reached under every control', async () => {
  const named = { sometimes: ['response received', 'my own'] }
  for (const iterations of [3, untilAllSometimesReached(3)]) {
    const { missed } = await missedBy(() => undefined, { iterations, ...named })
    expect(missed.map(({ name }) => name).sort()).toEqual(['my own', 'response received'])
  }
  await passes(
    async (sim) => {
      sim.node('server', (node) => node.bus.handle('ask', () => 1))
      await sim.node('client').bus.request('server', 'ask')
      sometimes(true, 'my own')
    },
    { iterations: 3, ...named },
  )
})

test('what the bus itself counts is nobody’s duty unless asked for by name', async () => {
  await passes(() => undefined, until5)
})

test('a sometimes of the user is not reached by the bus’ own of the same name', async () => {
  const { missed } = await missedBy(async (sim) => {
    sim.node('server', (node) => node.bus.handle('ask', () => 1))
    await sim.node('client').bus.request('server', 'ask')
    sometimes(false, 'response received')
  }, until5)
  expect(missed).toMatchObject([{ name: 'response received', hits: 0 }])
})

test('a fixed count alone does not ask for coverage', async () => {
  await passes(() => sometimes(false, 'never true'), { iterations: 3 })
})

test('a seed that runs alone is not judged by its coverage', async () => {
  const result = await checkSimulation(() => sometimes(false, 'never true'), until5, { seed: 3, alone: true })
  expect(result).toMatchObject({ status: 'passed', iterations: 1 })
})

test('the option sometimes is judged with the seed of the test itself, too', async () => {
  const options = { seed: 9, sometimes: ['my own'], iterations: undefined as never }
  const { missed, iterations } = await missedBy(() => sometimes(false, 'my own'), options)
  expect(iterations).toBe(1)
  expect(missed).toMatchObject([{ name: 'my own' }])
  await passes(() => sometimes(true, 'my own'), options)
  await passes(() => sometimes(false, 'my own'), options, { seed: 3, alone: true })
})

test('where no site is known, or code around the test has unseen ones, ten iterations run at least', async () => {
  const control = { iterations: untilAllSometimesReached(100) }
  const late = (sim: { iteration: number }): void => {
    if (sim.iteration === 4) sometimes(true, 'in a module')
  }
  expect(await passes(late, control)).toMatchObject({ iterations: 10, stopReason: 'all sometimes reached' })
  expect(await passes(() => undefined, { iterations: untilAllSometimesReached(6) })).toMatchObject({ iterations: 6 })
  const early = (): void => sometimes(true, 'at once')
  expect(await passes(early, control, { unseenSites: () => true })).toMatchObject({ iterations: 10 })
  expect(await passes(early, control, { unseenSites: () => false })).toMatchObject({ iterations: 1 })
  const { iterations } = await missedBy((sim) => sim.iteration === 4 && sometimes(false, 'x'), until5)
  expect(iterations).toBe(5)
})

test('the closest value of a numeric assertion is named', async () => {
  const { missed, iterations } = await missedBy((sim) => {
    sometimesGreaterThan(sim.iteration, 9, 'many')
    sometimesAll({ a: true, b: sim.iteration > 1, c: false }, 'together')
    sometimes(false, 'plain')
  }, until5)
  expect(missedText(missed, iterations, () => '')).toMatchInlineSnapshot(`
    "3 of the required sites were never reached in 5 iterations:
      never: many (false 5×, closest 5, wanted > 9)
      never: together (false 5×, closest 2, wanted >= 3)
      never: plain (false 5×)"
  `)
})

test('a failing seed is the verdict, not the coverage it did not reach', async () => {
  const result = await checkSimulation(() => {
    sometimes(false, 'never true')
    throw new Error('planted')
  }, until5)
  expect(result).toMatchObject({ status: 'failed', stopReason: 'failure', missed: [] })
})
