import type { RunnerTestCase } from 'vitest'
import { errorName } from '../../src/engine/describe-error.ts'
import type { IterationEnd } from '../../src/runner/run-context.ts'
import { plainHost } from '../../src/virtual/host.ts'
import { Expectations } from './expectations.ts'
import { adaptHostClock, simulationClockOnly } from './host-clock.ts'
import { IterationHooks } from './hooks.ts'
import { Snapshots } from './snapshots.ts'
import { attemptStarter } from './vitest-runner.ts'

/** Where `context.skip()` leaves its mark. */
interface Pending {
  pending?: boolean
}

/** What Vitest does around each attempt of a test, done around every iteration: each of them is a test to Vitest. */
export class Rounds {
  private readonly task: RunnerTestCase
  private readonly signal: AbortSignal
  private readonly hooks: IterationHooks
  private readonly expectations: Expectations
  private readonly snapshots: Snapshots
  private readonly clock = adaptHostClock()
  /** Gives the hooks their fake timers back. */
  private giveBack: (() => void) | undefined
  private isSkipped = false
  private readonly start: (number: number, tookSnapshots: boolean) => void

  constructor(task: RunnerTestCase, signal: AbortSignal) {
    this.task = task
    this.signal = signal
    this.hooks = new IterationHooks(task)
    this.expectations = new Expectations(task)
    this.snapshots = new Snapshots(task)
    this.start = attemptStarter(task)
  }

  before(number: number): void | Promise<void> {
    if (!this.hooks.any) {
      this.begin(number)
      this.giveBack = simulationClockOnly(this.clock)
      return undefined
    }
    return this.beforeWithHooks(number)
  }

  after(end: IterationEnd): void | Promise<void> {
    this.giveBack?.()
    this.giveBack = undefined
    return this.hooks.pending ? this.afterWithHooks(end) : undefined
  }

  /** Throws what Vitest would only say at the end of the test; `asserts`: the iteration has assertions of ours. */
  check(asserts: () => boolean): void {
    this.expectations.check(asserts)
  }

  /** Tells of calls of `expect` from now on; returns how to stop that. */
  watch(called: (api: string) => void): () => void {
    return this.expectations.watch(called)
  }

  /** Throws what `context.skip()` throws when the iteration has called it: all of the test is skipped then. */
  skipped(error: unknown): void {
    const result = this.task.result as Pending | undefined
    if (result?.pending !== true) return
    this.isSkipped = true
    this.task.context.skip((error as { note?: string } | undefined)?.note)
  }

  /** Calls the body where the hooks around the iteration are. */
  inside<T>(call: () => T): T {
    return this.hooks.inside(call)
  }

  /** Leaves nothing for Vitest to judge: every iteration has been judged. After a timeout it has done so already. */
  end(): void {
    this.snapshots.end()
    if (this.signal.aborted) return
    this.expectations.end()
    const result = this.task.result as Pending | undefined
    // A seed that was only looked at again called it: what it found first counts.
    if (!this.isSkipped && result !== undefined) delete result.pending
  }

  private begin(number: number): void {
    this.start(number, this.snapshots.taken)
    this.snapshots.begin()
    this.expectations.begin()
  }

  private async beforeWithHooks(number: number): Promise<void> {
    // A hook may block for as long as it likes: no watchdog looks at it there.
    await plainHost.leave()
    await this.hooks.before(() => this.begin(number))
    this.expectations.throwSoft()
    this.giveBack = simulationClockOnly(this.clock)
  }

  private async afterWithHooks(end: IterationEnd): Promise<void> {
    await plainHost.leave()
    const settle = this.signal.aborted ? undefined : this.show(end)
    try {
      await this.hooks.after(end)
    } finally {
      settle?.()
    }
    if (settle !== undefined) this.expectations.throwSoft()
  }

  /** Lets hooks see how the iteration ended, where they look for it: `task.result`. Returns how to forget that. */
  private show({ failure }: IterationEnd): (() => void) | undefined {
    const { result } = this.task
    if (result === undefined) return undefined
    if (failure === undefined) {
      result.state = 'pass'
      return () => void (result.state = 'run')
    }
    const { name, message, error, stack } = failure
    const shown = { name: errorName(error) ?? name, message, ...(stack !== undefined && { stack }) }
    result.state = 'fail'
    result.errors = [...(result.errors ?? []), shown]
    return () => {
      result.state = 'run'
      const others = result.errors?.filter((error) => error !== shown) ?? []
      result.errors = others.length === 0 ? undefined : others
    }
  }
}
