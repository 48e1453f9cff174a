import {
  type Schema,
  also,
  check,
  choose,
  longestMs,
  number,
  object,
  oneOf,
  orderOf,
  rule,
  whole,
} from '../engine/schema.ts'
import { parseDuration } from './duration.ts'

/** How many seeds a simulation runs; plain data, so that it travels from the config to the workers. */
export type IterationControl =
  | { readonly kind: 'fixedCount'; readonly count: number }
  | { readonly kind: 'untilAllSometimesReached'; readonly max: number }
  | { readonly kind: 'untilCoverageStable'; readonly plateau: number; readonly max: number }
  | { readonly kind: 'timeLimit'; readonly ms: number }

/** More than a run of weeks. */
const iterationsMax = 1e12

export const defaultControl: IterationControl = { kind: 'fixedCount', count: 10 }

/** Runs exactly so many seeds. */
export function fixedCount(iterations: number): IterationControl {
  return checked({ kind: 'fixedCount', count: iterations }, 'fixedCount(…)')
}

/**
 * Stops after the first iteration at which every required `sometimes` was reached; fails after `max` without that.
 *
 * A `sometimes` in an imported module belongs to the test once it was evaluated. When modules have some that the first
 * iteration did not evaluate, or no site is known, at least 10 iterations run (or `max`, when that is less).
 */
export function untilAllSometimesReached(max: number): IterationControl {
  return checked({ kind: 'untilAllSometimesReached', max }, 'untilAllSometimesReached(…)')
}

/** Stops when `plateau` iterations in a row reached nothing new, or after `max`. */
export function untilCoverageStable(options: { plateau: number; max: number }): IterationControl {
  return checked({ kind: 'untilCoverageStable', ...options }, 'untilCoverageStable(…)')
}

/** Starts iterations until this much real time has passed: '30s', '5m' or ms. */
export function timeLimit(duration: string | number): IterationControl {
  return checked({ kind: 'timeLimit', ms: parseDuration(duration, 'timeLimit(duration)') }, 'timeLimit(…)')
}

const count: Schema<number> = whole({ min: 1, max: iterationsMax }, 'it must be a whole number above 0')

type Control<Kind extends IterationControl['kind']> = Extract<IterationControl, { kind: Kind }>

const controls: { readonly [Kind in IterationControl['kind']]: Schema<Control<Kind>> } = {
  fixedCount: object<Control<'fixedCount'>>({ kind: oneOf(['fixedCount']), count }, { required: ['count'] }),
  untilAllSometimesReached: object<Control<'untilAllSometimesReached'>>(
    { kind: oneOf(['untilAllSometimesReached']), max: count },
    { required: ['max'] },
  ),
  untilCoverageStable: also(
    object<Control<'untilCoverageStable'>>(
      { kind: oneOf(['untilCoverageStable']), plateau: count, max: count },
      { required: ['plateau', 'max'] },
    ),
    ({ plateau, max }) => orderOf('plateau', plateau, 'max', max),
  ),
  timeLimit: object<Control<'timeLimit'>>(
    {
      kind: oneOf(['timeLimit']),
      ms: number({ min: 1, max: longestMs }, 'a time limit is at least 1 ms, and at most a year'),
    },
    { required: ['ms'] },
  ),
}

const allowed =
  'it must be a whole number above 0, fixedCount(n), untilAllSometimesReached(max), ' +
  'untilCoverageStable({ plateau, max }) or timeLimit(duration)'

/** What `iterations` may be. */
export const iterationsSchema: Schema<number | IterationControl> = choose((value) => {
  if (typeof value === 'number') return count
  const kind: unknown = (value as IterationControl | null | undefined)?.kind
  return Object.hasOwn(controls, String(kind)) ? controls[kind as IterationControl['kind']] : rule(() => false, allowed)
})

/** A bare number means fixedCount. */
export function toIterationControl(given: number | IterationControl): IterationControl {
  return typeof given === 'number' ? { kind: 'fixedCount', count: given } : given
}

function checked<Kind extends IterationControl['kind']>(control: Control<Kind>, where: string): Control<Kind> {
  check<unknown>(controls[control.kind], control, where)
  return control
}

/** 'untilAllSometimesReached(1000)'. */
export function describeControl(control: IterationControl): string {
  switch (control.kind) {
    case 'fixedCount':
      return `fixedCount(${control.count})`
    case 'untilAllSometimesReached':
      return `untilAllSometimesReached(${control.max})`
    case 'untilCoverageStable':
      return `untilCoverageStable({ plateau: ${control.plateau}, max: ${control.max} })`
    case 'timeLimit':
      return `timeLimit(${control.ms} ms)`
  }
}

/** The most iterations a control allows; null: it has no count. */
export function plannedIterations(control: IterationControl): number | null {
  switch (control.kind) {
    case 'fixedCount':
      return control.count
    case 'untilAllSometimesReached':
    case 'untilCoverageStable':
      return control.max
    case 'timeLimit':
      return null
  }
}
