import type { Engine } from '../engine/engine.ts'
import type { Wait } from '../engine/failure.ts'

/** How often everything that is under way must have ended: then what is under way now is what the system renews. */
const generationsMin = 3

/** How long an instant at which nothing is under way is looked for, virtual µs … */
export const lookMicros = 500_000
/** … or events, where time hardly advances. */
const lookEvents = 20_000

/** Between two looks at what is under way so many events pass, and more where there is more to look at. */
const eventsPerLook = 64

/** Most systems rest soon: before so many events nobody looks. */
const eventsBeforeLooks = 64

/**
 * Tells a system that renews its traffic for ever, which is healthy, from one in which something never ends.
 *
 * Heartbeats, polls and workers that ask again at once may leave no instant at which nothing is under way. But all that
 * is under way at one time ends, then all that is under way at that time, and so on, a generation after the other.
 */
export class Rest {
  private readonly engine: Engine
  /** Virtual time, µs, and events at which the search ends for an instant with nothing under way. */
  private looksUntil = 0
  private looksFor = 0
  /** When the present generation was begun, µs; whoever began later belongs to the next one. */
  private generation = 0
  private ended = 0
  private nextLook = 0

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** From now on. `longest`: how long an instant with nothing under way is preferred, virtual µs. */
  begin(longest = lookMicros): void {
    const { engine } = this
    this.generation = engine.now
    this.ended = 0
    this.nextLook = engine.executed + eventsBeforeLooks
    this.looksUntil = engine.now + longest
    this.looksFor = engine.executed + lookEvents
  }

  /** True when all that is under way is but renewed: everything has ended several times. */
  renews(): boolean {
    const { engine } = this
    if (engine.executed >= this.nextLook) this.look()
    return this.ended >= generationsMin && (engine.now >= this.looksUntil || engine.executed >= this.looksFor)
  }

  /** True when something of the present generation has been under way for longer than that, µs. */
  isStuckFor(micros: number): boolean {
    if (this.engine.now - this.generation <= micros) return false
    this.look()
    return this.engine.now - this.generation > micros
  }

  /** What is under way, the oldest first; where the rest is but renewed, only what belongs to the present generation. */
  leftovers(isRenewing: boolean): Wait[] {
    const latest = isRenewing ? this.generation : Infinity
    return underWay(this.engine)
      .filter(({ since }) => since <= latest)
      .toSorted((a, b) => a.since - b.since)
  }

  private look(): void {
    const { engine } = this
    const all = underWay(engine)
    this.nextLook = engine.executed + eventsPerLook + all.length + (engine.queued >> 2)
    // Nothing is listed although something is under way: whatever that is, it has not ended.
    if (all.length === 0 || all.some(({ since }) => since <= this.generation)) return
    this.ended++
    this.generation = engine.now
  }
}

function underWay(engine: Engine): Wait[] {
  return engine.waits().filter(({ isUnderWay }) => isUnderWay === true)
}
