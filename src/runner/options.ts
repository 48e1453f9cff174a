import { type Placement, type PlacementName, placementSchema } from '../actors/placement.ts'
import { chaosSchema } from '../chaos/chaos-schema.ts'
import type { Chaos } from '../chaos/families.ts'
import { type ScheduleStrategy, scheduleStrategies } from '../chaos/schedule.ts'
import { type Limits, limitsSchema, resolveLimits } from '../engine/limits.ts'
import { badInput } from '../engine/errors.ts'
import {
  type Fields,
  type Schema,
  check,
  flagOr,
  list,
  longestMs,
  number,
  object,
  oneOf,
  rule,
  share,
  unknownField,
  whole,
} from '../engine/schema.ts'
import { type Latency, latencySchema } from '../network/latency.ts'
import { type ModuleMode, moduleModes } from '../modules/module-mode.ts'
import { isSeed } from '../random/seed.ts'
import { type ShrinkBudget, defaultShrinkBudget } from '../shrink/shrink.ts'
import { type InvariantsOption, invariantsSchema } from '../world/builtin-invariants.ts'
import { type IterationControl, defaultControl, iterationsSchema, toIterationControl } from './iteration-control.ts'

/** What a simulation may be told; every value is checked before anything runs. */
export interface SimulationOptions {
  /** How many seeds: an iteration control, or a number for `fixedCount`. On the plugin also `{ development, ci }`. Default fixedCount(10). */
  readonly iterations?: number | IterationControl
  /** Root seed, below 2^53. A test's own runs alone, unless `iterations` are given, too. Default: a fresh one. */
  readonly seed?: number
  /** Seeds that run first, in every run. Default none. */
  readonly regressions?: readonly number[]
  /** Makes so many nodes, n1, n2, …, before the body runs. Default 0. */
  readonly nodes?: number
  /** Which faults happen: a profile, or an object of families. Default 'calm'. */
  readonly chaos?: Chaos<Latency>
  /** How simultaneous events are ordered: `fifo`, `random`, `heavyTail`, `slowPeer` or `priority`. Default: drawn per seed for `random` and `swarm`, else 'fifo'. */
  readonly schedule?: ScheduleStrategy
  /** Bounds of one iteration: see below. */
  readonly limits?: Partial<Limits>
  /** Where actors are activated: `random`, `roundRobin`, `leastLoaded`, `preferLocal`, `hash` or a function. Default 'random'. */
  readonly placement?: PlacementName | Placement
  /** Turns built-in invariants off: `false` for all, `{ copies: false }` for one. Default: all on. */
  readonly invariants?: InvariantsOption
  /** Names of `sometimes` and `reachable` sites that must be reached, even if this test never evaluates them. Default none. */
  readonly sometimes?: readonly string[]
  /** How often the modules of the code under test are evaluated: per `seed`, per `node` and seed, or once (`shared`). Default 'seed'. */
  readonly modules?: ModuleMode
  /** How much a failing seed is shrunk; false: not at all. Default { runs: 1,000, ms: 10,000 } (real time). */
  readonly shrink?: boolean | Partial<ShrinkBudget>
  /** Share of iterations that run twice to compare their digests, 0 to 1. Default 0.05: every 20th. */
  readonly determinism?: number
}

/** The same with every default filled in. */
export interface ResolvedOptions {
  readonly control: IterationControl
  readonly seed: number | undefined
  /** True when the seed runs alone: it was given and iterations were not. */
  readonly alone: boolean
  readonly regressions: readonly number[]
  readonly nodes: number
  readonly chaos: Chaos<Latency>
  readonly schedule: ScheduleStrategy | undefined
  readonly limits: Limits
  readonly placement: PlacementName | Placement | undefined
  readonly invariants: InvariantsOption | undefined
  readonly sometimes: readonly string[]
  readonly determinism: number
  /** Undefined: failing seeds are not shrunk. */
  readonly shrink: ShrinkBudget | undefined
}

const seedSchema: Schema<number> = rule(isSeed, 'a seed is an unsigned integer below 2^53, in decimal')

const shrinkSchema: Schema<Partial<ShrinkBudget>> = object<Partial<ShrinkBudget>>({
  runs: whole({ min: 1, max: 1e9 }, 'it must be a whole number above 0'),
  ms: number({ min: 1, max: longestMs }, 'it must be a number of milliseconds, 1 or more, at most a year'),
})

const fields: Fields<SimulationOptions> = {
  iterations: iterationsSchema,
  seed: seedSchema,
  regressions: list(seedSchema, 'it must be a list of seeds'),
  nodes: whole({ min: 0, max: 10_000 }, 'it must be a whole number from 0 to 10,000'),
  chaos: chaosSchema(latencySchema),
  schedule: oneOf(scheduleStrategies),
  limits: limitsSchema,
  placement: placementSchema,
  invariants: invariantsSchema,
  sometimes: list(
    rule<string>((name) => typeof name === 'string' && name !== '', 'it must be a list of names'),
    'it must be a list of names',
  ),
  determinism: share,
  modules: oneOf(moduleModes),
  shrink: flagOr(shrinkSchema),
}

/** What each option of a simulation may be, by name. */
export const optionSchemas: Readonly<Record<keyof SimulationOptions, Schema>> = fields

/** Every option of a simulation, by name. */
export const optionNames = Object.keys(fields) as readonly (keyof SimulationOptions)[]

const optionsSchema = object<SimulationOptions>(fields, { allowed: 'they must be an object' })

/** Checks the options and fills in the defaults; throws SimulationError (BAD_INPUT). */
export function resolveOptions(given: SimulationOptions = {}): ResolvedOptions {
  checkOptions(given)
  const { iterations, seed, regressions = [], nodes = 0, chaos = 'calm', sometimes = [], determinism = 0.05 } = given
  return {
    control: iterations === undefined ? defaultControl : toIterationControl(iterations),
    seed,
    alone: seed !== undefined && iterations === undefined,
    regressions,
    nodes,
    chaos,
    schedule: given.schedule,
    limits: resolveLimits(given.limits),
    placement: given.placement,
    invariants: given.invariants,
    sometimes,
    determinism,
    shrink: resolveShrink(given.shrink),
  }
}

/** Throws SimulationError (BAD_INPUT) that names the option, its value and what is allowed. */
export function checkOptions(given: unknown): asserts given is SimulationOptions {
  const isObject = typeof given === 'object' && given !== null
  for (const [name, value] of isObject ? Object.entries(given) : []) {
    if (!Object.hasOwn(fields, name)) throw badInput(`option '${name}'`, value, unknownField(name, optionNames))
    if (value !== undefined) check(optionSchemas[name as keyof SimulationOptions], value, `option '${name}'`)
  }
  check(optionsSchema, given, 'options')
}

function resolveShrink(given: SimulationOptions['shrink'] = true): ShrinkBudget | undefined {
  if (given === false) return undefined
  return given === true ? defaultShrinkBudget : { ...defaultShrinkBudget, ...given }
}
