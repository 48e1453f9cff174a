import { hashString, mix } from '../random/hash.ts'
import type { RandomStream } from '../random/stream.ts'
import { RandomStreams } from '../random/streams.ts'
import { describeError, isA, stackOf } from './describe-error.ts'
import { type ClockKind, EventKind, SimEvent } from './event.ts'
import { EventQueue, inOrder } from './event-queue.ts'
import { DataLog } from './data-log.ts'
import type { Failure, FailureKind, Wait } from './failure.ts'
import type { Limits } from './limits.ts'
import { Owner } from './owner.ts'
import { ProcessExit } from './process.ts'
import type { Recorder } from './recorder.ts'
import { Surroundings } from './surroundings.ts'
import type { Trace } from './trace.ts'
import type { SchedulePolicy } from './schedule-policy.ts'
import { type Awaits, describeAwaits } from './awaits.ts'
import { userFrames } from './stack.ts'
import { describeWaits } from './waits.ts'
import { type Digest, formatDigest } from './format.ts'
import { bodyWaits, exceededText, livelockText, outlastedText } from './limit-texts.ts'

/** Virtual wall clock at virtual time 0: 2024-01-01T00:00:00Z, ms since the epoch. */
export const epochMs = 1_704_067_200_000

/**
 * What `performance.now` shows at virtual time 0, and when an incarnation of a node starts, ms: Node takes about as long
 * to start. Not 0, which no process ever reads and some packages take for "no time" (lru-cache: entries never expire).
 */
export const startupMs = 25

/** Kinds that are reported at the very line that is wrong. */
const placed: ReadonlySet<FailureKind> = new Set(['AlwaysViolated', 'UnreachableReached'])

/**
 * Virtual time, the event queue and the current owner of one iteration.
 *
 * Times are integer microseconds. The engine runs one event at a time; whoever drives it drains every microtask
 * and nextTick between two calls of `step` (see src/world/drive.ts), so all code that an event caused belongs to
 * the event's owner.
 */
export class Engine extends Surroundings {
  readonly seed: number
  readonly limits: Limits
  readonly streams: RandomStreams
  /** The owner of the test body. */
  readonly test = Owner.test()
  /** Recording, or undefined while exploring. */
  readonly trace: Trace | undefined
  /** Makes the records of a run that is to be told; undefined for every other one. */
  recorder: Recorder | undefined
  /** What a run that is compared with another one keeps of its data; undefined while exploring. */
  readonly data: DataLog | undefined
  /** Virtual time, µs. */
  now = 0
  /** On whose behalf code runs now. */
  owner: Owner = this.test
  /** Events executed so far. */
  executed = 0
  /** The first failure; the iteration ends at the end of the event that reported it. */
  failure: Failure | undefined
  policy: SchedulePolicy | undefined
  /** The seed has run before and is only looked at again: what its code prints has been seen. */
  isRepeat = false
  /** What its code prints is to be seen. */
  prints = false
  /** Virtual time of the last event of the test that was no tick of an interval, µs. */
  testMoved = 0
  /** Follows promises; only in a recorded run that is to say where somebody waits. */
  awaits: Awaits | undefined
  /** Asked when a limit of the whole run is hit: since when the test has waited while other things went on, µs. */
  stuckSince: (() => number | undefined) | undefined
  /** Calls an event's action in an asynchronous context of its own; undefined until code under test needs that. */
  around: ((action: (data: never) => void, data: never) => void) | undefined

  private readonly queue = new EventQueue()
  private readonly waitSources: (() => Iterable<Wait>)[] = []
  private sequence = 0
  private atThisInstant = 0
  /** Queued events of background owners. */
  private background = 0
  private digestA: number
  private digestB: number

  constructor(seed: number, limits: Limits, trace?: Trace, isCompared = trace !== undefined) {
    super()
    this.seed = seed
    this.limits = limits
    this.trace = trace
    this.data = isCompared ? new DataLog(this, trace !== undefined) : undefined
    this.streams = new RandomStreams(seed)
    this.digestA = seed | 0
    this.digestB = (seed / 4294967296) | 0
  }

