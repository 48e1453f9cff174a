import { checkChaos } from '../../src/chaos/options.ts'
import { badInput } from '../../src/engine/errors.ts'
import type { SimulationError } from '../../src/engine/errors.ts'
import { parseDuration } from '../../src/runner/duration.ts'
import { checkLatency } from '../../src/network/latency.ts'
import { toIterationControl } from '../../src/runner/iteration-control.ts'
import type { IterationControl } from '../../src/runner/iteration-control.ts'
import type { ChaosOption, ResolvedSettings } from './options.ts'
import { closest } from './suggest.ts'

type Fields = Readonly<Record<string, unknown>>

export function checkObject(value: unknown, where: string, known: readonly string[]): Fields {
  if (!isPlainObject(value)) throw badInput(where, value, `it must be an object with ${known.join(', ')}`)
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw unknownOption(where, key, value[key], known)
  }
  return value
}

function unknownOption(where: string, key: string, value: unknown, known: readonly string[]): SimulationError {
  const meant = closest(key, known)
  const hint = meant ? `did you mean \`${meant}\`?` : `known are ${known.join(', ')}`
  return badInput(`${where}: unknown option \`${key}\``, value, hint)
}

export function checkBoolean(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value
  throw badInput(where, value, 'it must be true or false')
}

export function checkFraction(value: unknown, where: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw badInput(where, value, 'it must be a number from 0 to 1')
}

export function checkCount(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value
  throw badInput(where, value, 'it must be a whole number of at least 1')
}

export function checkRegExp(value: unknown, where: string): RegExp {
  if (!(value instanceof RegExp)) throw badInput(where, value, 'it must be a regular expression such as /^slow_/')
  // `g` and `y` would make the same test match only every other time
  return new RegExp(value.source, value.flags.replace(/[gy]/g, ''))
}

export function checkIterations(value: unknown, where: string): IterationControl {
  const control = toIterationControl(value, where)
  if (control.kind === 'timeLimit' && control.ms === 0) {
    throw badInput(where, value, 'a time limit of 0 would run nothing: it must be longer')
  }
  if (isPlainObject(value)) checkObject(value, where, Object.keys(control))
  return control
}

export function checkChaosOption(value: unknown, where: string): ChaosOption {
  checkChaos(value, where)
  checkPlain(value, where)
  const chaos = value as ChaosOption
  if (typeof chaos === 'object' && chaos.latency !== undefined && chaos.latency !== 'drawn') {
    checkLatency(chaos.latency, `${where}.latency`)
  }
  return chaos
}

/** Options travel to the workers, so functions and instances cannot. */
function checkPlain(value: unknown, where: string): void {
  if (Array.isArray(value)) value.forEach((item, index) => checkPlain(item, `${where}[${index}]`))
  else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) checkPlain(item, `${where}.${key}`)
  } else if (
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    (typeof value === 'object' && value !== null)
  ) {
    throw badInput(where, value, 'it must be plain data (it is sent to the test workers)')
  }
}

export function checkSlowTimeout(value: unknown, where: string): NonNullable<ResolvedSettings['slowTimeout']> {
  const { period, terminateAfter } = checkObject(value, where, ['period', 'terminateAfter'])
  const periodMs = parseDuration(period as string | number, `${where}.period`)
  if (periodMs === 0) throw badInput(`${where}.period`, period, 'it must be longer than 0')
  return {
    periodMs,
    terminateAfter: terminateAfter === undefined ? null : checkCount(terminateAfter, `${where}.terminateAfter`),
  }
}

export function checkTimezone(value: unknown, where: string): string | false {
  if (value === false) return value
  try {
    if (typeof value === 'string') {
      new Intl.DateTimeFormat('en', { timeZone: value }).format(0)
      return value
    }
  } catch {
    // not a zone this Node knows: reported below
  }
  throw badInput(where, value, "it must be a time zone such as 'UTC' or 'Europe/Zurich', or false to leave TZ alone")
}

export function checkOneOf<Word extends string>(value: unknown, where: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw badInput(where, value, `it must be ${words.map((word) => `'${word}'`).join(' or ')}`)
}

export function isPlainObject(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}
