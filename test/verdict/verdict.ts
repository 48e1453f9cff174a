/** Runs a simulation in-process and answers its verdict, for the tests of what fails a simulation. */
import { expect } from 'vitest'
import type { Failure } from '../../src/engine/failure.ts'
import type { RunContext } from '../../src/runner/run-context.ts'
import { type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'

installVirtualGlobals()

/** The failure of a seed, and the one-based number of its iteration. */
type FoundFailure = Failure & { readonly iteration: number }

interface Verdicts {
  /** The failure of the first failing seed; fails the test when there is none. */
  failureOf(body: Body, options?: SimulationOptions, context?: RunContext): Promise<FoundFailure>
  /** Asserts that nothing is reported; returns the result. */
  passes(body: Body, options?: SimulationOptions, context?: RunContext): Promise<SimulationResult>
}

/** Verdicts over that many seeds from 7 on, unless a test says otherwise. */
export function verdictsOver(iterations: number): Verdicts {
  const run = (body: Body, options: SimulationOptions = {}, context: RunContext = {}): Promise<SimulationResult> =>
    checkSimulation(body, { iterations, seed: 7, ...options }, context)
  return {
    async failureOf(body, options, context) {
      const { status, failure, stopReason, iterations: ran } = await run(body, options, context)
      if (failure === undefined) throw new Error(`no seed of ${ran} failed: ${stopReason}`)
      expect(status, 'the planted bug is caught').toBe('failed')
      return { ...failure.failure, iteration: failure.iteration }
    },
    async passes(body, options, context) {
      const result = await run(body, options, context)
      expect(result.failure?.failure, `no seed fails with ${JSON.stringify(options)}`).toBeUndefined()
      expect(result.missed, 'nothing is missed').toEqual([])
      expect(result.status).toBe('passed')
      return result
    },
  }
}

export const { failureOf, passes } = verdictsOver(3)