  /** The stream of that name; see RandomStreams. */
  random(name: string): RandomStream {
    return this.streams.get(name)
  }

  /** Wall clock of the current owner, integer ms since the epoch. */
  dateMs(): number {
    const clock = this.owner.clock
    return clock === undefined ? epochMs + Math.floor(this.now / 1000) : clock.dateMs(this.now)
  }

  /** Milliseconds since the current owner's clock started, a float with µs resolution. */
  monotonicMs(): number {
    const clock = this.owner.clock
    return clock === undefined ? startupMs + this.now / 1000 : clock.monotonicMs(this.now)
  }

  /** Runs `action(data)` for `owner` when its own clock has advanced by `micros`, unless it dies first. */
  scheduleByClock<T>(
    micros: number,
    kind: ClockKind<T>,
    subject: number,
    owner: Owner,
    action: (data: T) => void,
    data: T,
  ): SimEvent {
    const { clock } = owner
    const delay = clock === undefined ? micros : clock.lasts(this.now, micros)
    return this.scheduleAt(this.now + delay, kind, subject, owner, action, data)
  }

  /** An owner's clock runs at another rate: its events that were scheduled by it move from time `at` to `when(at)`, µs. */
  replan(owner: Owner, when: (at: number) => number): void {
    const planned = this.queue.events.filter((event) => event.owner === owner && event.kind.byClock === true)
    for (const event of planned) {
      this.queue.remove(event)
      event.time = Math.max(this.now, when(event.time))
      event.rank = this.policy === undefined ? 0 : this.policy.rank(event.time, owner, event.kind, event.subject)
      this.queue.push(event)
    }
  }

  /** Runs `action(data)` for the current owner after `delay` µs, unless that owner dies first. */
  schedule<T>(delay: number, kind: EventKind<T>, subject: string, action: (data: T) => void, data: T): SimEvent {
    return this.scheduleAt(this.now + delay, kind, hashString(subject), this.owner, action, data)
  }

  /** Runs `action(data)` for `owner` at virtual time `time` (µs, not in the past). */
  scheduleAt<T>(
    time: number,
    kind: EventKind<T>,
    subject: number,
    owner: Owner,
    action: (data: T) => void,
    data: T,
  ): SimEvent {
    if (this.suspended !== undefined) this.suspended.called('the bus, a node or the simulation')
    this.guard()
    const rank = this.policy === undefined ? 0 : this.policy.rank(time, owner, kind, subject)
    const event = new SimEvent(time, rank, this.sequence++, kind, subject, owner, action, data)
    this.queue.push(event)
    this.recorder?.scheduled(event)
    if (owner.isBackground) this.background++
    if (this.queue.size > this.limits.queuedEvents) this.overLimit('queuedEvents', 'a loop schedules without waiting')
    return event
  }

  /** Takes an event out of the queue; false when it ran already or was cancelled before. */
  cancel(event: SimEvent): boolean {
    if (this.queue.remove(event)) {
      if (event.owner.isBackground) this.background--
      return true
    }
    const parked = event.owner.parked
    const at = parked === undefined ? -1 : parked.indexOf(event)
    if (at >= 0) parked?.splice(at, 1)
    return at >= 0
  }

  /** Stops an owner's events; they wait until `resume`. */
  pause(owner: Owner): void {
    owner.parked ??= []
    this.hasGone = true
  }

  /** Lets a paused owner go on: what came due meanwhile runs now, in its order. */
  resume(owner: Owner): void {
    const parked = owner.parked
    if (parked === undefined) return
    owner.parked = undefined
    for (const event of parked) {
      // The same object goes back, so that whoever holds it can still cancel it.
      event.time = this.now
      event.sequence = this.sequence++
      this.queue.push(event)
      if (owner.isBackground) this.background++
    }
  }

  /** A promise for the current owner that resolves after `delay` µs. */
  sleep(delay: number, kind: EventKind<unknown> = EventKind.sleep): Promise<void> {
    return new Promise((resolve) => {
      const wake = resolve as (data: unknown) => void
      this.scheduleAt(this.now + delay, kind, kind.code, this.owner, wake, undefined)
    })
  }

