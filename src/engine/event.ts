import { hashString } from '../random/hash.ts'
import type { Owner } from './owner.ts'

/** What sort of event this is; `describe` turns its data into the text of a trace line. */
export interface EventKind<T = never> {
  readonly name: string
  readonly code: number
  /** The longest that such an event is waited for where nothing slows anything, µs; undefined: nothing ever slows it. */
  readonly calmMicros?: number | undefined
  /** It comes when its owner's clock has advanced by some time; see Engine.scheduleByClock. */
  readonly byClock?: boolean
  /** Each of these events may come before any other of its owner at the same moment, as messages may. */
  readonly isUnordered?: boolean
  /** It only settles a promise: whatever comes of that is code that has run before. */
  readonly isWake?: boolean
  describe(data: T): string
}

/** Defines a kind of event. Its code is a hash of the name, so that digests do not depend on the order of modules. */
export function eventKind<T>(
  name: string,
  describe: (data: T) => string = () => '',
  calmMicros?: number,
  isUnordered = false,
): EventKind<T> {
  // Kinds of one shape: the queue looks at them for every event.
  return { name, code: hashString(name), calmMicros, byClock: false, isUnordered, isWake: false, describe }
}

/** The same for events that only settle a promise. */
export function wakeKind<T>(name: string, describe?: (data: T) => string, calmMicros?: number): EventKind<T> {
  return { ...eventKind(name, describe, calmMicros), isWake: true }
}

/** Of timers and timeouts. */
export interface ClockKind<T = never> extends EventKind<T> {
  readonly byClock: true
}

/** Defines a kind of event for `Engine.scheduleByClock`. */
export function clockKind<T>(name: string, describe: (data: T) => string = () => '', isWake = false): ClockKind<T> {
  return { name, code: hashString(name), calmMicros: undefined, byClock: true, isUnordered: false, isWake, describe }
}

/** The kinds that the engine and the virtual globals use. */
export const EventKind = {
  start: eventKind<unknown>('start'),
  timer: clockKind<unknown>('timer'),
  /** A tick of `setInterval`: apart, because it says nothing of who waits. */
  interval: clockKind<unknown>('timer'),
  immediate: eventKind<unknown>('immediate'),
  sleep: wakeKind<unknown>('sleep'),
  /** A wait that a fault makes: over as soon as the faults are. */
  stall: wakeKind<unknown>('sleep', undefined, 0),
  settle: wakeKind<unknown>('settle'),
  task: eventKind<unknown>('task'),
} as const

/** One thing that will happen at one virtual time. `data` is what `kind` and `action` take; `Engine.scheduleAt` checks it. */
export class SimEvent {
  /** Index in the queue's heap; -1 when not queued. */
  position = -1
  time: number
  /** Order among simultaneous events, drawn by the schedule strategy; lower first. */
  rank: number
  sequence: number
  readonly kind: EventKind
  /** Hash of what the event is about; part of the digest. */
  readonly subject: number
  readonly owner: Owner
  readonly action: (data: never) => void
  readonly data: never

  constructor(
    time: number,
    rank: number,
    sequence: number,
    kind: EventKind,
    subject: number,
    owner: Owner,
    action: (data: never) => void,
    data: unknown,
  ) {
    this.time = time
    this.rank = rank
    this.sequence = sequence
    this.kind = kind
    this.subject = subject
    this.owner = owner
    this.action = action
    this.data = data as never
  }
}
