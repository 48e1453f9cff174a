import { type Schema, longestMs, number, object, whole } from './schema.ts'

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

const count: Schema<number> = whole({ min: 1 }, 'it must be a whole number above 0')
/** Virtual time is counted in µs, exactly up to 2^53. */
const latestMs = 9e12

const time: Schema<number> = number(
  { min: 1e-3, max: latestMs },
  'it must be a number of milliseconds above 0, at most 9e12',
)

export const limitsSchema: Schema<Partial<Limits>> = object<Partial<Limits>>({
  events: count,
  virtualMs: time,
  eventsPerInstant: count,
  queuedEvents: count,
  pendingRequests: count,
  quiesceMs: time,
  traceEntries: count,
  drainMs: number({ min: 0, max: longestMs }, 'it must be a number of milliseconds, or 0 for no watchdog'),
})

/** Fills in the defaults. */
export function resolveLimits(given: Partial<Limits> = {}): Limits {
  return { ...defaultLimits, ...given }
}