  /** Nothing slows any more: simultaneous events are in the order of scheduling, and waits are short. */
  mend(): void {
    if (this.policy !== undefined) {
      this.policy = undefined
      this.queue.rerank()
    }
    const { now } = this
    const late: SimEvent[] = []
    for (const event of this.queue.events) {
      const { calmMicros } = event.kind
      if (calmMicros !== undefined && event.time > now + calmMicros) late.push(event)
    }
    for (const event of inOrder(late)) this.hasten(event, now + (event.kind.calmMicros as number))
  }

  /** Lets a queued event happen at another time, after those that are there already. */
  hasten(event: SimEvent, time: number): void {
    this.queue.remove(event)
    event.time = time
    event.sequence = this.sequence++
    this.queue.push(event)
  }

  /**
   * Calls `settle(value)` on behalf of `owner`: at once when that is the current owner, else in an event of its own,
   * so that no owner's code ever runs inside another owner's event.
   */
  settle<T>(owner: Owner, settle: (value: T) => void, value: T): void {
    if (owner === this.owner) settle(value)
    else if (owner.alive) this.scheduleAt(this.now, EventKind.settle, owner.hash, owner, settle, value)
  }

  /**
   * Hands the rest of the present event over to another owner: what runs from here on, with all the microtasks it
   * causes, is that owner's. (Switching back would give the microtasks to the wrong one: they run after the event.)
   */
  become(owner: Owner): void {
    this.owner = owner
  }

  /** Events waiting. */
  get queued(): number {
    return this.queue.size
  }

  /** Every waiting event, in no useful order. */
  get waitingEvents(): readonly SimEvent[] {
    return this.queue.events
  }

  /** Virtual time of the next event, µs; Infinity when there is none. */
  get nextTime(): number {
    return this.queue.peek()?.time ?? Infinity
  }

  /** Runs the next event of a living owner; false when there is none. The caller drains afterwards. */
  step(): boolean {
    const event = this.next()
    if (event === undefined) return false
    if (event.owner.isTest && event.kind !== EventKind.interval) this.testMoved = event.time
    if (event.time > this.now) {
      this.now = event.time
      this.atThisInstant = 0
      if (event.time > this.limits.virtualMs * 1000) this.overLimit('virtualMs', 'something repeats for ever')
    } else if (++this.atThisInstant > this.limits.eventsPerInstant) {
      this.stuck()
    }
    if (++this.executed > this.limits.events) this.overLimit('events', 'something repeats for ever')
    if (this.failure !== undefined) return true
    this.digestA = mix(this.digestA, (event.time | 0) ^ event.subject)
    this.digestB = mix(this.digestB, event.owner.hash + event.kind.code)
    this.trace?.record(this.executed, this.digestA ^ this.digestB, event)
    this.owner = event.owner
    this.recorder?.begins(event)
    this.isActing = true
    try {
      if (this.around !== undefined) this.around(event.action, event.data)
      else if (this.strays === undefined || event.owner.code === undefined || event.kind.isWake === true)
        event.action(event.data)
      else this.strays.run(event.action, event.data)
    } catch (error) {
      this.fail(error)
    }
    this.isActing = false
    return true
  }

  /** Takes the next event of a living owner; undefined: none is left, or only those that keep nothing going. */
  private next(): SimEvent | undefined {
    const { queue } = this
    while (queue.size > this.background) {
      const event = queue.pop() as SimEvent
      const { owner } = event
      if (owner.isBackground) this.background--
      if (!owner.alive) continue
      if (owner.parked === undefined) return event
      owner.parked.push(event)
    }
    return undefined
  }

  /** Digest of everything that happened, 16 hex digits; the same seed must always give the same. */
  digest(): string {
    return formatDigest(this.digestWords())
  }

  /** The same as numbers. */
  digestWords(): Digest {
    let a = mix(this.digestA, this.executed)
    for (const stream of this.streams.values()) a = mix(a, stream.state)
    return [a, this.digestB]
  }

