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

/**
 * The model of a network that has been mended: the same without its tail.
 *
 * `exponential` waits `min` and twice `mean` at most, `heavyTail` as long as nine messages in ten, `bimodal` is fast
 * unless it never was; the others have no tail.
 */
export function withoutTail(latency: Latency): LatencySampler {
  const usual = latencySampler(latency)
  switch (latency.kind) {
    case 'constant':
    case 'uniform':
      return usual
    case 'exponential':
      return atMost(micros(latency.min) + 2 * micros(latency.mean), usual)
    case 'bimodal':
      return latency.slowShare === 1 ? usual : latencySampler({ ...latency, slowShare: 0 })
    case 'heavyTail':
      return atMost(Math.round(Math.max(1, micros(latency.min)) * 10 ** (1 / (latency.shape ?? 1.2))), usual)
  }
}

function atMost(longest: number, usual: LatencySampler): LatencySampler {
  return (random) => Math.min(longest, usual(random))
}

/** Checks a latency option; throws SimulationError (BAD_INPUT) that names the field. */
export function checkLatency(latency: Latency, where: string): Latency {
  if (latency === null || typeof latency !== 'object') throw badInput(where, latency, allowedKinds)
  const known = Object.hasOwn(fields, latency.kind) ? fields[latency.kind] : undefined
  if (known === undefined) throw badInput(`${where}.kind`, latency.kind, allowedKinds)
  for (const [name, value] of Object.entries(latency)) {
    if (name === 'kind' || known.includes(name)) continue
    throw badInput(`${where}.${name}`, value, `a latency of kind '${latency.kind}' has only ${known.join(' and ')}`)
  }
  switch (latency.kind) {
    case 'constant':
      time(latency.ms, `${where}.ms`)
      break
    case 'uniform':
      range([latency.min, latency.max], where)
      break
    case 'heavyTail':
      range([latency.min, latency.max], where)
      if (latency.shape !== undefined && !(isNumber(latency.shape) && latency.shape > 0)) {
        throw badInput(`${where}.shape`, latency.shape, 'it must be a number above 0')
      }
      break
    case 'exponential': {
      const { min, mean } = latency
      time(min, `${where}.min`)
      time(mean, `${where}.mean`)
      if (min > mean) throw badInput(where, latency, `min ${show(min)} is above mean ${show(mean)}`)
      break
    }
    case 'bimodal': {
      const { fast, slow, slowShare } = latency
      range(fast, `${where}.fast`)
      range(slow, `${where}.slow`)
      if (fast[0] > slow[0] || fast[1] > slow[1]) {
        throw badInput(where, latency, `fast ${show(fast)} is above slow ${show(slow)}`)
      }
      if (!(isNumber(slowShare) && slowShare >= 0 && slowShare <= 1)) {
        throw badInput(`${where}.slowShare`, slowShare, 'it must be a share between 0 and 1')
      }
      break
    }
  }
  return latency
}

const allowedKinds = "it must be { kind: 'constant' | 'uniform' | 'exponential' | 'bimodal' | 'heavyTail', … }"

/** A field that the kind does not have would change nothing, unseen. */
const fields: Readonly<Record<Latency['kind'], readonly string[]>> = {
  constant: ['ms'],
  uniform: ['min', 'max'],
  exponential: ['min', 'mean'],
  bimodal: ['fast', 'slow', 'slowShare'],
  heavyTail: ['min', 'max', 'shape'],
}

/** A year. */
const longestMs = 31_536_000_000

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

function time(ms: unknown, where: string): void {
  if (!isNumber(ms) || ms < 0) throw badInput(where, ms, 'it must be a number of milliseconds, 0 or more')
  if (ms > longestMs) throw badInput(where, ms, 'it must be at most a year')
}

function range(value: readonly unknown[], where: string): void {
  if (!Array.isArray(value) || value.length !== 2) {
    throw badInput(where, value, 'it must be a range [min, max] of milliseconds')
  }
  const [min, max] = value as [number, number]
  time(min, `${where} min`)
  time(max, `${where} max`)
  if (min > max) throw badInput(where, value, `min ${show(min)} is above max ${show(max)}`)
}
