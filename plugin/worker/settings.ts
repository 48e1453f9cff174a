import { type IterationControl, toIterationControl } from '../../src/runner/iteration-control.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { SeedSource } from '../../reporter/contract.ts'
import type { ResolvedSettings } from '../options/options.ts'
import type { ProvidedSimulation } from '../options/provided.ts'
import { chooseTestSeed } from '../options/seed-source.ts'
import type { SplitOptions } from './test-options.ts'

/** How one test is to run, after everything that may have a say has had it. */
export interface TestSettings {
  /** Options for the runner; the seed is apart. */
  readonly options: SimulationOptions
  readonly seed: number
  readonly seedSource: SeedSource
  /** The seed runs alone, without regressions and kept failures. */
  readonly alone: boolean
  readonly slow: { readonly periodMs: number; readonly terminateAfter: number | null } | null
}

/**
 * Merges, strongest first: environment and command line, overrides of the config, the test's options, the defaults of
 * the config. `fullName` is 'suite > test'.
 */
export function settingsFor(fullName: string, test: SplitOptions, provided: ProvidedSimulation): TestSettings {
  const defaults = provided.options
  const override: ResolvedSettings = Object.assign(
    {},
    ...defaults.overrides.filter(({ test: pattern }) => matches(pattern, fullName)),
  )
  const own = test.simulation
  const { value, source } = chooseTestSeed(provided, override.seed, own.seed)
  const pinned = source === 'test' && own.iterations === undefined && override.iterations === undefined
  const alone = provided.alone || pinned
  const iterations = provided.iterations?.value ?? override.iterations ?? own.iterations ?? defaults.iterations
  const { seed: _seed, ...rest } = own
  const options: SimulationOptions = {
    ...(defaults.chaos !== undefined && { chaos: defaults.chaos }),
    ...(defaults.modules !== undefined && { modules: defaults.modules }),
    ...(defaults.determinism !== undefined && { determinism: defaults.determinism }),
    ...rest,
    ...(override.chaos !== undefined && { chaos: override.chaos }),
    ...(defaults.limits !== undefined && { limits: { ...defaults.limits, ...own.limits } }),
    ...(iterations !== undefined && { iterations: toIterationControl(iterations) as IterationControl }),
  } as SimulationOptions
  return {
    options,
    seed: value,
    seedSource: source,
    alone: alone && provided.iterations === undefined,
    slow: override.slowTimeout ?? test.slowTimeout ?? defaults.slowTimeout ?? null,
  }
}

/** A sticky or global pattern keeps its place between calls: it must not. */
function matches(pattern: RegExp, text: string): boolean {
  pattern.lastIndex = 0
  return pattern.test(text)
}
