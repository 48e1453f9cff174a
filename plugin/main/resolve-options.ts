import { resolveLimits } from '../../src/engine/limits.ts'
import {
  checkBoolean,
  checkChaosOption,
  checkFraction,
  checkIterations,
  checkObject,
  checkOneOf,
  checkRegExp,
  checkSlowTimeout,
  checkTimezone,
  isPlainObject,
} from '../options/option-checks.ts'
import type {
  ResolvedOptions,
  ResolvedOverride,
  ResolvedSettings,
  SimulationPluginOptions,
} from '../options/options.ts'
import type { IterationControl } from '../../src/runner/iteration-control.ts'
import { checkSeed } from '../options/seed-source.ts'
import { badInput } from '../../src/engine/errors.ts'

const settings = ['seed', 'iterations', 'chaos', 'slowTimeout'] as const
const projectOptions = [...settings, 'overrides', 'determinism', 'keepFailures', 'limits'] as const
const runOptions = ['coverage', 'reporter', 'timezone'] as const

/** What the main process itself needs of the plugin's options. */
export interface RunOptions {
  readonly coverage: 'required' | 'report'
  readonly reporter: boolean
  readonly timezone: string | false
}

/** Checks everything given to `simulationPlugin(…)`; throws SimulationError (BAD_INPUT). */
export function resolvePluginOptions(given: SimulationPluginOptions, ci: boolean): [ResolvedOptions, RunOptions] {
  const where = 'simulationPlugin'
  const fields = checkObject(given, where, [...projectOptions, ...runOptions])
  const { coverage = 'report', reporter = true, timezone = 'UTC' } = fields
  return [
    resolveFields(fields, where, ci),
    {
      coverage: checkOneOf(coverage, `${where}: \`coverage\``, ['required', 'report']),
      reporter: checkBoolean(reporter, `${where}: \`reporter\``),
      timezone: checkTimezone(timezone, `${where}: \`timezone\``),
    },
  ]
}

/** Checks `test.simulation` of a project; throws SimulationError (BAD_INPUT). */
export function resolveProjectOptions(given: unknown, ci: boolean): ResolvedOptions {
  if (given === undefined) return { overrides: [] }
  const where = 'test.simulation'
  for (const key of runOptions) {
    if (isPlainObject(given) && key in given) {
      throw badInput(`${where}: \`${key}\``, given[key], 'it counts for the whole run: give it to simulationPlugin(…)')
    }
  }
  return resolveFields(checkObject(given, where, projectOptions), where, ci)
}

/** The project's settings win one by one; its overrides come after the plugin's. */
export function mergeOptions(plugin: ResolvedOptions, project: ResolvedOptions): ResolvedOptions {
  return { ...plugin, ...project, overrides: [...plugin.overrides, ...project.overrides] }
}

function resolveFields(fields: Readonly<Record<string, unknown>>, where: string, ci: boolean): ResolvedOptions {
  const { overrides = [], determinism, keepFailures, limits } = fields
  if (!Array.isArray(overrides)) throw badInput(`${where}: \`overrides\``, overrides, 'it must be an array')
  if (limits !== undefined) resolveLimits(limits as ResolvedOptions['limits'], `${where}: limits`)
  return {
    ...resolveSettings(fields, `${where}: `, ci),
    overrides: overrides.map((override: unknown, index) =>
      resolveOverride(override, `${where}: overrides[${index}]`, ci),
    ),
    ...(determinism !== undefined && { determinism: checkFraction(determinism, `${where}: \`determinism\``) }),
    ...(keepFailures !== undefined && { keepFailures: checkBoolean(keepFailures, `${where}: \`keepFailures\``) }),
    ...(limits !== undefined && { limits: limits as NonNullable<ResolvedOptions['limits']> }),
  }
}

function resolveOverride(given: unknown, where: string, ci: boolean): ResolvedOverride {
  const fields = checkObject(given, where, ['test', ...settings])
  return { test: checkRegExp(fields.test, `${where}.test`), ...resolveSettings(fields, `${where}: `, ci) }
}

function resolveSettings(fields: Readonly<Record<string, unknown>>, where: string, ci: boolean): ResolvedSettings {
  const { seed, iterations, chaos, slowTimeout } = fields
  const control = iterations === undefined ? undefined : resolveIterations(iterations, `${where}\`iterations\``, ci)
  return {
    ...(seed !== undefined && { seed: checkSeed(seed, `${where}\`seed\``) }),
    ...(control !== undefined && { iterations: control }),
    ...(chaos !== undefined && { chaos: checkChaosOption(chaos, `${where}\`chaos\``) }),
    ...(slowTimeout !== undefined && { slowTimeout: checkSlowTimeout(slowTimeout, `${where}\`slowTimeout\``) }),
  }
}

/** Both environments are checked, whichever this is. */
function resolveIterations(value: unknown, where: string, ci: boolean): IterationControl | undefined {
  if (!isPlainObject(value) || 'kind' in value) return checkIterations(value, where)
  const { development, ci: inCi } = checkObject(value, where, ['development', 'ci'])
  const here = development === undefined ? undefined : checkIterations(development, `${where}.development`)
  const there = inCi === undefined ? undefined : checkIterations(inCi, `${where}.ci`)
  return ci ? there : here
}
