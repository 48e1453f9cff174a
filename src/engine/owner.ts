import { hashString } from '../random/hash.ts'
import type { SimEvent } from './event.ts'

/** What an owner's code sees when it asks for the time. */
export interface OwnerClock {
  /** Wall clock in milliseconds since the epoch, at virtual time `now` (µs). */
  dateMs(now: number): number
  /** Milliseconds since the owner started, at virtual time `now` (µs). */
  monotonicMs(now: number): number
  /** Virtual time, µs, in which the clock advances by `micros`. */
  lasts(now: number, micros: number): number
}

/** On whose behalf code runs: the test, or one incarnation of a node. */
export class Owner {
  readonly id: string
  readonly hash: number
  /** Events of a dead owner are dropped: its code never runs again. */
  alive = true
  /** While paused: the events that came due, in order. */
  parked: SimEvent[] | undefined
  /** Undefined: the simulation's own clock. */
  clock: OwnerClock | undefined
  /** Its events alone do not keep a simulation going: when only they are left, nothing can run. */
  isBackground = false

  constructor(id: string) {
    this.id = id
    this.hash = hashString(id)
  }

  /** An owner whose events keep no simulation going. */
  static background(id: string): Owner {
    const owner = new Owner(id)
    owner.isBackground = true
    return owner
  }
}
