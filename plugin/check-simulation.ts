import { checkSimulation as check } from '../src/runner/check-simulation.ts'
import type { SimulationOptions } from '../src/runner/options.ts'
import type { Simulation } from '../src/world/door.ts'

/** What a simulation inside an ordinary test found. */
export interface SimulationOutcome {
  readonly status: 'passed' | 'failed' | 'interrupted'
  /** The root seed. */
  readonly seed: number
  readonly iterations: number
  /** All iterations together, virtual ms. */
  readonly virtualMs: number
  /** All iterations together. */
  readonly events: number
  /** The first seed that failed. */
  readonly failure:
    | {
        readonly seed: number
        /** One-based. */
        readonly iteration: number
        readonly failure: { readonly kind: string; readonly name: string; readonly message: string }
      }
    | undefined
}

/**
 * Runs a simulation inside an ordinary test and resolves to what it found: to test that a simulation finds a bug. A
 * failing seed does not reject, and the report does not know of it.
 *
 * @throws SimulationError (BAD_INPUT) for a bad option
 * @example
 * const { failure } = await checkSimulation(async (sim) => sim.sleep(5), { iterations: 1000, chaos: 'swarm' })
 */
export const checkSimulation: (
  body: (sim: Simulation) => unknown,
  options?: SimulationOptions,
) => Promise<SimulationOutcome> = check
