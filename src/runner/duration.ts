import { badInput } from '../engine/errors.ts'
import { isNumber, longestMs } from '../engine/schema.ts'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/**
 * Milliseconds of a duration: a number of milliseconds, or '500ms', '30s', '2m', '1h', '1m30s'.
 *
 * @param option names the option in the error
 * @throws SimulationError `BAD_INPUT` when the value is negative, longer than a year or not a duration
 */
export function parseDuration(value: string | number, option: string): number {
  const ms = typeof value === 'string' ? millisOf(value) : value
  if (isNumber(ms) && ms >= 0 && ms <= longestMs) return ms
  throw badInput(
    option,
    value,
    "a duration is a number of milliseconds or a text such as '500ms', '30s', '2m', '1m30s' or '1h'",
  )
}

/** True for a duration longer than 0. */
export function isDuration(value: unknown): value is string | number {
  const ms = typeof value === 'string' ? millisOf(value) : value
  return isNumber(ms) && ms > 0 && ms <= longestMs
}

function millisOf(written: string): number | undefined {
  const text = written.trim()
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h)\s*)+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h)/g)) {
    total += Number(amount) * unitMs[unit as keyof typeof unitMs]
  }
  return total
}
