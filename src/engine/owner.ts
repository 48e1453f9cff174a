import { hashString } from '../random/hash.ts'
import type { SimEvent } from './event.ts'
import type { VirtualProcess } from './process.ts'

/** What an owner's code sees when it asks for the time. */
export interface OwnerClock {
  /** Wall clock in milliseconds since the epoch, at virtual time `now` (µs). */
  dateMs(now: number): number
  /** Milliseconds since the owner started, at virtual time `now` (µs). */
  monotonicMs(now: number): number
  /** Virtual time, µs, in which the clock advances by `micros`. */
  lasts(now: number, micros: number): number
}

/** What code has set going: messages, calls and writes, and what it did to nodes and the network. */
export interface Effects {
  count: number
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
  /** It is the test's: the body, or who does operations of the body's workload. */
  isTest = false
  /** The process of this incarnation of a node, the same for all its owners; undefined: it is no node's. */
  life: VirtualProcess | undefined
  /** Counts what its code sets going; undefined: nobody wants to know. */
  effects: Effects | undefined
  /** The incarnation whose code its events run; undefined: they run no node's. */
  code: Owner | undefined
  /** In which the code of this incarnation runs; whoever follows it makes it. */
  context: object | undefined

  constructor(id: string) {
    this.id = id
    this.hash = hashString(id)
  }

  /** Its code has set something going, or has changed something. */
  acts(): void {
    if (this.effects !== undefined) this.effects.count++
  }

  /** The test body, or a part of it that is told apart. */
  static test(): Owner {
    const owner = new Owner('test')
    owner.isTest = true
    return owner
  }

  /** An owner whose events keep no simulation going. */
  static background(id: string): Owner {
    const owner = new Owner(id)
    owner.isBackground = true
    return owner
  }
}
