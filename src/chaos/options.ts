import { badInput } from '../engine/errors.ts'

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

/** Every fault family with its intensity; a family that is not named is off. */
export interface ChaosOptions<Latency = unknown> {
  /** Of all links. Default: uniform 1–10 ms. 'drawn': one of four shapes per seed. */
  readonly latency?: Latency | LatencyChoice
  /** Share of node pairs that are slow for the whole seed. */
  readonly slowPairs?: Intensity
  /** One node whose links are all slow. */
  readonly slowPeer?: boolean
  readonly loss?: Intensity
  readonly duplication?: Intensity
  readonly reordering?: Intensity
  readonly sendFailure?: Intensity
  readonly clog?: boolean | EpisodeOptions
  readonly partition?: boolean | PartitionEpisodes
  readonly crash?: boolean | CrashEpisodes
  readonly pause?: boolean | EpisodeOptions
  readonly clock?: boolean | ClockOptions
  /** Probabilities of stale and failed look-ups and slow answers of the directory. */
  readonly directory?: Intensity
  /** Probability that placing an actor is slow or fails. */
  readonly placement?: Intensity
  /** Probabilities by knob; a number or range is that of `stall`, `failure` and `lost`. */
  readonly storage?: false | Intensity | StorageOptions
  /** Probability that buggify as a whole is on in a seed; true: always. */
  readonly buggify?: boolean | number
}

export type ChaosProfile = 'calm' | 'random' | 'swarm'
export type Chaos<Latency = unknown> = ChaosProfile | ChaosOptions<Latency>

const intensities = ['slowPairs', 'loss', 'duplication', 'reordering', 'sendFailure', 'directory', 'placement']
const switches = ['storage', 'slowPeer', 'clog', 'partition', 'crash', 'pause', 'clock', 'buggify']
const families = ['latency', ...intensities, ...switches]

/** Fields of the families that take an object, with what each must be. */
const fields: Readonly<Record<string, Readonly<Record<string, 'range' | 'intensity' | 'number' | 'other'>>>> = {
  clog: { every: 'range', lasts: 'range' },
  pause: { every: 'range', lasts: 'range' },
  partition: { every: 'range', lasts: 'range', oneWay: 'intensity', shapes: 'other', inFlight: 'other' },
  crash: {
    every: 'range',
    lasts: 'range',
    wipe: 'intensity',
    graceful: 'intensity',
    graceMs: 'number',
    maxDead: 'number',
    zones: 'other',
    peers: 'other',
  },
  storage: { stall: 'intensity', failure: 'intensity', lost: 'intensity', torn: 'intensity' },
  clock: { maxSkewMs: 'number', maxDriftPpm: 'number', maxJumpMs: 'number' },
}

/** Checks a `chaos` option but for its latency; throws SimulationError (BAD_INPUT) that names the field. */
export function checkChaos(chaos: unknown, where = 'chaos'): void {
  if (chaos === 'calm' || chaos === 'random' || chaos === 'swarm') return
  if (chaos === null || typeof chaos !== 'object' || Array.isArray(chaos)) {
    throw badInput(where, chaos, "it must be 'calm', 'random', 'swarm' or an object of fault families")
  }
  for (const [name, value] of Object.entries(chaos)) {
    const path = `${where}.${name}`
    if (!families.includes(name)) {
      throw badInput(path, value, `there is no such fault family; known are ${families.join(', ')}`)
    }
    if (value === undefined || name === 'latency') continue
    if (intensities.includes(name)) checkIntensity(value, path)
    else if (name === 'buggify' && typeof value === 'number') checkIntensity(value, path)
    else if (name === 'storage') checkStorage(value, path)
    else if (typeof value !== 'boolean') checkFamily(name, value, path)
  }
}

function checkStorage(value: unknown, path: string): void {
  if (value === false) return
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (isObject) checkFamily('storage', value, path)
  else checkIntensity(value, path, ', or false, or an object of stall, failure, lost and torn')
}

function checkFamily(name: string, value: unknown, path: string): void {
  const allowed = fields[name]
  if (allowed === undefined || value === null || typeof value !== 'object') {
    throw badInput(
      path,
      value,
      allowed === undefined ? 'it must be true or false' : 'it must be true, false or an object',
    )
  }
  for (const [field, given] of Object.entries(value)) {
    const at = `${path}.${field}`
    const kind = Object.hasOwn(allowed, field) ? allowed[field] : undefined
    if (kind === undefined) throw badInput(at, given, `known are ${Object.keys(allowed).join(', ')}`)
    if (kind === 'range') checkRange(given, at)
    if (kind === 'intensity') checkIntensity(given, at)
    if (kind === 'number' && !(typeof given === 'number' && given >= 0))
      throw badInput(at, given, 'it must be 0 or more')
    if (field === 'inFlight' && given !== 'drop' && given !== 'hold')
      throw badInput(at, given, "it must be 'drop' or 'hold'")
    if (field === 'peers' && given !== 'silence' && given !== 'reset') {
      throw badInput(at, given, "it must be 'silence' or 'reset'")
    }
    if (field === 'shapes') checkShapes(given, at)
    if (field === 'zones' && !(Array.isArray(given) && given.every((zone) => Array.isArray(zone)))) {
      throw badInput(at, given, 'it must be a list of lists of node ids')
    }
  }
}

function checkShapes(given: unknown, at: string): void {
  const known: readonly unknown[] = ['isolate', 'random', 'even']
  if (Array.isArray(given) && given.length > 0 && given.every((shape) => known.includes(shape))) return
  throw badInput(at, given, "it must be a list of 'isolate', 'random', 'even'")
}

function checkIntensity(value: unknown, path: string, or = ''): void {
  const [min, max] = Array.isArray(value) ? (value as unknown[]) : [value, value]
  const good = (n: unknown): n is number => typeof n === 'number' && n >= 0 && n <= 1
  if (good(min) && good(max) && min <= max && (!Array.isArray(value) || value.length === 2)) return
  throw badInput(path, value, `it must be a probability between 0 and 1, or a range [min, max] of them${or}`)
}

function checkRange(value: unknown, path: string): void {
  const [min, max] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : []
  if (typeof min === 'number' && typeof max === 'number' && min >= 0 && min <= max && Number.isFinite(max)) return
  throw badInput(path, value, 'it must be a range [min, max] of virtual milliseconds')
}
