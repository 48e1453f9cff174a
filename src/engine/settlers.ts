import { type AsyncHook, createHook, executionAsyncId } from 'node:async_hooks'
import { type Place, placeHere, userFrames } from './stack.ts'

/** A promise that was settled: in which execution, and on behalf of whom. */
interface Settled {
  readonly by: object | undefined
  readonly execution: number
  readonly at: Place
}

/** Where somebody has waited, and where somebody else has settled that; undefined: it is not known. */
export interface Handover {
  readonly waited: string | undefined
  readonly settled: string | undefined
}

/**
 * Remembers where each promise was awaited and settled, and on behalf of whom. It costs many times what the simulation
 * does: only the run that explains a failure has it.
 */
export class Settlers {
  private readonly awaits = new Map<number, { readonly trigger: number; readonly at: Place }>()
  private readonly settled = new Map<number, Settled>()
  private readonly hook: AsyncHook

  /** `present`: on whose behalf code runs, by its asynchronous context. */
  constructor(present: () => object | undefined) {
    this.hook = createHook({
      init: (id, type, trigger) => {
        if (type === 'PROMISE') this.awaits.set(id, { trigger, at: placeHere() })
      },
      promiseResolve: (id) => {
        if (!this.settled.has(id))
          this.settled.set(id, { by: present(), execution: executionAsyncId(), at: placeHere() })
      },
    }).enable()
  }

  stop(): void {
    this.hook.disable()
  }

  /** How the running code of `who` has come into somebody else's event. */
  find(who: object): Handover | undefined {
    let id = executionAsyncId()
    for (let steps = 0; steps < 10_000; steps++) {
      const waited = this.awaits.get(id)
      const settled = waited && this.settled.get(waited.trigger)
      if (waited === undefined || settled === undefined) return undefined
      if (settled.by !== who) return { waited: firstFrame(waited.at), settled: firstFrame(settled.at) }
      id = settled.execution
    }
    return undefined
  }
}

function firstFrame({ stack = '' }: Place): string | undefined {
  return userFrames(stack)[0]?.trim().replace(/^at /, '')
}
