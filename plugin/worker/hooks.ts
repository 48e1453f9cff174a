import type { RunnerTestCase } from 'vitest'
import type { IterationEnd } from '../../src/runner/run-context.ts'
import { type OpenHook, openAround } from './around-hook.ts'
import { IterationFixtures } from './fixtures.ts'
import { type SuiteHook, hooksAround, takeOverHooks } from './suite-hooks.ts'
import { hookSettings } from './vitest-runner.ts'
import { within } from './within.ts'

type Callback = (...args: unknown[]) => unknown

/** What Vitest has for a test only while it runs. */
interface Handlers {
  onFinished?: Callback[] | undefined
  onFailed?: Callback[] | undefined
}

/** The hooks of a test's suites and of its own (`onTestFinished`, `onTestFailed`), run around every iteration as Vitest runs them around a test. */
export class IterationHooks {
  private readonly task: RunnerTestCase
  private readonly around: SuiteHook[]
  private readonly beforeEach: SuiteHook[][]
  private readonly afterEach: SuiteHook[][]
  private readonly settings = hookSettings()
  private readonly fixtures: IterationFixtures
  /** There are hooks of the suites or fixtures, so something must be awaited between two iterations. */
  readonly any: boolean
  private open: OpenHook[] = []
  private cleanups: Callback[] = []
  /** Vitest has run the hooks before the first iteration, because nobody prepared the file. */
  private begun: boolean

  constructor(task: RunnerTestCase) {
    this.task = task
    this.begun = takeOverHooks(task)
    this.around = hooksAround(task, 'aroundEach').flat()
    this.beforeEach = hooksAround(task, 'beforeEach')
    this.afterEach = hooksAround(task, 'afterEach').reverse()
    this.fixtures = IterationFixtures.of(task.context)
    const hooks = [this.around, ...this.beforeEach, ...this.afterEach]
    this.any = this.fixtures.any || hooks.some((some) => some.length > 0)
  }

  /** True: the iteration has left something to be called after it. */
  get pending(): boolean {
    const { onFinished, onFailed } = this.task as Handlers
    return onFinished !== undefined || onFailed !== undefined || this.any
  }

  /** Opens the hooks around an iteration; `start` comes after them and before `beforeEach`. */
  async before(start: () => void): Promise<void> {
    await this.fixtures.open()
    if (this.begun) {
      this.begun = false
      return
    }
    const { context } = this.task
    for (const { hook, suite } of this.around) this.open.push(await openAround(hook, context, suite))
    start()
    for (const hooks of this.beforeEach) {
      await this.each(hooks, async ({ hook, suite }) => {
        const cleanup = await hook(context, suite)
        if (typeof cleanup === 'function') this.cleanups.push(cleanup as Callback)
      })
    }
  }

  /** Calls what an iteration runs where the hooks around it are. */
  inside<T>(call: () => T): T {
    const innermost = this.open.at(-1)
    return innermost === undefined ? call() : innermost.inside(call)
  }

  /** Runs everything that comes after an iteration, also when a part of it fails; throws the first error. */
  async after({ failure, isRepeat }: IterationEnd): Promise<void> {
    const { context } = this.task
    const { order, timeoutMs } = this.settings
    const failed = new FirstError()
    for (const hooks of this.afterEach) {
      const ordered = order === 'stack' ? hooks.toReversed() : hooks
      await this.each(ordered, ({ hook, suite }) => failed.catch(() => hook(context, suite)))
    }
    const cleanups = this.cleanups.splice(0)
    const what = 'The cleanup of a "beforeEach" hook'
    await this.each(order === 'stack' ? cleanups.reverse() : cleanups, (cleanup) =>
      failed.catch(() => within(timeoutMs, what, Promise.resolve(cleanup()))),
    )
    await failed.catch(() => this.fixtures.close())
    await this.handlers(failure !== undefined || failed.any, isRepeat, failed)
    for (const hook of this.open.splice(0).reverse()) await failed.catch(() => hook.close())
    failed.throw()
  }

  /** `onTestFinished` and `onTestFailed`; the latter not again when a failing seed is only looked at once more. */
  private async handlers(hasFailed: boolean, isRepeat: boolean, failed: FirstError): Promise<void> {
    const { context } = this.task
    const handlers = this.task as Handlers
    const { onFinished = [], onFailed = [] } = handlers
    handlers.onFinished = undefined
    handlers.onFailed = undefined
    for (const handler of onFinished.toReversed()) await failed.catch(() => handler(context))
    if (!hasFailed || isRepeat) return
    const ordered = this.settings.order === 'stack' ? onFailed.toReversed() : onFailed
    await this.each(ordered, (handler) => failed.catch(() => handler(context)))
  }

  private async each<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
    if (this.settings.order === 'parallel') await Promise.all(items.map(run))
    else for (const item of items) await run(item)
  }
}

class FirstError {
  private readonly errors: unknown[] = []

  get any(): boolean {
    return this.errors.length > 0
  }

  async catch(call: () => unknown): Promise<void> {
    try {
      await call()
    } catch (error) {
      this.errors.push(error)
    }
  }

  throw(): void {
    if (this.any) throw this.errors[0]
  }
}
