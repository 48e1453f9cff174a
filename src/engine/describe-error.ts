import { types } from 'node:util'
import { callerOf, show } from './errors.ts'
import { userFrames } from './stack.ts'

/** What a message says of anything that was thrown. */
export interface ErrorText {
  readonly name: string
  readonly message: string
}

/**
 * Name and message of whatever was thrown: an error, a string, an object without prototype, a proxy that throws.
 *
 * It runs code of the value (getters, traps), so it belongs inside an event, where the watchdog sees what does not return.
 */
export function describeError(error: unknown): ErrorText {
  const message = textIn(error, 'message')
  const name = isError(error) ? textIn(error, 'name') : undefined
  return { name: name || 'Error', message: message ?? (typeof error === 'string' ? error : show(error)) }
}

/** True for errors, those of another realm (a Vitest pool of VM contexts) included; never throws. */
export function isError(value: unknown): value is Error {
  return isA(value, Error) || types.isNativeError(value)
}

/** `instanceof` that never throws, whatever was thrown. */
export function isA<E extends Error>(error: unknown, type: new (...args: never[]) => E): error is E {
  if (typeof error !== 'object' || error === null) return false
  try {
    return error instanceof type
  } catch {
    // a proxy whose trap throws
    return false
  }
}

/** An error's name; undefined: it is no error, or has none that can be read. */
export function errorName(error: unknown): string | undefined {
  return isError(error) ? textIn(error, 'name') : undefined
}

/** The stack to show for an error: that of the call that waits for it, where that is known. */
export function stackOf(error: unknown): string | undefined {
  if (!isError(error)) return undefined
  const caller = callerOf(error)
  if (caller === undefined) return textIn(error, 'stack')
  const { name, message } = describeError(error)
  return [`${name}: ${message}`, ...userFrames(textIn(caller, 'stack') ?? '')].join('\n')
}

function textIn(value: unknown, field: 'name' | 'message' | 'stack'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  // No `finally`: when the watchdog stops a getter nothing of this runs, and `field` says what was read.
  fieldReads.field = field
  fieldReads.begin?.()
  let text: unknown
  try {
    text = (value as Record<string, unknown>)[field]
  } catch {
    // a getter that throws
  }
  fieldReads.end?.()
  fieldReads.field = undefined
  return typeof text === 'string' ? text : undefined
}

/**
 * The field of a thrown value that is being read: its getter may never return.
 *
 * `begin` and `end` are told around each read. To look into such a getter with a debugger would run it again, since the
 * debugger prints its `this`.
 */
export const fieldReads: { field: string | undefined; begin?: () => void; end?: () => void } = { field: undefined }
