import { badInput } from '../engine/errors.ts'

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/**
 * Milliseconds of a duration: a number of milliseconds, or '500ms', '30s', '2m', '1h', '1m30s'.
 *
 * @param option names the option in the error
 * @throws SimulationError `BAD_INPUT` when the value is negative, not finite or not a duration
 */
export function parseDuration(value: string | number, option: string): number {
  if (typeof value === 'number') {
    if (Number.isFinite(value) && value >= 0) return value
  } else if (typeof value === 'string') {
    const text = value.trim()
    if (/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h)\s*)+$/.test(text)) {
      let total = 0
      for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h)/g)) {
        total += Number(amount) * unitMs[unit as keyof typeof unitMs]
      }
      return total
    }
  }
  throw badInput(
    option,
    value,
    "a duration is a number of milliseconds or a text such as '500ms', '30s', '2m', '1m30s' or '1h'",
  )
}
