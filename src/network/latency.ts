import { badInput, show } from '../engine/errors.ts'
import type { RandomStream } from '../random/stream.ts'

/**
 * How long a message travels, in ms.
 *
 * `exponential` adds an exponential wait to `min`; `bimodal` takes `slow` for a share of messages; `heavyTail` is a
 * Pareto distribution (shape 1.2 by default) cut at `max`, the shape measured for real networks' stragglers.
 */
export type Latency =
  | { readonly kind: 'constant'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly min: number; readonly max: number }
  | { readonly kind: 'exponential'; readonly min: number; readonly mean: number }
  | {
      readonly kind: 'bimodal'
      readonly fast: readonly [number, number]
      readonly slow: readonly [number, number]
      /** Share of slow messages, 0 to 1. */
      readonly slowShare: number
    }
  | { readonly kind: 'heavyTail'; readonly min: number; readonly max: number; readonly shape?: number }

/** Links have this latency unless told otherwise. */
export const defaultLatency: Latency = { kind: 'uniform', min: 1, max: 10 }

/** Draws one travel time in µs. */
export type LatencySampler = (random: RandomStream) => number

const micros = (ms: number): number => Math.round(ms * 1000)

/** A function that draws travel times, in µs; the units are converted once, not per message. */
export function latencySampler(latency: Latency): LatencySampler {
  switch (latency.kind) {
    case 'constant': {
      const fixed = micros(latency.ms)
      return () => fixed
    }
    case 'uniform': {
      const min = micros(latency.min)
      const span = micros(latency.max) - min + 1
      return (random) => min + random.below(span)
    }
    case 'exponential': {
      const min = micros(latency.min)
      const mean = micros(latency.mean)
      return (random) => min + Math.round(random.exponential(mean))
    }
    case 'bimodal': {
      const [fastMin, fastMax] = [micros(latency.fast[0]), micros(latency.fast[1])]
      const [slowMin, slowMax] = [micros(latency.slow[0]), micros(latency.slow[1])]
      const share = latency.slowShare
      return (random) => (random.chance(share) ? random.integer(slowMin, slowMax) : random.integer(fastMin, fastMax))
    }
    case 'heavyTail': {
      const min = Math.max(1, micros(latency.min))
      const max = micros(latency.max)
      const exponent = -1 / (latency.shape ?? 1.2)
      return (random) => Math.min(max, Math.round(min * (1 - random.float()) ** exponent))
    }
  }
}

/** Checks a latency option; throws SimulationError (BAD_INPUT) that names the field. */
export function checkLatency(latency: Latency, where: string): Latency {
  if (latency === null || typeof latency !== 'object') throw badInput(where, latency, allowedKinds)
  switch (latency.kind) {
    case 'constant':
      time(latency.ms, `${where}.ms`)
      break
    case 'uniform':
    case 'heavyTail':
      range([latency.min, latency.max], where)
      if (latency.kind === 'heavyTail' && latency.shape !== undefined && !(latency.shape > 0)) {
        throw badInput(`${where}.shape`, latency.shape, 'it must be a number above 0')
      }
      break
    case 'exponential':
      time(latency.min, `${where}.min`)
      time(latency.mean, `${where}.mean`)
      break
    case 'bimodal':
      range(latency.fast, `${where}.fast`)
      range(latency.slow, `${where}.slow`)
      if (!(latency.slowShare >= 0 && latency.slowShare <= 1)) {
        throw badInput(`${where}.slowShare`, latency.slowShare, 'it must be a share between 0 and 1')
      }
      break
    default:
      throw badInput(`${where}.kind`, (latency as { kind: unknown }).kind, allowedKinds)
  }
  return latency
}

const allowedKinds = "it must be { kind: 'constant' | 'uniform' | 'exponential' | 'bimodal' | 'heavyTail', … }"

function time(ms: unknown, where: string): void {
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    throw badInput(where, ms, 'it must be a number of milliseconds, 0 or more')
  }
}

function range(value: readonly unknown[], where: string): void {
  const [min, max] = Array.isArray(value) ? value : []
  time(min, `${where} min`)
  time(max, `${where} max`)
  if ((min as number) > (max as number)) throw badInput(where, value, `min ${show(min)} is above max ${show(max)}`)
}
