/**
 * Assertions and buggify sites for production code: no dependency, and no-ops outside a simulation.
 *
 * The condition comes first, the name second, details last; a name identifies its site in reports. They never throw
 * into the code that calls them: a violated `always` ends the simulation's iteration, not the function. So does anything
 * but true or false for a condition, and anything but a number where a number is compared. The kinds and their rules follow Antithesis' SDK, buggify follows FoundationDB.
 */
import { type Details, current, sink } from '../engine/current.ts'

export type { Details } from '../engine/current.ts'

/**
 * Must hold every time. Written in a test's body, `untilAllSometimesReached` also wants it evaluated at least once.
 *
 * @example
 * always(balance >= 0, 'never overdrawn', () => ({ balance }))
 */
export function always(condition: boolean, name: string, details?: Details): void {
  sink('always')?.check('always', condition, name, details)
}

/**
 * Must hold every time; it need not be evaluated.
 *
 * @example
 * alwaysOrUnreachable(attempts < 10, 'a retry gives up in time')
 */
export function alwaysOrUnreachable(condition: boolean, name: string, details?: Details): void {
  sink('alwaysOrUnreachable')?.check('alwaysOrUnreachable', condition, name, details)
}

/**
 * Must hold at least once over all iterations: shows that the interesting case was tested.
 *
 * @example
 * sometimes(attempts > 1, 'a request was tried again')
 */
export function sometimes(condition: boolean, name: string, details?: Details): void {
  sink('sometimes')?.sometimes(condition, name, details)
}

/**
 * This line must be reached at least once over all iterations.
 *
 * @example
 * if (attempts > 3) reachable('the fourth attempt')
 */
export function reachable(name: string): void {
  sink('reachable')?.reachable(name)
}

/**
 * This line must never be reached.
 *
 * @example
 * if (balance < 0) unreachable('an overdrawn account')
 */
export function unreachable(name: string, details?: Details): void {
  sink('unreachable')?.unreachable(name, details)
}

/**
 * `value < bound` every time; the report shows the largest value seen.
 *
 * @example
 * alwaysLessThan(queue.length, 1000, 'queue length')
 */
export function alwaysLessThan(value: number, bound: number, name: string, details?: Details): void {
  sink('alwaysLessThan')?.numeric('always', '<', value, bound, name, details)
}

/**
 * `value <= bound` every time; the report shows the largest value seen.
 *
 * @example
 * alwaysLessThanOrEqual(queue.length, 1000, 'queue length')
 */
export function alwaysLessThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  sink('alwaysLessThanOrEqual')?.numeric('always', '<=', value, bound, name, details)
}

/**
 * `value > bound` every time; the report shows the smallest value seen.
 *
 * @example
 * alwaysGreaterThan(balance, -1, 'balance')
 */
export function alwaysGreaterThan(value: number, bound: number, name: string, details?: Details): void {
  sink('alwaysGreaterThan')?.numeric('always', '>', value, bound, name, details)
}

/**
 * `value >= bound` every time; the report shows the smallest value seen.
 *
 * @example
 * alwaysGreaterThanOrEqual(balance, 0, 'balance')
 */
export function alwaysGreaterThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  sink('alwaysGreaterThanOrEqual')?.numeric('always', '>=', value, bound, name, details)
}

/**
 * `value < bound` at least once; the report shows the smallest value seen.
 *
 * @example
 * sometimesLessThan(queue.length, 2, 'a short queue')
 */
export function sometimesLessThan(value: number, bound: number, name: string, details?: Details): void {
  sink('sometimesLessThan')?.numeric('sometimes', '<', value, bound, name, details)
}

/**
 * `value <= bound` at least once; the report shows the smallest value seen.
 *
 * @example
 * sometimesLessThanOrEqual(queue.length, 1, 'a short queue')
 */
export function sometimesLessThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  sink('sometimesLessThanOrEqual')?.numeric('sometimes', '<=', value, bound, name, details)
}

/**
 * `value > bound` at least once; the report shows the largest value seen.
 *
 * @example
 * sometimesGreaterThan(queue.length, 100, 'a long queue')
 */
export function sometimesGreaterThan(value: number, bound: number, name: string, details?: Details): void {
  sink('sometimesGreaterThan')?.numeric('sometimes', '>', value, bound, name, details)
}

/**
 * `value >= bound` at least once; the report shows the largest value seen.
 *
 * @example
 * sometimesGreaterThanOrEqual(attempts, 3, 'three attempts')
 */
export function sometimesGreaterThanOrEqual(value: number, bound: number, name: string, details?: Details): void {
  sink('sometimesGreaterThanOrEqual')?.numeric('sometimes', '>=', value, bound, name, details)
}

/**
 * All conditions at the same time, at least once; the report shows the largest number that held together.
 *
 * @example
 * sometimesAll({ late: attempts > 1, long: queue.length > 10 }, 'late answers and a long queue')
 */
export function sometimesAll(conditions: Readonly<Record<string, boolean>>, name: string): void {
  sink('sometimesAll')?.all(conditions, name)
}

/**
 * Counts each value as a site of its own; each of `expected` must be seen at least once.
 *
 * @example
 * sometimesEach('outcome', attempts > 1 ? 'retried' : 'at once', ['retried', 'at once'])
 */
export function sometimesEach(name: string, value: string | number, expected: readonly (string | number)[] = []): void {
  sink('sometimesEach')?.each(name, value, expected)
}

/**
 * True now and then, in a simulation: the place to do something rare but legal.
 *
 * A site is activated for a seed with probability 0.25 and then fires with `probability` per call (FoundationDB's
 * BUGGIFY). Always false outside a simulation and when the chaos profile has buggify off.
 *
 * @example
 * if (buggify('flush fails')) throw new Error('the disk is full')
 */
export function buggify(site: string, probability = 0.25): boolean {
  return sink('buggify')?.buggify(site, probability) ?? false
}

/**
 * Waits for a random time within `range` (virtual ms) when the site fires; else resolves at once.
 *
 * @example
 * await buggifyDelay('slow flush', [10, 500])
 */
export function buggifyDelay(site: string, range: readonly [number, number]): Promise<void> {
  const ms = sink('buggifyDelay')?.buggifyDelay(site, range) ?? 0
  const { engine } = current
  return ms === 0 || engine === undefined ? Promise.resolve() : engine.sleep(Math.round(ms * 1000))
}

/**
 * `usual`, or a random number within `range` for the whole seed when the site is activated.
 *
 * @example
 * const batch = buggifyValue('batch size', 100, [1, 3])
 */
export function buggifyValue(site: string, usual: number, range: readonly [number, number]): number {
  return sink('buggifyValue')?.buggifyValue(site, usual, range) ?? usual
}
