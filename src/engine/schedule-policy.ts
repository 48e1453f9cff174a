import type { EventKind } from './event.ts'
import type { Owner } from './owner.ts'

/** Draws the order among simultaneous events; see src/chaos/schedule.ts. */
export interface SchedulePolicy {
  /** Lower runs first. */
  rank(time: number, owner: Owner, kind: EventKind, subject: number): number
}
