import { badInput } from '../engine/errors.ts'
import { parseDuration } from './duration.ts'

/** How many seeds a simulation runs; plain data, so that it travels from the config to the workers. */
export type IterationControl =
  | { readonly kind: 'fixedCount'; readonly count: number }
  | { readonly kind: 'untilAllSometimesReached'; readonly max: number }
  | { readonly kind: 'untilCoverageStable'; readonly plateau: number; readonly max: number }
  | { readonly kind: 'timeLimit'; readonly ms: number }

export const defaultControl: IterationControl = { kind: 'fixedCount', count: 10 }

/** Runs exactly `count` seeds. */
export function fixedCount(count: number): IterationControl {
  return { kind: 'fixedCount', count: positive(count, 'fixedCount(count)') }
}

/**
 * Stops after the first iteration at which every required `sometimes` was reached; fails after `max` without that.
 *
 * A `sometimes` in an imported module belongs to the test once it was evaluated. When modules have some that the first
 * iteration did not evaluate, or no site is known, at least 10 iterations run (or `max`, when that is less).
 */
export function untilAllSometimesReached(max: number): IterationControl {
  return { kind: 'untilAllSometimesReached', max: positive(max, 'untilAllSometimesReached(max)') }
}

/** Stops when `plateau` iterations in a row reached nothing new, or after `max`. */
export function untilCoverageStable(options: { plateau: number; max: number }): IterationControl {
  const { plateau, max } = options ?? {}
  return {
    kind: 'untilCoverageStable',
    plateau: positive(plateau, 'untilCoverageStable({ plateau })'),
    max: positive(max, 'untilCoverageStable({ max })'),
  }
}

/** Starts iterations until this much real time has passed: '30s', '5m' or ms. */
export function timeLimit(duration: string | number): IterationControl {
  return { kind: 'timeLimit', ms: parseDuration(duration, 'timeLimit(duration)') }
}

/** Checks what a user gave as `iterations`; a bare number means fixedCount. Throws SimulationError (BAD_INPUT). */
export function toIterationControl(given: unknown, where = 'iterations'): IterationControl {
  if (typeof given === 'number') return { kind: 'fixedCount', count: positive(given, where) }
  const control = given as IterationControl | null | undefined
  switch (control?.kind) {
    case 'fixedCount':
      return { kind: control.kind, count: positive(control.count, `${where}: fixedCount(count)`) }
    case 'untilAllSometimesReached':
      return { kind: control.kind, max: positive(control.max, `${where}: untilAllSometimesReached(max)`) }
    case 'untilCoverageStable':
      return untilCoverageStable(control)
    case 'timeLimit':
      return { kind: control.kind, ms: parseDuration(control.ms, `${where}: timeLimit(duration)`) }
    default:
      throw badInput(
        where,
        given,
        'it must be a whole number above 0, fixedCount(n), untilAllSometimesReached(max), untilCoverageStable({ plateau, max }) or timeLimit(duration)',
      )
  }
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

function positive(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw badInput(where, value, 'it must be a whole number above 0')
}
