import { EventKind } from './event.ts'
import type { Owner } from './owner.ts'

/** The engine, as far as this needs it. */
export interface Schedule {
  readonly now: number
  readonly owner: Owner
  scheduleAt<T>(
    time: number,
    kind: EventKind<T>,
    subject: number,
    owner: Owner,
    action: (data: T) => void,
    data: T,
  ): unknown
}

/** Real work that code of a simulation has asked for. */
interface Job {
  readonly start: () => Promise<void>
  /** Hands over what came of it; undefined: it is not done. */
  deliver: (() => void) | undefined
}

/**
 * Real asynchronous work that a simulation waits for.
 *
 * Virtual time stands still meanwhile: nothing of the simulation runs until all of it is done. Then it is delivered in the
 * order in which it was asked for, whatever was done first.
 */
export class Outside {
  private readonly engine: Schedule
  private jobs: Job[] = []
  private started = 0

  constructor(engine: Schedule) {
    this.engine = engine
  }

  /** True: nothing of the simulation may run before `work` has resolved. */
  get isWanted(): boolean {
    return this.jobs.length > 0
  }

  /** Asks for real work; resolves, on behalf of the present owner, to what came of it. */
  wait<T>(start: () => T | PromiseLike<T>): Promise<T> {
    const { engine } = this
    const { owner } = engine
    return new Promise<T>((resolve, reject) => {
      const done = (settle: (value: never) => void, value: unknown): void => {
        job.deliver = () => {
          if (!owner.alive) return
          engine.scheduleAt(engine.now, EventKind.settle, owner.hash, owner, settle as (data: unknown) => void, value)
        }
      }
      const run = async (): Promise<void> => {
        try {
          done(resolve, await start())
        } catch (error) {
          done(reject, error)
        }
      }
      const job: Job = { start: run, deliver: undefined }
      this.jobs.push(job)
    })
  }

  /** Does the work; called where no simulation runs. Resolves when all of it is done and delivered. */
  async work(): Promise<void> {
    while (this.started < this.jobs.length) {
      const next = this.jobs.slice(this.started)
      this.started = this.jobs.length
      await Promise.all(next.map(({ start }) => start()))
    }
    for (const { deliver } of this.jobs.splice(0)) deliver?.()
    this.started = 0
  }
}
