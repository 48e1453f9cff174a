/** Runs a simulation in-process and answers its verdict, for the tests of what fails a simulation. */
import { expect } from 'vitest'
import type { Failure } from '../../src/engine/failure.ts'
import type { RunContext } from '../../src/runner/run-context.ts'
import { type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'

installVirtualGlobals()

/** The failure of the first failing seed; fails the test when there is none. */
export async function failureOf(body: Body, options: SimulationOptions = {}, context?: RunContext): Promise<Failure> {
  const result = await run(body, options, context)
  expect(result.status, 'the planted bug is caught').toBe('failed')
  if (result.failure === undefined) throw new Error(`no seed failed, it stopped with: ${result.stopReason}`)
  return result.failure.failure
}

/** Asserts that nothing is reported; returns the result. */
export async function passes(
  body: Body,
  options: SimulationOptions = {},
  context?: RunContext,
): Promise<SimulationResult> {
  const result = await run(body, options, context)
  expect(result.failure?.failure, 'no seed fails').toBeUndefined()
  expect(result.missed, 'nothing is missed').toEqual([])
  expect(result.status).toBe('passed')
  return result
}

/** Three iterations from seed 7, unless the test says otherwise. */
function run(body: Body, options: SimulationOptions, context: RunContext = {}): Promise<SimulationResult> {
  return checkSimulation(body, { iterations: 3, seed: 7, ...options }, context)
}
