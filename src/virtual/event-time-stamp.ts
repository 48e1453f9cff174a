import { current } from '../engine/current.ts'
import { replaceGetter } from './replace.ts'

/**
 * Lets `event.timeStamp` answer virtual time.
 *
 * An Event reads Node's internal clock when it is made, which cannot be reached; the first read is the nearest thing,
 * and exact for listeners, because an event is dispatched at one instant.
 */
export function installEventTimeStamp(): void {
  const firstRead = new WeakMap<Event, number>()
  replaceGetter<number>(Event.prototype, 'timeStamp', (original) => {
    return function (this: Event): number {
      const engine = current.engine
      const known = firstRead.get(this)
      if (known !== undefined) return known
      const real = original.call(this)
      if (engine === undefined) return real
      const virtual = engine.monotonicMs()
      firstRead.set(this, virtual)
      return virtual
    }
  })
}
