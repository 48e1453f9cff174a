import type { Engine } from '../engine/engine.ts'
import { EventKind, type SimEvent } from '../engine/event.ts'
import { Timeout } from '../virtual/timeout.ts'

/** How long the body's floating code may go on after the body has returned, virtual µs. */
const longestMicros = 60_000_000
/** Events that it may take in any case; else as many as came before. */
const eventsAtLeast = 200

/**
 * Async code of the body that still sleeps when the body has returned: it runs on, so that its errors are not lost.
 *
 * It has an end, because a poller that sleeps in an endless loop is healthy, and so is a sleep that has lost a race.
 */
export class FloatingCode {
  private readonly engine: Engine
  private until = -1
  private lastEvent = 0

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** True while something may still come of it. */
  goesOn(): boolean {
    const { engine } = this
    if (this.until < 0) {
      this.until = engine.now + longestMicros
      this.lastEvent = engine.executed + Math.max(eventsAtLeast, engine.executed)
    }
    if (engine.executed >= this.lastEvent) return false
    return engine.waitingEvents.some((event) => event.time <= this.until && this.wakesTheBody(event))
  }

  /** Only a promise that waits: a timer whose callback does something is a timer, and dropped at the end. */
  private wakesTheBody({ owner, kind, data }: SimEvent): boolean {
    if (!owner.isTest) return false
    if ((kind as EventKind<unknown>) === EventKind.sleep) return true
    const timeout: unknown = data
    return timeout instanceof Timeout && timeout.wakesPromise
  }
}
