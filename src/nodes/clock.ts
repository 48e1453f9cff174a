import { badInput } from '../engine/errors.ts'
import { epochMs } from '../engine/engine.ts'
import type { OwnerClock } from '../engine/owner.ts'

/** A node's own clock: its code sees it through `Date` and `performance.now`; the simulation's time is never moved. */
export class NodeClock implements OwnerClock {
  /** How far the wall clock is off, but for what drift has added since `driftSince`, ms. */
  private offsetMs = 0
  private driftPpm = 0
  /** Virtual time, µs, from which the present drift counts. */
  private driftSince = 0
  /** `performance.now` at `driftSince`, ms. */
  private monotonicBase = 0

  /** Called once, when the node's code next asks for the time. */
  onNextRead: (() => void) | undefined
  private readonly nowMicros: () => number

  constructor(nowMicros: () => number) {
    this.nowMicros = nowMicros
  }

  /** How far the wall clock is from the simulation's, ms. */
  get skewMs(): number {
    return this.offsetMs + this.drifted(this.nowMicros())
  }

  /** Sets how far the wall clock is off, ms; negative: behind. `performance.now` does not jump. */
  setSkew(ms: number): void {
    if (!Number.isFinite(ms)) throw badInput('clock.setSkew(ms)', ms, 'it must be a finite number of milliseconds')
    this.settleDrift()
    this.offsetMs = ms
  }

  /** Makes the wall clock jump, ms; negative: back. `performance.now` does not jump. */
  jump(ms: number): void {
    if (!Number.isFinite(ms)) throw badInput('clock.jump(ms)', ms, 'it must be a finite number of milliseconds')
    this.offsetMs += ms
  }

  /** Makes both clocks run fast (or slow, negative) from now on, in parts per million; at most ±500,000. */
  setDrift(ppm: number): void {
    if (!(Math.abs(ppm) <= 500_000)) {
      throw badInput('clock.setDrift(ppm)', ppm, 'it must be between -500,000 and 500,000 parts per million')
    }
    this.settleDrift()
    this.driftPpm = ppm
  }

  /** Ends a drift; what the clock has gained stays. */
  runTrue(): void {
    if (this.driftPpm !== 0) this.setDrift(0)
  }

  /** A new incarnation: `performance.now` starts at 0 again, the wall clock goes on. */
  reboot(): void {
    this.settleDrift()
    this.monotonicBase = 0
  }

  dateMs(now: number): number {
    if (this.onNextRead !== undefined) this.read()
    return epochMs + Math.floor(now / 1000 + this.offsetMs + this.drifted(now))
  }

  monotonicMs(now: number): number {
    if (this.onNextRead !== undefined) this.read()
    return this.uptimeMs(now)
  }

  private read(): void {
    const told = this.onNextRead
    this.onNextRead = undefined
    told?.()
  }

  /** What drift has added so far becomes part of the offsets, so that changing the drift moves no clock. */
  private settleDrift(): void {
    const now = this.nowMicros()
    this.monotonicBase = this.uptimeMs(now)
    this.offsetMs += this.drifted(now)
    this.driftSince = now
  }

  /** The monotonic clock, for who only looks on: that is no use of the clock by the node. */
  uptimeMs(now: number): number {
    return this.monotonicBase + ((now - this.driftSince) / 1000) * (1 + this.driftPpm / 1e6)
  }

  private drifted(now: number): number {
    return ((now - this.driftSince) / 1000) * (this.driftPpm / 1e6)
  }
}
