import type { RandomStreams } from '../random/streams.ts'
import {
  type DrawnFamilies,
  type StorageChances,
  drawFamilies,
  eachFamily,
  families,
  type Chaos,
  type ChaosOptions,
} from './families.ts'
import { familiesOf, profileOf } from './profiles.ts'

/** The faults of one seed: the profile with every range drawn. Undefined, 0 or false: the family is off. */
export interface SeedChaos extends DrawnFamilies {
  /** 'calm', 'random', 'swarm' or 'custom'. */
  readonly profile: string
}

export const calm: SeedChaos = { profile: 'calm', ...(eachFamily((name) => families[name].off) as DrawnFamilies) }

/** Share of the seeds of a swarm that have no fault at all. */
const faultFreeShare = 0.1

/** Draws the faults of one seed; each family from a stream of its own. `calm` draws nothing. */
export function drawChaos(chaos: Chaos, streams: RandomStreams): SeedChaos {
  if (chaos === 'calm') return calm
  const profile = profileOf(chaos)
  const all = familiesOf(chaos)
  const chosen = profile === 'swarm' ? drawSwarm(all, streams) : all
  return { profile, ...drawFamilies(chosen, (purpose) => streams.get(`chaos ${purpose}`)) }
}

/** Each family on with probability ½ (Groce et al., 2012: a swarm finds more than one tuned default). */
function drawSwarm(all: ChaosOptions, streams: RandomStreams): ChaosOptions {
  const random = streams.get('chaos swarm')
  const faultFree = random.chance(faultFreeShare)
  const chosen = Object.entries(all).filter(([family]) => {
    const on = random.chance(0.5)
    return family === 'buggify' || on
  })
  return faultFree ? {} : (Object.fromEntries(chosen) as ChaosOptions)
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
