/** No single schedule strategy finds everything: each finds a race that plain fifo, and another strategy, does not. */
import { describe, expect, test } from 'vitest'
import { type ScheduleStrategy, scheduleStrategies } from '../../src/chaos/schedule.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf } from '../network-chaos/check.ts'
import { failureDetector, lease, majority, ring, staleRead } from './races.ts'

interface Race {
  readonly body: Body
  readonly strategy: ScheduleStrategy
  /** The strategy finds it within so many seeds. */
  readonly within: number
  /** Does not find it in ten times as many. */
  readonly blind: ScheduleStrategy
  readonly message: RegExp
}

const races: readonly Race[] = [
  { body: ring, strategy: 'fifo', within: 20, blind: 'random', message: /8 hops at 100 ms/ },
  { body: lease, strategy: 'random', within: 20, blind: 'fifo', message: /somebody holds the lease in the end/ },
  { body: staleRead, strategy: 'heavyTail', within: 50, blind: 'fifo', message: /read version \d+ after \d+/ },
  { body: failureDetector, strategy: 'slowPeer', within: 20, blind: 'fifo', message: /given away, and w\d still/ },
  {
    body: majority,
    strategy: 'priority',
    within: 20,
    blind: 'fifo',
    message: /no majority: only r\d of three is left/,
  },
]

/** In which of `iterations` seeds the race is found, if in any. */
async function foundAt(body: Body, schedule: ScheduleStrategy, iterations: number): Promise<number | undefined> {
  const { failure } = await checkSimulation(body, { iterations, seed: 5, schedule, chaos: 'calm', determinism: 0 })
  return failure?.iteration
}

describe.each(races)('$strategy: $body.name', ({ body, strategy, within, blind, message }) => {
  test('is found by its strategy, whatever the root seed', async () => {
    // One lucky root seed proves nothing.
    for (const seed of [5, 77, 901]) {
      const failure = await failureOf(body, { iterations: within, seed, schedule: strategy, chaos: 'calm' })
      expect(failure.message).toMatch(message)
    }
  })

  test(`is not found by ${blind} in ten times as many seeds`, async () => {
    expect(await foundAt(body, blind, within * 10)).toBeUndefined()
  })
})

test('every strategy is blind to one of the races', async () => {
  const table = new Map<ScheduleStrategy, string[]>()
  for (const strategy of scheduleStrategies) {
    const blindTo: string[] = []
    for (const { body, within } of races) {
      if ((await foundAt(body, strategy, within * 5)) === undefined) blindTo.push(body.name)
    }
    table.set(strategy, blindTo)
  }
  expect(Object.fromEntries(table)).toEqual({
    fifo: ['lease', 'staleRead', 'failureDetector', 'majority'],
    random: ['ring', 'staleRead', 'failureDetector', 'majority'],
    heavyTail: ['lease', 'majority'],
    slowPeer: ['lease', 'majority'],
    priority: ['lease', 'staleRead'],
  })
})

test('random and swarm draw every strategy about equally often', async () => {
  for (const chaos of ['random', 'swarm'] as const) {
    const drawn = new Map<string, number>()
    const count = (text: string): void => {
      const strategy = /schedule (\w+)/.exec(text)?.[1] ?? 'fifo'
      drawn.set(strategy, (drawn.get(strategy) ?? 0) + 1)
    }
    const idle = (sim: Simulation): Promise<void> => sim.sleep(1)
    const options = { iterations: 500, seed: 5, chaos, determinism: 0 }
    await checkSimulation(idle, options, { onResult: (result) => count(result.chaos) })
    expect([...drawn.keys()].sort()).toEqual([...scheduleStrategies].sort())
    for (const [strategy, times] of drawn) expect(times, strategy).toBeGreaterThan(60)
  }
})
