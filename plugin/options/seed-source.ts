import { type SimulationError, badInput } from '../../src/engine/errors.ts'
import { isSeed } from '../../src/random/seed.ts'
import type { SeedSource } from '../../reporter/contract.ts'
import { closest } from '../../src/engine/suggest.ts'

/** A seed with where it came from. */
export interface SeedChoice {
  readonly value: number
  readonly source: SeedSource
}

/** What SIMULATION_ITERATIONS says: it overrides the iteration control of every simulation of the run. */
export interface IterationsChoice {
  readonly value: number
  readonly source: 'environment'
}

type Environment = Readonly<Record<string, string | undefined>>

const seedAllowed = 'a seed is an unsigned integer below 2^53'

function parseSeed(text: string, where: string): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : undefined
  if (isSeed(value)) return value
  throw badInput(where, text, seedAllowed)
}

/**
 * The seed of `vitest run -- --seed=N` (or `--seed N`); the last one counts.
 *
 * Vitest itself reads nothing after the `--`, so whatever else is written there would have no effect: it is refused.
 */
export function seedFromArguments(argv: readonly string[]): SeedChoice | undefined {
  const separator = argv.indexOf('--')
  const own = separator === -1 ? [] : argv.slice(separator + 1)
  let seed: SeedChoice | undefined
  for (let at = 0; at < own.length; at++) {
    const argument = own[at] ?? ''
    const text = argument === '--seed' ? (own[++at] ?? '') : /^--seed=(.*)$/s.exec(argument)?.[1]
    if (text !== undefined) seed = { value: parseSeed(text, '--seed'), source: 'command line' }
    else if (isVitestItself(argv)) throw unknownArgument(argument)
  }
  return seed
}

/** Another program that starts Vitest has a command line of its own. */
function isVitestItself([, program = '']: readonly string[]): boolean {
  return /(?:^|[\\/])vitest(?:\.mjs)?$/.test(program)
}

/** Settings of a run that are no arguments, by the word that somebody may try. */
const variables: Readonly<Record<string, string>> = {
  iterations: 'SIMULATION_ITERATIONS=N in the environment sets the iterations',
  plan: 'SIMULATION_PLAN in the environment sets the plan',
  trace: 'SIMULATION_TRACE=full in the environment shows every event of a failing seed',
}

function unknownArgument(argument: string): SimulationError {
  const word = argument.replace(/^-+/, '').replace(/=.*$/s, '')
  const meant = closest(word, ['seed', ...Object.keys(variables)])
  const hint = meant === undefined ? 'known is `--seed=N`' : (variables[meant] ?? 'did you mean `--seed=N`?')
  const files = argument.startsWith('-') ? '' : '; names of test files go before the `--`'
  return badInput('argument after `--`', argument, hint + files)
}

/** The seed of SIMULATION_SEED; an empty variable counts as unset. */
export function seedFromEnvironment(environment: Environment): SeedChoice | undefined {
  const text = environment.SIMULATION_SEED
  if (text === undefined || text === '') return undefined
  return { value: parseSeed(text, 'SIMULATION_SEED'), source: 'environment' }
}

/** The iterations of SIMULATION_ITERATIONS; an empty variable counts as unset. */
export function iterationsFromEnvironment(environment: Environment): IterationsChoice | undefined {
  const text = environment.SIMULATION_ITERATIONS
  if (text === undefined || text === '') return undefined
  const value = /^\d+$/.test(text.trim()) ? Number(text) : 0
  if (value >= 1 && Number.isSafeInteger(value)) return { value, source: 'environment' }
  throw badInput('SIMULATION_ITERATIONS', text, 'a number of iterations is a whole number of at least 1')
}

const variableNames = [
  'SIMULATION_SEED',
  'SIMULATION_ITERATIONS',
  'SIMULATION_PLAN',
  'SIMULATION_EXPECT',
  'SIMULATION_TRACE',
  'SIMULATION_TIMELINE',
]

/**
 * Refuses a variable that is nearly one of ours: it would have no effect. Others that begin with SIMULATION_ may belong
 * to the application.
 */
export function refuseMisspeltVariables(environment: Environment): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!/^simulation_?/i.test(name) || variableNames.includes(name) || value === undefined || value === '') continue
    const rest = (text: string): string => text.replace(/^simulation_?/i, '')
    const meant = closest(rest(name), variableNames.map(rest))
    if (meant === undefined) continue
    throw badInput(
      `environment variable ${name}`,
      value,
      `there is none of that name: did you mean SIMULATION_${meant}?`,
    )
  }
}

/** Everywhere the root seed of a run may come from; what is undefined there does not choose. */
export interface SeedSources {
  readonly commandLine?: SeedChoice | undefined
  readonly environment?: SeedChoice | undefined
  readonly projectConfig?: number | undefined
  readonly plugin?: number | undefined
  readonly fresh: number
}

/**
 * The root seed of a run. With `chooseTestSeed` it is all that decides, strongest first: command line, environment, an
 * override that matches, project config, plugin, the test's own, fresh.
 */
export function chooseSeed(sources: SeedSources): SeedChoice {
  const { commandLine, environment, projectConfig, plugin, fresh } = sources
  if (commandLine) return commandLine
  if (environment) return environment
  if (projectConfig !== undefined) return { value: projectConfig, source: 'project config' }
  if (plugin !== undefined) return { value: plugin, source: 'plugin' }
  return { value: fresh, source: 'fresh' }
}

/** The seed of one test, from that of its run, the override that matches it and its own. */
export function chooseTestSeed(
  run: { readonly seed: SeedChoice; readonly alone: boolean },
  override: number | undefined,
  own: number | undefined,
): SeedChoice {
  if (!run.alone && override !== undefined) return { value: override, source: 'project config' }
  if (run.seed.source === 'fresh' && own !== undefined) return { value: own, source: 'test' }
  return run.seed
}

/** True when that seed runs alone, without regressions and kept failures. */
export function runsAlone(seed: SeedChoice): boolean {
  return seed.source === 'command line' || seed.source === 'environment'
}
