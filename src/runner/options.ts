import { type Placement, type PlacementName, checkPlacement } from '../actors/placement.ts'
import { checkChaos, type Chaos } from '../chaos/options.ts'
import { type ScheduleStrategy, checkSchedule } from '../chaos/schedule.ts'
import { badInput } from '../engine/errors.ts'
import { type Limits, resolveLimits } from '../engine/limits.ts'
import { type Latency, checkLatency } from '../network/latency.ts'
import { isSeed } from '../random/seed.ts'
import { type ShrinkBudget, defaultShrinkBudget } from '../shrink/shrink.ts'
import { type InvariantsOption, checkInvariantsOption } from '../world/builtin-invariants.ts'
import { type IterationControl, defaultControl, toIterationControl } from './iteration-control.ts'

/** What a simulation may be told; every value is checked before anything runs. */
export interface SimulationOptions {
  /** How many seeds; a bare number means fixedCount. Default fixedCount(10). */
  readonly iterations?: number | IterationControl
  /** Root seed; unless iterations are given too, it runs alone. */
  readonly seed?: number
  /** Seeds that run first, in every run. */
  readonly regressions?: readonly number[]
  /** Makes nodes n1 … nN before the body runs. */
  readonly nodes?: number
  /** Which faults happen. Default 'calm'. */
  readonly chaos?: Chaos<Latency>
  /** How simultaneous events are ordered. Default: drawn per seed for `random` and `swarm`, else 'fifo'. */
  readonly schedule?: ScheduleStrategy
  readonly limits?: Partial<Limits>
  /** Where actors are activated. Default 'random'. */
  readonly placement?: PlacementName | Placement
  /** Turns built-in invariants off: `false` for all, `{ copies: false }` for one. Default: all on. */
  readonly invariants?: InvariantsOption
  /** Names of `sometimes` and `reachable` sites that must be reached, even if this test never evaluates them. */
  readonly sometimes?: readonly string[]
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

/** Every option of a simulation, by name. */
export const optionNames: readonly (keyof SimulationOptions)[] = [
  'iterations',
  'seed',
  'regressions',
  'nodes',
  'chaos',
  'schedule',
  'limits',
  'placement',
  'invariants',
  'sometimes',
  'determinism',
  'shrink',
]

/** Checks the options and fills in the defaults; throws SimulationError (BAD_INPUT). */
export function resolveOptions(given: SimulationOptions = {}): ResolvedOptions {
  if (given === null || typeof given !== 'object') throw badInput('options', given, 'they must be an object')
  for (const [name, value] of Object.entries(given)) {
    if (!(optionNames as readonly string[]).includes(name))
      throw badInput(`option '${name}'`, value, `there is no such option; known are ${optionNames.join(', ')}`)
  }
  const { iterations, seed, regressions = [], nodes = 0, chaos = 'calm', sometimes = [], determinism = 0.05 } = given
  if (seed !== undefined) checkSeed(seed, "option 'seed'")
  if (!Array.isArray(regressions)) throw badInput("option 'regressions'", regressions, 'it must be a list of seeds')
  for (const one of regressions as unknown[]) checkSeed(one, "option 'regressions'")
  if (!(Number.isSafeInteger(nodes) && nodes >= 0 && nodes <= 10_000)) {
    throw badInput("option 'nodes'", nodes, 'it must be a whole number from 0 to 10,000')
  }
  checkChaos(chaos, "option 'chaos'")
  checkSchedule(given.schedule, "option 'schedule'")
  checkPlacement(given.placement, "option 'placement'")
  checkInvariantsOption(given.invariants, "option 'invariants'")
  if (typeof chaos === 'object' && chaos.latency !== undefined && chaos.latency !== 'drawn') {
    checkLatency(chaos.latency, "option 'chaos'.latency")
  }
  if (!Array.isArray(sometimes) || sometimes.some((name) => typeof name !== 'string' || name === '')) {
    throw badInput("option 'sometimes'", sometimes, 'it must be a list of names')
  }
  if (!(typeof determinism === 'number' && determinism >= 0 && determinism <= 1)) {
    throw badInput("option 'determinism'", determinism, 'it must be a share between 0 and 1')
  }
  return {
    control: iterations === undefined ? defaultControl : toIterationControl(iterations, "option 'iterations'"),
    seed,
    alone: seed !== undefined && iterations === undefined,
    regressions,
    nodes,
    chaos,
    schedule: given.schedule,
    limits: resolveLimits(given.limits, "option 'limits'"),
    placement: given.placement,
    invariants: given.invariants,
    sometimes,
    determinism,
    shrink: resolveShrink(given.shrink),
  }
}

function resolveShrink(given: SimulationOptions['shrink'] = true): ShrinkBudget | undefined {
  if (given === false) return undefined
  if (given === true) return defaultShrinkBudget
  if (given === null || typeof given !== 'object') {
    throw badInput("option 'shrink'", given, 'it must be true, false or { runs, ms }')
  }
  for (const [name, value] of Object.entries(given)) {
    if (!(name in defaultShrinkBudget)) throw badInput(`option 'shrink'.${name}`, value, 'known are runs and ms')
    if (!(typeof value === 'number' && value > 0))
      throw badInput(`option 'shrink'.${name}`, value, 'it must be above 0')
  }
  return { ...defaultShrinkBudget, ...given }
}

/** Throws SimulationError (BAD_INPUT) unless the value is a seed. */
export function checkSeed(value: unknown, where: string): asserts value is number {
  if (!isSeed(value)) throw badInput(where, value, 'a seed is an unsigned integer below 2^53, in decimal')
}
