/** The correct twin of each planted bug passes where the bug is found: what fails is the bug, and nothing else. */
import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { plantedBugs } from './registry.ts'

installVirtualGlobals()

test('there are 20 at least', () => {
  expect(new Set(plantedBugs.map(({ name }) => name)).size).toBe(plantedBugs.length)
  expect(plantedBugs.filter(({ twin }) => twin !== undefined).length).toBeGreaterThanOrEqual(20)
})

const withTwin = plantedBugs.flatMap(({ twin, ...bug }) => (twin === undefined ? [] : [{ ...bug, twin }]))

test.each(withTwin)('$name', async ({ twin, options }) => {
  for (const chaos of ['swarm', 'random'] as const) {
    const given = { ...options, chaos, iterations: 25, seed: 5, determinism: 0 }
    const { failure, status } = await checkSimulation(twin, given)
    expect(failure?.failure, chaos).toBeUndefined()
    expect(status).toBe('passed')
  }
})
