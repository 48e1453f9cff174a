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
