import {
  type Fields,
  type Schema,
  also,
  boolean,
  choose,
  flagOr,
  isNumber,
  millis,
  millisRange,
  number,
  object,
  oneOf,
  rule,
  whole,
} from '../engine/schema.ts'

/** A probability (0 to 1), or a range from which each seed draws one. */
export type Intensity = number | readonly [number, number]

/** When episodes of a fault come and how long each lasts, in virtual ms; each wait and length is drawn from its range. */
export interface EpisodeOptions {
  /** Between the end of one and the begin of the next. */
  readonly every?: readonly [number, number]
  readonly lasts?: readonly [number, number]
}

/** Which nodes a partition separates. */
export type PartitionShape = 'isolate' | 'random' | 'even'

export interface PartitionEpisodes extends EpisodeOptions {
  /** Default: all shapes. */
  readonly shapes?: readonly PartitionShape[]
  /** Share of partitions that cut one direction only. Default 0.3. */
  readonly oneWay?: Intensity
  /** What happens to messages in flight. Default: drawn per partition. */
  readonly inFlight?: 'drop' | 'hold'
}

export interface CrashEpisodes extends EpisodeOptions {
  /**
   * Most nodes dead at the same time, those counted that the test has killed itself; so many episodes go on side by
   * side, 16 at most. Default: one episode at a time, and fewer than half; with `zones`, the largest zone.
   */
  readonly maxDead?: number
  /**
   * Share of crashes that lose the node's storage, too. Default: 0.1, and no more nodes of one seed than `maxDead`; one
   * without `maxDead`, and with `zones` as many as the largest zone has.
   */
  readonly wipe?: Intensity
  /** Share of the other deaths that are graceful stops. Default 0.1. */
  readonly graceful?: Intensity
  /** Grace period of a graceful stop, virtual ms. Default 1,000. */
  readonly graceMs?: number
  /** What peers see of a crash. Default 'silence'. */
  readonly peers?: 'silence' | 'reset'
  /** Groups of nodes that die together, by node id. Default: each node alone. */
  readonly zones?: readonly (readonly string[])[]
}

export interface ClockOptions {
  /** Largest skew of a node's wall clock, ms. Default 500. */
  readonly maxSkewMs?: number
  /** Largest drift, parts per million. Default 500. */
  readonly maxDriftPpm?: number
  /** Largest jump of a node's wall clock, ms; 0: clocks do not jump. Default 1,000. */
  readonly maxJumpMs?: number
}

/** What disks and databases do; each knob on its own. */
export interface StorageOptions {
  /** Probability that an operation takes 10 to 500 ms longer. Default 0. */
  readonly stall?: Intensity
  /** Probability that an operation fails; a write may have been done all the same. Default 0. */
  readonly failure?: Intensity
  /** Probability that a crash loses a write that was not synced; then the value before it is back. Default 0.5. */
  readonly lost?: Intensity
  /** Probability that a crash loses a write that was not synced together with the synced value before it. Default 0. */
  readonly torn?: Intensity
}

/** Latency models a seed may draw from by name; see src/network/latency.ts for exact ones. */
export type LatencyChoice = 'drawn'

/** Every fault family with its intensity; a family that is not named, or is false, is off. */
export interface ChaosOptions<Latency = unknown> {
  /** Of all links. Default: uniform 1–10 ms. 'drawn': one of four shapes per seed. */
  readonly latency?: Latency | LatencyChoice
  /** Share of node pairs that are slow for the whole seed. */
  readonly slowPairs?: Intensity | false
  /** One node whose links are all slow. */
  readonly slowPeer?: boolean
  readonly loss?: Intensity | false
  readonly duplication?: Intensity | false
  readonly reordering?: Intensity | false
  readonly sendFailure?: Intensity | false
  readonly clog?: boolean | EpisodeOptions
  readonly partition?: boolean | PartitionEpisodes
  readonly crash?: boolean | CrashEpisodes
  readonly pause?: boolean | EpisodeOptions
  readonly clock?: boolean | ClockOptions
  /** Probabilities of stale and failed look-ups and slow answers of the directory. */
  readonly directory?: Intensity | false
  /** Probability that placing an actor is slow or fails. */
  readonly placement?: Intensity | false
  /** Probabilities by knob; a number or range is that of `stall`, `failure` and `lost`. */
  readonly storage?: false | Intensity | StorageOptions
  /** Probability that buggify as a whole is on in a seed; true: always. */
  readonly buggify?: boolean | number
}

export type ChaosProfile = 'calm' | 'random' | 'swarm'

/** A profile with some families changed or off; made by `random(…)` and `swarm(…)`. */
export interface AmendedProfile<Latency = unknown> extends ChaosOptions<Latency> {
  readonly profile: 'random' | 'swarm'
}