  /** Records an error that nobody caught, on behalf of the current owner. */
  fail(error: unknown): void {
    if (isA(error, ProcessExit) || this.owner.life?.catches(error) === true) return
    const { name, message } = describeError(error)
    this.report('UnhandledError', name, message, error)
  }

  /** Records a failure; only the first one counts. `place`: where in the user's code, when the error does not say. */
  report(kind: FailureKind, name: string, message: string, error?: unknown, place?: { readonly stack?: string }): void {
    if (this.failure !== undefined) return
    const { owner, now, executed } = this
    // Its stack is read here, inside the event: a getter that never returns is a hang like any other.
    const own = stackOf(error)
    const stack = own !== undefined && userFrames(own).length > 0 ? own : this.placeOf(kind, place)
    this.failure = { kind, name, message, error, stack, owner: owner.id, time: now, event: executed }
    this.recorder?.failed(this.failure)
  }

  private placeOf(kind: FailureKind, place: { readonly stack?: string } | undefined): string | undefined {
    return (place ?? (placed.has(kind) ? new Error('here') : undefined))?.stack
  }

  /** Adds a source of lines for deadlock and leak reports. */
  describeWaits(source: () => Iterable<Wait>): void {
    this.waitSources.push(source)
  }

  /** Everybody who waits now. */
  waits(): Wait[] {
    return this.waitSources.flatMap((source) => [...source()])
  }

  /** The call stack while recording, undefined while exploring. */
  whereAmI(): Error | undefined {
    // Its text is made when a wait is described: formatting every stack made recording 80 times slower than exploring.
    return this.trace === undefined ? undefined : new Error('here')
  }

  /** Adds a line to the recording; free while exploring. */
  note(kind: 'log' | 'fault', text: string): void {
    this.trace?.note(this.executed, this.now, kind, this.owner.id, text)
  }

  /** Says of each who waits what for, since when and where. */
  waiting(waits: readonly Wait[] = this.waits(), heading = ''): string {
    return describeWaits(waits, heading) + describeAwaits(this.awaits?.waiting() ?? [])
  }

  /** The line at which the test waits, or else somebody else; undefined: it is not known. */
  waitingAt(all: readonly Wait[] = this.waits()): { readonly stack?: string } | undefined {
    const [first] = this.awaits?.waiting() ?? []
    if (first !== undefined) return { stack: first.frames.join('\n') }
    const waits = all.filter(({ stack }) => stack !== undefined)
    return (waits.find(({ owner }) => owner === this.test.id) ?? waits[0])?.stack
  }

  /** Records that somebody waits for what cannot come. */
  reportDeadlock(name: string, message: string, since: number): void {
    this.owner = this.test
    this.report('Deadlock', name, message, undefined, this.waitingAt())
    if (this.failure?.kind === 'Deadlock') this.failure = { ...this.failure, since }
  }

  private overLimit(limit: keyof Limits, cause: string): void {
    if (this.failure !== undefined) return
    const exceeded = { limit, bound: this.limits[limit], now: this.now }
    const since = limit === 'virtualMs' || limit === 'events' ? this.stuckSince?.() : undefined
    if (since !== undefined) {
      const rest = this.waiting()
      this.reportDeadlock('nothing comes', outlastedText(exceeded, since) + (rest === '' ? bodyWaits : rest), since)
      return
    }
    // Known in recorded runs only.
    const waiter = this.awaits?.waiting().find((one) => one.owner === this.test.id && one.since < this.now / 2)
    const message = exceededText(exceeded, cause, waiter?.since) + this.waiting(this.waits(), ' waiting:')
    this.report('LimitExceeded', limit, message, undefined, this.waitingAt())
  }

  private stuck(): void {
    const next = this.queue.peek()
    const owners = [this.owner.id, ...(next === undefined ? [] : [next.owner.id])]
    this.report('Livelock', 'no progress', livelockText(this.limits.eventsPerInstant, this.now, owners))
  }
}
