/**
 * The table of fault families. A row says what the option may be, how strong the profiles have it, and how a seed draws
 * it; options, profiles and seeds read it. What a family does stands beside what it hits: `chaos.ts` of network and nodes.
 */
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
import type { RandomStream } from '../random/stream.ts'

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

const probability: Schema<Intensity | false> = rule(
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

/** The probabilities of one seed's storage faults. */
export type StorageChances = Readonly<Record<keyof StorageOptions, number>>

/** Of a write that was not synced, where the profile says nothing: by coin, as nobody can tell what a disk has done. */
export const lostByDefault = 0.5

/** A stream of randomness for one purpose of a seed. */
type Streams = (purpose: string) => RandomStream

interface Family<Option, Drawn> {
  /** What the option of the test may be. */
  readonly schema: Schema<Option>
  /** What `random` and `swarm` have. */
  readonly usual: Option
  /** In a seed that has none of it. */
  readonly off: Drawn
  /** What a seed has of it; undefined: the test did not name it. */
  readonly draw: (option: Option | undefined, streams: Streams) => Drawn
}

function row<Option, Drawn>(family: Family<Option, Drawn>): Family<Option, Drawn> {
  return family
}

/** A family that hits each message or look-up with a probability. */
function likely(name: string, usual: Intensity): Family<Intensity | false, number> {
  const draw = (option: Intensity | false | undefined, streams: Streams): number => drawIntensity(option, streams(name))
  return { schema: probability, usual, off: 0, draw }
}

/** A family that comes in episodes, or a clock's: true, false, or what its object says. */
function switched<T extends object>(fields: Schema<T>): Family<boolean | T, T | undefined> {
  const draw = (option: boolean | T | undefined): T | undefined =>
    option === undefined || option === false ? undefined : option === true ? ({} as T) : option
  return { schema: flagOr(fields), usual: true, off: undefined, draw }
}

/** In the order in which a swarm draws which of them are on. */
export const families = {
  // The models are those of the network, which knows what they may be.
  latency: row<unknown, unknown>({
    schema: rule(() => true, ''),
    usual: 'drawn',
    off: undefined,
    draw: (option) => option,
  }),
  slowPairs: likely('slowPairs', [0, 0.3]),
  slowPeer: row<boolean, boolean>({ schema: boolean, usual: true, off: false, draw: (option = false) => option }),
  loss: likely('loss', [0, 0.2]),
  duplication: likely('duplication', [0, 0.1]),
  reordering: likely('reordering', [0, 0.2]),
  sendFailure: likely('sendFailure', [0, 0.15]),
  clog: switched(object<EpisodeOptions>(episodes)),
  partition: switched(partition),
  crash: switched(crash),
  pause: switched(object<EpisodeOptions>(episodes)),
  clock: switched(clock),
  directory: likely('directory', [0, 0.25]),
  placement: likely('placement', [0, 0.25]),
  storage: row<false | Intensity | StorageOptions, StorageChances | undefined>({
    schema: storage,
    // A sync that was left out must be found where disks hardly fail, too.
    usual: { stall: [0, 0.1], failure: [0, 0.1], lost: [0, 1] },
    off: undefined,
    draw: drawStorage,
  }),
  buggify: row<boolean | number, boolean>({
    schema: buggify,
    usual: 0.8,
    off: false,
    draw: (option = false, streams) => (typeof option === 'number' ? streams('buggify').chance(option) : option),
  }),
} satisfies { readonly [Name in keyof Required<ChaosOptions>]: Family<Required<ChaosOptions>[Name], unknown> }

export type FamilyName = keyof typeof families

/** What a seed has of each family. */
export type DrawnFamilies = { readonly [Name in FamilyName]: (typeof families)[Name]['off'] }

/** Calls `of` for each family, in order. */
export function eachFamily<T>(of: (name: FamilyName) => T): Record<FamilyName, T> {
  const all = {} as Record<FamilyName, T>
  for (const name of familyNames) all[name] = of(name)
  return all
}

const familyNames = Object.keys(families) as FamilyName[]

/** What a seed has of the families that the test named; each draws from a stream of its own. */
export function drawFamilies(options: ChaosOptions, streams: Streams): DrawnFamilies {
  return eachFamily((name) =>
    (families[name] as Family<unknown, unknown>).draw(options[name], streams),
  ) as DrawnFamilies
}

function drawStorage(
  given: ChaosOptions['storage'],
  stream: (knob: string) => RandomStream,
): StorageChances | undefined {
  if (given === undefined || given === false) return undefined
  const isOne = typeof given === 'number' || Array.isArray(given)
  const knobs = isOne ? { stall: given, failure: given, lost: given } : (given as StorageOptions)
  const { stall, failure, lost = lostByDefault, torn } = knobs as StorageOptions
  return {
    stall: drawIntensity(stall, stream('storage stall')),
    failure: drawIntensity(failure, stream('storage failure')),
    lost: drawIntensity(lost, stream('storage lost')),
    torn: drawIntensity(torn, stream('storage torn')),
  }
}

function drawIntensity(intensity: Intensity | false | undefined, random: RandomStream): number {
  if (intensity === undefined || intensity === false) return 0
  return typeof intensity === 'number' ? intensity : random.between(intensity[0], intensity[1])
}
