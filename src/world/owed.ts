import { Awaited } from '../engine/awaited.ts'
import type { Engine } from '../engine/engine.ts'
import { SimulationError, withCaller } from '../engine/errors.ts'
import { formatMillis } from '../engine/format.ts'

interface Owed {
  /** 'sim.workload(…)' */
  readonly what: string
  /** Virtual time, µs. */
  readonly since: number
  readonly stack: Error | undefined
  readonly promise: Awaited<unknown>
}

/** It ends by itself, with the iteration. */
export const quiesceCall = 'sim.quiesce()'

/** Promises that the body has to await, since nothing says what came of them otherwise. */
export class OwedPromises {
  private readonly engine: Engine
  /** Made with the first: most simulations have none. */
  private open: Set<Owed> | undefined

  constructor(engine: Engine) {
    this.engine = engine
  }

  /** The same promise, watched when the test's own code asked for it. */
  watch<T>(what: string, promise: Promise<T>): Promise<T> {
    const { engine } = this
    if (!engine.owner.isTest) return promise
    const open = (this.open ??= new Set())
    const watched = new Awaited<T>((resolve, reject) => {
      const over = <V>(settle: (value: V) => void) => {
        return (value: V): void => {
          open.delete(entry)
          settle(value)
        }
      }
      promise.then(over(resolve), over(reject))
    })
    const entry: Owed = { what, since: engine.now, stack: engine.whereAmI(), promise: watched }
    open.add(entry)
    return watched
  }

  /** True while something that has an end has not come to it. */
  get areUnderWay(): boolean {
    for (const { what } of this.open ?? []) if (what !== quiesceCall) return true
    return false
  }

  /** Fails the seed when the body has returned and forgotten one. */
  check(): void {
    for (const { what, since, stack, promise } of this.open ?? []) {
      if (promise.isLookedAt) continue
      const text = `the body has returned, and nobody awaits ${what}, called at ${formatMillis(since)} virtual: await it`
      this.engine.report('NotAwaited', what, text, withCaller(new SimulationError('NOT_AWAITED', text), stack))
      return
    }
  }
}
