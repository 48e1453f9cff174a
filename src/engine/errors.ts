import { inspect, types } from 'node:util'
import { printableText } from './printable.ts'

/**
 * An error of the simulation itself: misuse of its API or a broken rule, with a stable `code`.
 *
 * What user code may observe on a real network is never a SimulationError (see src/bus/errors.ts).
 */
export class SimulationError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(printableText(message))
    this.name = 'SimulationError'
    this.code = code
  }
}

/** Prints a value for an error message, short; never throws. */
export function show(value: unknown): string {
  try {
    return print(value)
  } catch {
    return typeof value === 'function' ? 'a function' : 'an object that cannot be printed'
  }
}

function print(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `'${value.slice(0, 57)}…'` : `'${value}'`
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object' || value === null) return String(value)
  if (types.isPromise(value)) return 'a promise'
  if (value instanceof RegExp || value instanceof Error) return String(value)
  try {
    const text = JSON.stringify(value)
    if (text !== undefined) return text.length > 80 ? `${text.slice(0, 77)}…` : text
  } catch {
    // cyclic or with a throwing getter: the type is all we can say
  }
  return Object.prototype.toString.call(value)
}

/** Prints a value so that a person can read it, up to some thousand characters; runs no code of the value. */
export function showFully(value: unknown): string {
  if (typeof value === 'string') return cut(value)
  if (value instanceof Error) return cut(String(value))
  if (isPlain(value)) return cut(JSON.stringify(value))
  const options = { depth: 8, customInspect: false, maxArrayLength: 200, maxStringLength: 2_000, breakLength: Infinity }
  return cut(inspect(value, options))
}

/** True for what JSON prints whole; runs no getter. */
function isPlain(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || depth > 8 || types.isProxy(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && !Array.isArray(value)) return false
  const fields = Object.values(Object.getOwnPropertyDescriptors(value))
  return fields.every((field) => !field.enumerable || ('value' in field && isPlain(field.value, depth + 1)))
}

const longestValue = 4_000

function cut(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue)}… (${text.length} characters)` : text
}

/** The error for a bad option or argument: names it, its value and what is allowed. */
export function badInput(where: string, value: unknown, allowed: string): SimulationError {
  return new SimulationError('BAD_INPUT', `${where} is ${show(value)}: ${allowed}`)
}

/**
 * An error that user code may observe under faults, made without a stack.
 *
 * It is made while a message or timer is handled, so its stack would name none of the user's lines; collecting it took a
 * tenth of a storm's time. A recorded run adds the line that waits for it, see `withCaller`.
 */
export class ObservableError extends Error {
  constructor(message: string) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
  }
}

/** Something that has a stack, or only its text. */
export interface Caller {
  readonly stack?: string | undefined
}

const callers = new WeakMap<object, Caller>()

/**
 * Remembers where an error comes from: the call that waits for it, or the handler's error; only a recorded run knows.
 *
 * It is kept beside the error, not in it: a recorded run must look the same to the code under test as any other.
 */
export function withCaller<E extends object>(error: E, caller: Caller | undefined): E {
  if (caller !== undefined) callers.set(error, caller)
  return error
}

/** What `withCaller` has remembered. */
export function callerOf(error: object): Caller | undefined {
  return callers.get(error)
}
