/**
 * Assertions and buggify sites for production code: no dependency, and no-ops outside a simulation.
 *
 * The condition comes first, the name second, details last; a name identifies its site in reports. They never throw
 * into the code that calls them: a violated `always` ends the simulation's iteration, not the function. So does anything
 * but true or false for a condition, and anything but a number where a number is compared. The kinds and their rules follow Antithesis' SDK, buggify follows FoundationDB.
 */
import { type Details, current } from '../engine/current.ts'

export type { Details } from '../engine/current.ts'

/** Must hold every time. Written in a test's body, `untilAllSometimesReached` also wants it evaluated at least once. */
export function always(condition: boolean, name: string, details?: Details): void {
  current.assertions?.check('always', condition, name, details)
}

/** Must hold every time; it need not be evaluated. */
export function alwaysOrUnreachable(condition: boolean, name: string, details?: Details): void {
  current.assertions?.check('alwaysOrUnreachable', condition, name, details)
}

/** Must hold at least once over all iterations: shows that the interesting case was tested. */
export function sometimes(condition: boolean, name: string, details?: Details): void {
  current.assertions?.sometimes(condition, name, details)
}

/** This line must be reached at least once over all iterations. */
export function reachable(name: string): void {
  current.assertions?.reachable(name)
}

/** This line must never be reached. */
export function unreachable(name: string, details?: Details): void {
  current.assertions?.unreachable(name, details)
}

/** `value < bound` every time; the report shows the largest value seen. */
export function alwaysLessThan(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('always', '<', value, bound, name, details)
}

/** `value <= bound` every time; the report shows the largest value seen. */
export function alwaysLessThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('always', '<=', value, bound, name, details)
}

/** `value > bound` every time; the report shows the smallest value seen. */
export function alwaysGreaterThan(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('always', '>', value, bound, name, details)
}

/** `value >= bound` every time; the report shows the smallest value seen. */
export function alwaysGreaterThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('always', '>=', value, bound, name, details)
}

/** `value < bound` at least once; the report shows the smallest value seen. */
export function sometimesLessThan(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('sometimes', '<', value, bound, name, details)
}

/** `value <= bound` at least once; the report shows the smallest value seen. */
export function sometimesLessThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('sometimes', '<=', value, bound, name, details)
}

/** `value > bound` at least once; the report shows the largest value seen. */
export function sometimesGreaterThan(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('sometimes', '>', value, bound, name, details)
}

/** `value >= bound` at least once; the report shows the largest value seen. */
export function sometimesGreaterThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  current.assertions?.numeric('sometimes', '>=', value, bound, name, details)
}

/** All conditions at the same time, at least once; the report shows the largest number that held together. */
export function sometimesAll(conditions: Readonly<Record<string, boolean>>, name: string): void {
  current.assertions?.all(conditions, name)
}

/** Counts each value as a site of its own; each of `expected` must be seen at least once. */
export function sometimesEach(name: string, value: string | number, expected: readonly (string | number)[] = []): void {
  current.assertions?.each(name, value, expected)
}

/**
 * True now and then, in a simulation: the place to do something rare but legal.
 *
 * A site is activated for a seed with probability 0.25 and then fires with `probability` per call (FoundationDB's
 * BUGGIFY). Always false outside a simulation and when the chaos profile has buggify off.
 */
export function buggify(site: string, probability = 0.25): boolean {
  return current.assertions?.buggify(site, probability) ?? false
}

/** Waits for a random time within `range` (virtual ms) when the site fires; else resolves at once. */
export function buggifyDelay(site: string, range: readonly [number, number]): Promise<void> {
  const { assertions, engine } = current
  const ms = assertions?.buggifyDelay(site, range) ?? 0
  return ms === 0 || engine === undefined ? Promise.resolve() : engine.sleep(Math.round(ms * 1000))
}

/** `usual`, or a random number within `range` for the whole seed when the site is activated. */
export function buggifyValue(site: string, usual: number, range: readonly [number, number]): number {
  return current.assertions?.buggifyValue(site, usual, range) ?? usual
}
