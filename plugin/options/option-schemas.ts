/** What the options of the plugin, of a project and of a test may be beside those of a simulation itself. */
import {
  type Fields,
  type Schema,
  boolean,
  choose,
  isNumber,
  isPlainObject,
  list,
  number,
  object,
  oneOf,
  rule,
  share,
  whole,
} from '../../src/engine/schema.ts'
import type { ModuleMode } from '../../src/modules/module-mode.ts'
import { isDuration } from '../../src/runner/duration.ts'
import { optionSchemas } from '../../src/runner/options.ts'
import type {
  ChaosOption,
  IterationsOption,
  OverrideOption,
  SimulationPluginOptions,
  SimulationProjectOptions,
  SlowTimeoutOption,
} from './options.ts'

export const slowTimeoutSchema = object<SlowTimeoutOption>(
  {
    period: rule(
      isDuration,
      "it must be longer than 0: a number of milliseconds or a text such as '500ms', '30s', '2m', '1m30s' or '1h'",
    ),
    terminateAfter: whole({ min: 1, max: 1e6 }, 'it must be a whole number of at least 1'),
  },
  { required: ['period'] },
)

const iterations = optionSchemas.iterations as Schema<IterationsOption>

const iterationsByPlace = object<{ development?: IterationsOption; ci?: IterationsOption }>({
  development: iterations,
  ci: iterations,
})

const regExp: Schema<RegExp> = rule(
  (value) => value instanceof RegExp,
  'it must be a regular expression such as /^slow_/',
)

const settings = {
  seed: optionSchemas.seed as Schema<number>,
  chaos: optionSchemas.chaos as Schema<ChaosOption>,
  slowTimeout: slowTimeoutSchema,
}

const isPath = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

const override = object<OverrideOption>({ test: regExp, iterations, ...settings }, { required: ['test'] })

const projectFields: Fields<SimulationProjectOptions> = {
  ...settings,
  iterations: choose((value) => (isPlainObject(value) && !('kind' in value) ? iterationsByPlace : iterations)),
  overrides: list(override, 'it must be an array'),
  modules: optionSchemas.modules as Schema<ModuleMode>,
  determinism: share,
  keepFailures: boolean,
  console: oneOf(['all', 'failing']),
  traceFiles: boolean,
  limits: optionSchemas.limits as Schema<NonNullable<SimulationProjectOptions['limits']>>,
}

export const projectSchema = object<SimulationProjectOptions>(projectFields)

export const pluginSchema = object<SimulationPluginOptions>({
  ...projectFields,
  coverage: oneOf(['required', 'report']),
  reporter: boolean,
  outputFile: rule(isPath, 'it must be the path of a file'),
  timezone: rule(isTimezone, "it must be a time zone such as 'UTC' or 'Europe/Zurich', or false to leave TZ alone"),
})

function isTimezone(value: unknown): boolean {
  if (value === false) return true
  try {
    return typeof value === 'string' && new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== ''
  } catch {
    return false
  }
}

/** Vitest's own options of a test, which Vitest itself hardly checks. */
export const vitestSchemas: Readonly<Record<string, Schema>> = {
  timeout: number({ min: 0, max: 2 ** 31 - 1 }, 'it must be a number of milliseconds, 0 or more, below 2^31'),
  retry: rule(
    (value) => isPlainObject(value) || (isNumber(value) && Number.isInteger(value) && value >= 0),
    "it must be a whole number, 0 or more, or Vitest's { count, delay, condition }",
  ),
  repeats: whole({ min: 0, max: 1e6 }, 'it must be a whole number, 0 or more'),
  tags: rule(
    (value) => [value].flat().every((tag) => typeof tag === 'string' && tag !== ''),
    'it must be a tag or a list of tags',
  ),
  meta: rule(isPlainObject, 'it must be a plain object'),
}
