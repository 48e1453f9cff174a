import { badInput, show } from '../engine/errors.ts'

/** Requests without a timeout of their own get this one, ms of virtual time. */
export const defaultTimeoutMs = 5_000

/** How a request is tried again after RequestTimeout or SendFailed. */
export interface RetryOptions {
  /** How often it is tried, the first time included. */
  readonly attempts: number
  /** Virtual ms between an attempt's end and the next. Default 0. */
  readonly delay?: number
  /**
   * All attempts carry this key, and a node that has handled it answers from memory; it forgets when it crashes. `true`:
   * a key of its own for each request. Default: none, so that a retry may be handled twice.
   */
  readonly idempotencyKey?: string | boolean
}

export interface RequestOptions {
  /** Virtual ms until RequestTimeout, for each attempt; `Infinity` waits for ever. Default 5,000. */
  readonly timeout?: number
  readonly retry?: RetryOptions
  /** It keeps nothing going: the system is quiet, and may end, while it is under way; `pending` leaves it out. Default false. */
  readonly background?: boolean
}

/** What `bus.send` may be told. */
export interface SendOptions {
  /** It keeps nothing going: the system is quiet, and may end, while it is under way. Default false. */
  readonly background?: boolean
}

/** Checks the options of a request; throws SimulationError (BAD_INPUT). */
export function checkRequestOptions(options: RequestOptions): void {
  checkOptions('request', options, ['timeout', 'retry', 'background'])
  const { timeout, retry } = options
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0)) {
    throw badInput('request timeout', timeout, 'it must be a number of virtual milliseconds above 0, or Infinity')
  }
  if (retry !== undefined) checkRetry(retry)
}

/** Checks the options of a one-way message; throws SimulationError (BAD_INPUT). */
export function checkSendOptions(options: SendOptions): void {
  checkOptions('send', options, ['background'])
}

function checkOptions(what: string, options: RequestOptions, known: readonly string[]): void {
  if (options === null || typeof options !== 'object')
    throw badInput(`${what} options`, options, 'they must be an object')
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const names = known.map((one) => `'${one}'`).join(' and ')
    throw badInput(`${what} option '${name}'`, show(options), `known options are ${names}`)
  }
  const { background } = options
  if (background !== undefined && typeof background !== 'boolean') {
    throw badInput(`${what} background`, background, 'it must be true or false')
  }
}

function checkRetry(retry: RetryOptions): void {
  const { attempts, delay = 0, idempotencyKey } = retry
  if (!(Number.isSafeInteger(attempts) && attempts > 0)) {
    throw badInput('request retry.attempts', attempts, 'it must be a whole number above 0')
  }
  if (!(typeof delay === 'number' && delay >= 0 && Number.isFinite(delay))) {
    throw badInput('request retry.delay', delay, 'it must be 0 or more virtual milliseconds')
  }
  if (!['undefined', 'boolean', 'string'].includes(typeof idempotencyKey)) {
    throw badInput('request retry.idempotencyKey', idempotencyKey, 'it must be a string, or true for a key of its own')
  }
}

/** Throws SimulationError (BAD_INPUT) unless it is the name of a method. */
export function checkMethod(method: unknown, where: string): void {
  if (typeof method !== 'string' || method === '') throw badInput(where, method, 'it must be a non-empty string')
}
