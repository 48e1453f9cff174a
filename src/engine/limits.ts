import { badInput } from './errors.ts'

/** The bounds of one iteration; the message of a limit that was hit names its option here. */
export interface Limits {
  /** Events executed. */
  readonly events: number
  /** Virtual time, ms. */
  readonly virtualMs: number
  /** Events at one virtual instant: more means that time does not advance (livelock). */
  readonly eventsPerInstant: number
  /** Events waiting in the queue. */
  readonly queuedEvents: number
  /** Requests waiting for their response, all nodes together. */
  readonly pendingRequests: number
  /** Virtual time that `quiesce` may take, ms. */
  readonly quiesceMs: number
  /** Entries kept of a recorded trace: the last ones. */
  readonly traceEntries: number
  /** Real time that one event and its drain may block, ms (forks pool; 0 turns the watchdog off). */
  readonly drainMs: number
}

export const defaultLimits: Limits = {
  events: 10_000_000,
  virtualMs: 24 * 60 * 60 * 1000,
  eventsPerInstant: 100_000,
  queuedEvents: 1_000_000,
  pendingRequests: 100_000,
  quiesceMs: 10 * 60 * 1000,
  traceEntries: 100_000,
  drainMs: 5_000,
}

/** Fills in the defaults; throws SimulationError (BAD_INPUT) for an unknown name or a value that is not positive. */
export function resolveLimits(given: Partial<Limits> = {}, where = 'limits'): Limits {
  if (given === null || typeof given !== 'object') throw badInput(where, given, 'it must be an object of numbers')
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaultLimits, name)) {
      throw badInput(
        `${where}.${name}`,
        value,
        `there is no such limit; known are ${Object.keys(defaultLimits).join(', ')}`,
      )
    }
    const positive = typeof value === 'number' && (value > 0 || (name === 'drainMs' && value === 0))
    if (!positive) throw badInput(`${where}.${name}`, value, 'it must be a number above 0')
  }
  return { ...defaultLimits, ...given }
}
