import { badInput } from '../../src/engine/errors.ts'
import { check, isPlainObject } from '../../src/engine/schema.ts'
import { type IterationControl, toIterationControl } from '../../src/runner/iteration-control.ts'
import { pluginSchema, projectSchema } from '../options/option-schemas.ts'
import { resolveSlowTimeout } from '../options/slow-timeout.ts'
import type {
  OverrideOption,
  ResolvedOptions,
  ResolvedSettings,
  SimulationPluginOptions,
  SimulationProjectOptions,
} from '../options/options.ts'

/** What the main process itself needs of the plugin's options. */
export interface RunOptions {
  readonly coverage: 'required' | 'report'
  readonly reporter: boolean
  readonly timezone: string | false
  readonly outputFile?: string
}

/** Checks everything given to `simulationPlugin(…)`; throws SimulationError (BAD_INPUT). */
export function resolvePluginOptions(given: SimulationPluginOptions, ci: boolean): [ResolvedOptions, RunOptions] {
  check(pluginSchema, given, 'simulationPlugin')
  const { coverage = 'report', reporter = true, timezone = 'UTC', outputFile, ...options } = given
  const run = { coverage, reporter, timezone, ...(outputFile !== undefined && { outputFile }) }
  return [resolve(options, ci), run]
}

const runOptions = [
  'coverage',
  'reporter',
  'timezone',
  'outputFile',
] as const satisfies readonly (keyof SimulationPluginOptions)[]

/** Checks `test.simulation` of a project; throws SimulationError (BAD_INPUT). */
export function resolveProjectOptions(given: unknown, ci: boolean): ResolvedOptions {
  if (given === undefined) return { overrides: [] }
  for (const key of runOptions) {
    if (isPlainObject(given) && key in given) {
      throw badInput(
        `test.simulation.${key}`,
        given[key],
        'it counts for the whole run: give it to simulationPlugin(…)',
      )
    }
  }
  check(projectSchema, given, 'test.simulation')
  return resolve(given, ci)
}

/** The project's settings win one by one; its overrides come after the plugin's. */
export function mergeOptions(plugin: ResolvedOptions, project: ResolvedOptions): ResolvedOptions {
  return { ...plugin, ...project, overrides: [...plugin.overrides, ...project.overrides] }
}

function resolve(given: SimulationProjectOptions, ci: boolean): ResolvedOptions {
  const { overrides = [], modules, determinism, keepFailures, console: printed, traceFiles, limits } = given
  return {
    ...resolveSettings(given, ci),
    overrides: overrides.map((override) => ({
      // `g` and `y` would make the same test match only every other time.
      test: new RegExp(override.test.source, override.test.flags.replace(/[gy]/g, '')),
      ...resolveSettings(override, ci),
    })),
    ...(modules !== undefined && { modules }),
    ...(determinism !== undefined && { determinism }),
    ...(keepFailures !== undefined && { keepFailures }),
    ...(printed !== undefined && { console: printed }),
    ...(traceFiles !== undefined && { traceFiles }),
    ...(limits !== undefined && { limits }),
  }
}

function resolveSettings(
  { seed, iterations, chaos, slowTimeout }: Omit<SimulationProjectOptions | OverrideOption, 'test' | 'overrides'>,
  ci: boolean,
): ResolvedSettings {
  const control = iterations === undefined ? undefined : controlFor(iterations, ci)
  return {
    ...(seed !== undefined && { seed }),
    ...(control !== undefined && { iterations: control }),
    ...(chaos !== undefined && { chaos }),
    ...(slowTimeout !== undefined && { slowTimeout: resolveSlowTimeout(slowTimeout) }),
  }
}

function controlFor(
  given: NonNullable<SimulationProjectOptions['iterations']>,
  ci: boolean,
): IterationControl | undefined {
  if (typeof given === 'number' || 'kind' in given) return toIterationControl(given)
  const here = ci ? given.ci : given.development
  return here === undefined ? undefined : toIterationControl(here)
}
