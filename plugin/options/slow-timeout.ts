import { parseDuration } from '../../src/runner/duration.ts'
import type { ResolvedSettings, SlowTimeoutOption } from './options.ts'

/** Durations in ms; `given` has been checked. */
export function resolveSlowTimeout(given: SlowTimeoutOption): NonNullable<ResolvedSettings['slowTimeout']> {
  return { periodMs: parseDuration(given.period, 'slowTimeout.period'), terminateAfter: given.terminateAfter ?? null }
}
