import { type ClockKind, type SimEvent, clockKind } from '../engine/event.ts'
import type { Wait } from '../engine/failure.ts'
import type { Owner } from '../engine/owner.ts'
import type { LifeCycle } from '../nodes/life-cycle.ts'
import type { BusShared } from './bus-shared.ts'
import { RequestTimeout, SendFailed } from './errors.ts'
import type { BusMetrics } from './pending.ts'
import type { RetryOptions } from './request-options.ts'

/** A request that is tried several times. */
interface Retried {
  readonly to: string
  readonly method: string
  readonly background: boolean
}

/** One that waits for its next attempt. */
interface Pause {
  readonly request: Retried
  readonly caller: Owner
  readonly resolve: () => void
  /** Virtual time, µs, of its first attempt. */
  readonly since: number
  readonly stack: Error | undefined
  event: SimEvent | undefined
}

const retryKind: ClockKind<Pause> = clockKind('retry', ({ request }) => `request ${request.method}`, true)

/** The requests of one bus that are tried again; between two attempts they are as pending as before. */
export class Retries {
  /** How many are between two attempts, those in the background left out. */
  pausing = 0
  private readonly node: LifeCycle
  private readonly shared: BusShared
  private readonly metrics: BusMetrics
  private readonly pauses = new Set<Pause>()

  constructor(node: LifeCycle, shared: BusShared, metrics: BusMetrics) {
    this.node = node
    this.shared = shared
    this.metrics = metrics
  }

  async run(
    request: Retried,
    { attempts, delay = 0 }: RetryOptions,
    attempt: () => Promise<unknown>,
  ): Promise<unknown> {
    const { engine } = this.shared
    const since = engine.now
    const stack = engine.whereAmI()
    let timedOut: RequestTimeout | undefined
    for (let left = attempts - 1; ; left--) {
      try {
        return await attempt()
      } catch (error) {
        if (error instanceof RequestTimeout) timedOut = error
        else if (!(error instanceof SendFailed)) throw error
        // The last attempt was not sent; an earlier one may have been handled, and that is what the caller must know.
        if (left === 0 || !this.node.alive) throw timedOut ?? error
        this.metrics.retried++
        if (delay > 0) await this.pause(request, Math.round(delay * 1000), since, stack)
      }
    }
  }

  /** The node died: those who wait elsewhere learn it at their next attempt, which is now. */
  died(): void {
    for (const pause of [...this.pauses]) this.goOn(pause)
  }

  *waits(): Iterable<Wait> {
    for (const { request, caller, since, stack } of this.pauses) {
      const what = `the next attempt of request '${request.method}' from ${this.node.id} to ${request.to}`
      yield { owner: caller.id, what, since, stack, isUnderWay: !request.background }
    }
  }

  /** The timer is the node's, whoever called. */
  private pause(request: Retried, micros: number, since: number, stack: Error | undefined): Promise<void> {
    const { engine } = this.shared
    return new Promise((resolve) => {
      const pause: Pause = { request, caller: engine.owner, resolve, since, stack, event: undefined }
      pause.event = engine.scheduleByClock(micros, retryKind, 0, this.node.owner, this.goOn, pause)
      this.pauses.add(pause)
      this.count(pause, 1)
    })
  }

  private readonly goOn = (pause: Pause): void => {
    const { engine } = this.shared
    this.pauses.delete(pause)
    this.count(pause, -1)
    if (pause.event !== undefined) engine.cancel(pause.event)
    engine.settle(pause.caller, pause.resolve, undefined)
  }

  private count({ request }: Pause, change: 1 | -1): void {
    if (request.background) return
    this.pausing += change
    this.shared.pending += change
  }
}
