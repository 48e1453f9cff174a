import type { TestOptions } from 'vitest'
import { badInput } from '../../src/engine/errors.ts'
import { type SimulationOptions, optionNames, resolveOptions } from '../../src/runner/options.ts'
import { modifiers } from '../options/modifiers.ts'
import { checkSlowTimeout } from '../options/option-checks.ts'
import type { SlowTimeoutOption } from '../options/options.ts'

/** What `simulation.test(name, options, body)` takes: Vitest's own test options, and the simulation's. */
export interface SimulationTestOptions extends Omit<TestOptions, 'concurrent' | 'sequential'>, SimulationOptions {
  /** Simulations share the process' globals: concurrent ones run one after the other. */
  readonly concurrent?: boolean
  readonly sequential?: boolean
  /** When this test is called slow, and when it is ended. */
  readonly slowTimeout?: SlowTimeoutOption
}

const vitestNames: readonly string[] = ['timeout', 'retry', 'repeats', 'tags', 'meta', ...modifiers]

/** The two halves of a test's options. */
export interface SplitOptions {
  readonly simulation: SimulationOptions
  readonly vitest: TestOptions
  readonly slowTimeout: { readonly periodMs: number; readonly terminateAfter: number | null } | undefined
}

/** Takes the options apart and checks the simulation's; throws SimulationError (BAD_INPUT). */
export function splitOptions(given: SimulationTestOptions): SplitOptions {
  const simulation: Record<string, unknown> = {}
  const vitest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === 'slowTimeout' || value === undefined) continue
    if ((optionNames as readonly string[]).includes(name)) simulation[name] = value
    else if (vitestNames.includes(name)) vitest[name] = value
    else {
      const known = [...optionNames, 'slowTimeout', ...vitestNames].join(', ')
      throw badInput(`option '${name}'`, value, `there is no such option; known are ${known}`)
    }
  }
  resolveOptions(simulation as SimulationOptions)
  const slowTimeout =
    given.slowTimeout === undefined ? undefined : checkSlowTimeout(given.slowTimeout, "option 'slowTimeout'")
  return { simulation: simulation as SimulationOptions, vitest: vitest as TestOptions, slowTimeout }
}
