import type { TestOptions } from 'vitest'
import { badInput } from '../../src/engine/errors.ts'
import { type Schema, boolean, check, unknownField } from '../../src/engine/schema.ts'
import { type SimulationOptions, checkOptions, optionNames } from '../../src/runner/options.ts'
import { modifiers } from '../options/modifiers.ts'
import { slowTimeoutSchema, vitestSchemas } from '../options/option-schemas.ts'
import { resolveSlowTimeout } from '../options/slow-timeout.ts'
import type { SlowTimeoutOption } from '../options/options.ts'

/** What `simulation.test(name, options, body)` takes: Vitest's own test options, and the simulation's. */
export interface SimulationTestOptions extends Omit<TestOptions, 'concurrent' | 'sequential'>, SimulationOptions {
  /** Simulations share the process' globals: concurrent ones run one after the other. */
  readonly concurrent?: boolean
  readonly sequential?: boolean
  /** When this test is called slow, and when it is ended. */
  readonly slowTimeout?: SlowTimeoutOption
}

const schemas: Readonly<Record<string, Schema>> = {
  ...vitestSchemas,
  ...Object.fromEntries(modifiers.map((modifier) => [modifier, boolean])),
}

/** The two halves of a test's options. */
export interface SplitOptions {
  readonly simulation: SimulationOptions
  readonly vitest: TestOptions
  readonly slowTimeout: { readonly periodMs: number; readonly terminateAfter: number | null } | undefined
}

/** Takes the options apart and checks them; throws SimulationError (BAD_INPUT). */
export function splitOptions(given: SimulationTestOptions): SplitOptions {
  const simulation: Record<string, unknown> = {}
  const vitest: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    if (name === 'slowTimeout' || value === undefined) continue
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
    if ((optionNames as readonly string[]).includes(name)) simulation[name] = value
    else if (schema !== undefined) {
      check(schema, value, `option '${name}'`)
      vitest[name] = value
    } else {
      const known = [...optionNames, 'slowTimeout', ...Object.keys(schemas)]
      throw badInput(`option '${name}'`, value, unknownField(name, known))
    }
  }
  checkOptions(simulation)
  const { slowTimeout } = given
  if (slowTimeout !== undefined) check(slowTimeoutSchema, slowTimeout, "option 'slowTimeout'")
  return {
    simulation,
    vitest: vitest as TestOptions,
    slowTimeout: slowTimeout === undefined ? undefined : resolveSlowTimeout(slowTimeout),
  }
}
