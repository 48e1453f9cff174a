import type { RandomStreams } from '../random/streams.ts'
import type { RandomStream } from '../random/stream.ts'
import type {
  Chaos,
  ChaosOptions,
  ClockOptions,
  CrashEpisodes,
  EpisodeOptions,
  Intensity,
  PartitionEpisodes,
  StorageOptions,
} from './options.ts'
import { familiesOf, profileOf } from './profiles.ts'

/** The faults of one seed: the profile with every range drawn. Undefined or 0: the family is off. */
export interface SeedChaos {
  /** 'calm', 'random', 'swarm' or 'custom'. */
  readonly profile: string
  readonly latency: unknown
  readonly slowPairs: number
  readonly slowPeer: boolean
  readonly loss: number
  readonly duplication: number
  readonly reordering: number
  readonly sendFailure: number
  readonly clog: EpisodeOptions | undefined
  readonly partition: PartitionEpisodes | undefined
  readonly crash: CrashEpisodes | undefined
  readonly pause: EpisodeOptions | undefined
  readonly clock: ClockOptions | undefined
  readonly directory: number
  readonly placement: number
  readonly storage: StorageChances | undefined
  readonly buggify: boolean
}

/** The probabilities of one seed's storage faults. */
export type StorageChances = Readonly<Record<keyof StorageOptions, number>>

export const calm: SeedChaos = {
  profile: 'calm',
  latency: undefined,
  slowPairs: 0,
  slowPeer: false,
  loss: 0,
  duplication: 0,
  reordering: 0,
  sendFailure: 0,
  clog: undefined,
  partition: undefined,
  crash: undefined,
  pause: undefined,
  clock: undefined,
  directory: 0,
  placement: 0,
  storage: undefined,
  buggify: false,
}

/** Of a write that was not synced, where the profile says nothing: by coin, as nobody can tell what a disk has done. */
export const lostByDefault = 0.5

/** Share of the seeds of a swarm that have no fault at all. */
const faultFreeShare = 0.1

/** Draws the faults of one seed; each family from a stream of its own. `calm` draws nothing. */
export function drawChaos(chaos: Chaos, streams: RandomStreams): SeedChaos {
  if (chaos === 'calm') return calm
  const profile = profileOf(chaos)
  const families = familiesOf(chaos)
  return drawFamilies(profile, profile === 'swarm' ? drawSwarm(families, streams) : families, streams)
}

/** Each family on with probability ½ (Groce et al., 2012: a swarm finds more than one tuned default). */
function drawSwarm(families: ChaosOptions, streams: RandomStreams): ChaosOptions {
  const random = streams.get('chaos swarm')
  const faultFree = random.chance(faultFreeShare)
  const chosen = Object.entries(families).filter(([family]) => {
    const on = random.chance(0.5)
    return family === 'buggify' || on
  })
  return faultFree ? {} : (Object.fromEntries(chosen) as ChaosOptions)
}

function drawFamilies(profile: string, options: ChaosOptions, streams: RandomStreams): SeedChaos {
  const stream = (family: string): RandomStream => streams.get(`chaos ${family}`)
  const intensity = (
    family: 'slowPairs' | 'loss' | 'duplication' | 'reordering' | 'sendFailure' | 'directory' | 'placement',
  ) => drawIntensity(options[family], stream(family))
  const buggify = options.buggify ?? false
  return {
    profile,
    latency: options.latency,
    slowPairs: intensity('slowPairs'),
    slowPeer: options.slowPeer ?? false,
    loss: intensity('loss'),
    duplication: intensity('duplication'),
    reordering: intensity('reordering'),
    sendFailure: intensity('sendFailure'),
    clog: episode(options.clog),
    partition: episode(options.partition),
    crash: episode(options.crash),
    pause: episode(options.pause),
    clock: episode(options.clock),
    directory: intensity('directory'),
    placement: intensity('placement'),
    storage: drawStorage(options.storage, stream),
    buggify: typeof buggify === 'number' ? stream('buggify').chance(buggify) : buggify,
  }
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

function episode<T extends object>(option: boolean | T | undefined): T | undefined {
  if (option === undefined || option === false) return undefined
  return option === true ? ({} as T) : option
}

/** 'swarm: latency uniform (min 0.5, max 20), loss 0.080, partition, buggify' for the failure message. */
export function describeChaos(chaos: SeedChaos): string {
  const parts: string[] = []
  for (const [name, value] of Object.entries(chaos)) {
    if (name === 'profile' || value === undefined || value === 0 || value === false) continue
    if (name === 'storage') parts.push(`storage (${describeKnobs(value as StorageChances) || 'loses nothing'})`)
    else if (typeof value === 'number') parts.push(`${name} ${value.toFixed(3)}`)
    else parts.push(name === 'latency' ? `latency ${describeLatency(value as object)}` : name)
  }
  return parts.length === 0 ? `${chaos.profile}: no faults` : `${chaos.profile}: ${parts.join(', ')}`
}

function describeKnobs(knobs: StorageChances): string {
  return Object.entries(knobs)
    .filter(([, chance]) => chance > 0)
    .map(([knob, chance]) => `${knob} ${chance.toFixed(3)}`)
    .join(', ')
}

/** 'heavyTail (min 0.5, max 2000)'. */
export function describeLatency({ kind, ...numbers }: { readonly kind?: string }): string {
  const fields = Object.entries(numbers).map(([name, value]) => `${name} ${[value].flat().join('–')}`)
  return `${kind} (${fields.join(', ')})`
}
