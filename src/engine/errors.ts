import { userFrames } from './stack.ts'

/**
 * An error of the simulation itself: misuse of its API or a broken rule, with a stable `code`.
 *
 * What user code may observe on a real network is never a SimulationError (see src/bus/errors.ts).
 */
export class SimulationError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'SimulationError'
    this.code = code
  }
}

/** Prints a value for an error message, short. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `'${value.slice(0, 57)}…'` : `'${value}'`
  if (typeof value === 'function') return value.name ? `function ${value.name}` : 'a function'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'symbol' || value === undefined || value === null || typeof value !== 'object')
    return String(value)
  if (value instanceof RegExp || value instanceof Error) return String(value)
  try {
    const text = JSON.stringify(value)
    if (text !== undefined) return text.length > 80 ? `${text.slice(0, 77)}…` : text
  } catch {
    // cyclic or with a throwing getter: the type is all we can say
  }
  return Object.prototype.toString.call(value)
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

/** Gives an error the stack of the call that waits for it, where that was recorded. */
export function withCaller<E extends Error>(error: E, caller: Error | undefined): E {
  if (caller === undefined) return error
  error.stack = [`${error.name}: ${error.message}`, ...userFrames(caller.stack ?? '')].join('\n')
  return error
}
