import { show } from '../engine/errors.ts'

/** Comparisons of the numeric assertions, with what their functions are called. */
export type Comparison = '<' | '<=' | '>' | '>='

export const comparisonNames: Readonly<Record<Comparison, string>> = {
  '<': 'LessThan',
  '<=': 'LessThanOrEqual',
  '>': 'GreaterThan',
  '>=': 'GreaterThanOrEqual',
}

/** Says what is wrong with a condition, or with the name after it. TypeScript sees it; JavaScript and `any` do not. */
export function conditionFlaw(condition: unknown, name: unknown, details: unknown): string {
  if (typeof condition === 'string' && typeof name !== 'string') {
    return `its arguments are swapped: the condition comes first, then the name; the condition is ${show(condition)}`
  }
  return typeof condition === 'boolean'
    ? (nameFlaw(name) ?? `its details are ${detailsFlaw(details)}`)
    : `its condition is ${what(condition)}: it must be true or false`
}

/** Says what is wrong with a numeric assertion. */
export function numericFlaw(value: unknown, bound: unknown, name: unknown, details: unknown): string {
  if (typeof value === 'string' && typeof name !== 'string') {
    return `its arguments are swapped: value and bound come first, then the name; the value is ${show(value)}`
  }
  if (!isNumber(value)) return `its value is ${what(value)}: it must be a number, and not NaN`
  if (!isNumber(bound)) return `its bound is ${what(bound)}: it must be a number, and not NaN`
  return nameFlaw(name) ?? `its details are ${detailsFlaw(details)}`
}

/** Undefined: it can name a site. */
export function nameFlaw(name: unknown): string | undefined {
  return typeof name === 'string' && name !== ''
    ? undefined
    : `its name is ${what(name)}: it must be a non-empty string`
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}

/** Details: an object, a text, or a function that makes one of these. */
export function isDetails(details: unknown): boolean {
  if (details === undefined || details === null) return true
  const type = typeof details
  return type === 'function' || type === 'string' || (type === 'object' && !isPromise(details))
}

/** True for whatever has a `then`; what throws when it is asked has none. */
export function isPromise(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  try {
    return typeof (value as { then?: unknown }).then === 'function'
  } catch {
    return false
  }
}

/** A value, with the next act where it is clear. */
export function what(value: unknown): string {
  if (isPromise(value)) return 'a promise (await it)'
  return typeof value === 'function' ? `${show(value)} (call it)` : show(value)
}

function detailsFlaw(details: unknown): string {
  return `${what(details)}: they must be an object, or a function that makes them`
}
