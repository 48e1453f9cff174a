import { badInput } from '../engine/errors.ts'
import { type Engine, epochMs, startupMs } from '../engine/engine.ts'
import type { Owner, OwnerClock } from '../engine/owner.ts'
import type { Clock } from './door.ts'

/** Reading of the monotonic clock when an incarnation starts, µs. */
const startMicros = startupMs * 1000

/**
 * A node's own clock: its code sees it through `Date` and `performance.now`, and its timers follow it; the simulation's
 * time is never moved.
 *
 * Drift changes the rate of the monotonic clock. The wall clock is the monotonic one plus what skew and jumps have added.
 */
export class NodeClock implements Clock, OwnerClock {
  /** Reading of the monotonic clock at `since`, µs. */
  private base = startMicros
  /** Virtual time, µs, from which the present rate counts. */
  private since: number
  private rate = 1
  /** Wall clock without the epoch, minus monotonic clock, µs. */
  private offset: number

  /** Called once, when the node's code next asks for the time. */
  onNextRead: (() => void) | undefined
  private readonly engine: Engine
  /** Whose timers follow the clock. */
  private readonly owners: () => readonly Owner[]

  constructor(engine: Engine, owners: () => readonly Owner[]) {
    this.engine = engine
    this.owners = owners
    this.since = engine.now
    this.offset = this.since - startMicros
  }

  /** How far the wall clock is from the simulation's, ms. */
  get skewMs(): number {
    const now = this.engine.now
    return (this.reading(now) + this.offset - now) / 1000
  }

  /** Sets how far the wall clock is off, ms; negative: behind. `performance.now` does not jump. */
  setSkew(ms: number): void {
    if (!Number.isFinite(ms)) throw badInput('clock.setSkew(ms)', ms, 'it must be a finite number of milliseconds')
    const now = this.engine.now
    this.offset = now - this.reading(now) + Math.round(ms * 1000)
  }

  /** Makes the wall clock jump, ms; negative: back. `performance.now` does not jump, and timers do not move. */
  jump(ms: number): void {
    if (!Number.isFinite(ms)) throw badInput('clock.jump(ms)', ms, 'it must be a finite number of milliseconds')
    this.offset += Math.round(ms * 1000)
  }

  /**
   * Makes both clocks run fast (or slow, negative) from now on, in parts per million; at most ±500,000.
   *
   * The node's timers follow, those that wait already, too: they fire when its clock shows their time.
   */
  setDrift(ppm: number): void {
    if (!(Math.abs(ppm) <= 500_000)) {
      throw badInput('clock.setDrift(ppm)', ppm, 'it must be between -500,000 and 500,000 parts per million')
    }
    const rate = 1 + ppm / 1e6
    if (rate === this.rate) return
    const { base, since, rate: before } = this
    const now = this.engine.now
    this.base = this.reading(now)
    this.since = now
    this.rate = rate
    const when = (at: number): number => this.whenItShows(base + (at - since) * before)
    for (const owner of this.owners()) this.engine.replan(owner, when)
  }

  /** A new incarnation: the monotonic clock starts again, the wall clock goes on. */
  reboot(): void {
    const now = this.engine.now
    this.offset += this.reading(now) - startMicros
    this.base = startMicros
    this.since = now
  }

  dateMs(now: number): number {
    if (this.onNextRead !== undefined) this.read()
    const micros = this.reading(now) + this.offset
    const shown = epochMs + Math.floor(micros / 1000)
    this.engine.recorder?.clock(shown, micros - now)
    return shown
  }

  monotonicMs(now: number): number {
    if (this.onNextRead !== undefined) this.read()
    return this.reading(now) / 1000
  }

  /** The monotonic clock, for who only looks on: that is no use of the clock by the node. */
  uptimeMs(now: number): number {
    return this.reading(now) / 1000
  }

  lasts(now: number, micros: number): number {
    if (this.rate === 1) return micros
    if (this.onNextRead !== undefined) this.read()
    return Math.max(0, this.whenItShows(this.reading(now) + micros) - now)
  }

  private read(): void {
    const told = this.onNextRead
    this.onNextRead = undefined
    told?.()
  }

  /** The monotonic clock at virtual time `now`: whole µs, so that differences are exact. */
  private reading(now: number): number {
    const passed = now - this.since
    return this.base + (this.rate === 1 ? passed : Math.round(passed * this.rate))
  }

  /** The first virtual time, µs, at which the monotonic clock shows `reading` µs. */
  private whenItShows(reading: number): number {
    const passed = reading - this.base
    return this.since + (this.rate === 1 ? Math.ceil(passed) : Math.ceil((passed - 0.5) / this.rate))
  }
}