export type Chaos<Latency = unknown> = ChaosProfile | AmendedProfile<Latency> | ChaosOptions<Latency>

const intensity: Schema<Intensity> = rule(
  isIntensity,
  'it must be a probability between 0 and 1, or a range [min, max] of them',
)

const family: Schema<Intensity | false> = rule(
  (value) => value === false || isIntensity(value),
  'it must be a probability between 0 and 1, or a range [min, max] of them, or false',
)

function isIntensity(value: unknown): boolean {
  const bounds: readonly unknown[] = Array.isArray(value) ? value : [value, value]
  const [min, max] = bounds
  const isGood = (bound: unknown): bound is number => isNumber(bound) && bound >= 0 && bound <= 1
  return bounds.length === 2 && isGood(min) && isGood(max) && min <= max
}

/** Of waits between episodes: with none at all there would be endlessly many at one instant. */
const waits: Schema<readonly [number, number]> = also(millisRange, ([, max]) =>
  max === 0 ? 'its max must be above 0 virtual milliseconds' : undefined,
)

const episodes: Fields<EpisodeOptions> = { every: waits, lasts: millisRange }

const shapesAllowed = "it must be a list of 'isolate', 'random', 'even', each once"
const shapes: Schema<readonly PartitionShape[]> = rule(
  (value) => isSetOf(value, (one) => one === 'isolate' || one === 'random' || one === 'even'),
  shapesAllowed,
)

const zonesAllowed = 'it must be a list of lists of node ids, each node once'
const zones: Schema<readonly (readonly string[])[]> = rule((value) => {
  if (!Array.isArray(value) || !value.every((zone) => Array.isArray(zone) && zone.length > 0)) return false
  return isSetOf(value.flat(), (id) => typeof id === 'string' && id !== '')
}, zonesAllowed)

/** A list with at least one element, each one good and there once. */
function isSetOf(value: unknown, isGood: (one: unknown) => boolean): boolean {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isGood)) return false
  return new Set(value).size === value.length
}

const partition = object<PartitionEpisodes>({
  ...episodes,
  shapes,
  oneWay: intensity,
  inFlight: oneOf(['drop', 'hold']),
})

const crash = object<CrashEpisodes>({
  ...episodes,
  maxDead: whole({ min: 1, max: 10_000 }, 'it must be a whole number, from 1 to 10,000'),
  wipe: intensity,
  graceful: intensity,
  graceMs: millis,
  peers: oneOf(['silence', 'reset']),
  zones,
})

const clock = object<ClockOptions>({
  maxSkewMs: millis,
  maxDriftPpm: number({ min: 0, max: 500_000 }, 'it must be a number of parts per million, from 0 to 500,000'),
  maxJumpMs: millis,
})

const storageKnobs = object<StorageOptions>({ stall: intensity, failure: intensity, lost: intensity, torn: intensity })

const storage: Schema<false | Intensity | StorageOptions> = choose((value) => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return storageKnobs
  return rule(
    (one) => one === false || isIntensity(one),
    'it must be a probability between 0 and 1, or a range [min, max] of them, or false, or an object of stall, failure, lost and torn',
  )
})

const buggify: Schema<boolean | number> = rule(
  (value) => typeof value === 'boolean' || (isNumber(value) && value >= 0 && value <= 1),
  'it must be true, false or a probability between 0 and 1',
)

/** Every fault family; `latency`: what a model of latency must be. */
function familiesOf<Latency>(latency: Schema<Latency>): Fields<ChaosOptions<Latency>> {
  return {
    latency: choose((value) => (value === 'drawn' ? oneOf(['drawn']) : latency)),
    slowPairs: family,
    slowPeer: boolean,
    loss: family,
    duplication: family,
    reordering: family,
    sendFailure: family,
    clog: flagOr(object<EpisodeOptions>(episodes)),
    partition: flagOr(partition),
    crash: flagOr(crash),
    pause: flagOr(object<EpisodeOptions>(episodes)),
    clock: flagOr(clock),
    directory: family,
    placement: family,
    storage,
    buggify,
  }
}

/** What the option `chaos` may be. */
export function chaosSchema<Latency>(latency: Schema<Latency>): Schema<Chaos<Latency>> {
  const profiles = "it must be 'calm', 'random', 'swarm' or an object of fault families"
  const fields = familiesOf(latency)
  const families = object<ChaosOptions<Latency>>(fields, { allowed: profiles })
  const amended = object<AmendedProfile<Latency>>({ ...fields, profile: oneOf(['random', 'swarm']) })
  const profile = rule((value) => value === 'calm' || value === 'random' || value === 'swarm', profiles)
  return choose((value) => {
    if (typeof value !== 'object' || value === null) return profile
    return 'profile' in value ? amended : families
  })
}
