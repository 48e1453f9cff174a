/** What both processes learn from their surroundings, and must learn in the same way. */
import { randomInt } from 'node:crypto'

/** True on a CI server, by the variable that all of them set. */
export function isCi(environment: Readonly<Record<string, string | undefined>>): boolean {
  return !['', '0', 'false', undefined].includes(environment['CI'])
}

/** A seed that nobody chose: below 2^32, so that it is short enough to read out and paste. */
export function drawSeed(): number {
  return randomInt(2 ** 32)
}
