import { show } from '../engine/errors.ts'
import {
  type Schema,
  also,
  choose,
  isNumber,
  longestMs,
  millis,
  object,
  oneOf,
  orderOf,
  rule,
  share,
} from '../engine/schema.ts'
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

const kinds = ['constant', 'uniform', 'exponential', 'bimodal', 'heavyTail'] as const
const allowedKinds = `it must be { kind: ${kinds.map((kind) => `'${kind}'`).join(' | ')}, … }`

const range: Schema<readonly [number, number]> = also(
  rule((value) => Array.isArray(value) && value.length === 2, 'it must be a range [min, max] of milliseconds'),
  ([min, max]) =>
    isTime(min) && isTime(max)
      ? orderOf('min', min, 'max', max)
      : 'it must be a range [min, max] of milliseconds, 0 or more, at most a year',
)

function isTime(ms: unknown): boolean {
  return isNumber(ms) && ms >= 0 && ms <= longestMs
}

type Model<Kind extends Latency['kind']> = Extract<Latency, { kind: Kind }>

const kind = <Kind extends Latency['kind']>(name: Kind): Schema<Kind> => oneOf([name])

const uniform = object<Model<'uniform'>>(
  { kind: kind('uniform'), min: millis, max: millis },
  { required: ['min', 'max'] },
)
const exponential = object<Model<'exponential'>>(
  { kind: kind('exponential'), min: millis, mean: millis },
  { required: ['min', 'mean'] },
)
const bimodal = object<Model<'bimodal'>>(
  { kind: kind('bimodal'), fast: range, slow: range, slowShare: share },
  { required: ['fast', 'slow', 'slowShare'] },
)
const heavyTail = object<Model<'heavyTail'>>(
  {
    kind: kind('heavyTail'),
    min: millis,
    max: millis,
    shape: rule((value) => isNumber(value) && value > 0, 'it must be a number above 0'),
  },
  { required: ['min', 'max'] },
)

const models: { readonly [Kind in Latency['kind']]: Schema<Model<Kind>> } = {
  constant: object<Model<'constant'>>({ kind: kind('constant'), ms: millis }, { required: ['ms'] }),
  uniform: also(uniform, ({ min, max }) => orderOf('min', min, 'max', max)),
  exponential: also(exponential, ({ min, mean }) => orderOf('min', min, 'mean', mean)),
  bimodal: also(bimodal, ({ fast, slow }) =>
    fast[0] > slow[0] || fast[1] > slow[1] ? `fast ${show(fast)} is above slow ${show(slow)}` : undefined,
  ),
  heavyTail: also(heavyTail, ({ min, max }) => orderOf('min', min, 'max', max)),
}

const unknownModel = object<{ kind: string }>(
  { kind: rule(() => false, allowedKinds) },
  { required: ['kind'], allowed: allowedKinds },
)

/** What a model of latency must be. */
export const latencySchema: Schema<Latency> = choose((value) => {
  const name: unknown = (value as Latency | null | undefined)?.kind
  const known = kinds.find((one) => one === name)
  return known === undefined ? unknownModel : models[known]
})
