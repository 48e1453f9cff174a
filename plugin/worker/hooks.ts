import { type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest'

type Cleanup = () => unknown

/** `beforeEach` and `afterEach` of a test's suites, run again between two iterations: each seed starts clean. */
export class IterationHooks {
  private readonly task: RunnerTestCase
  private readonly suites: RunnerTestSuite[] = []
  private cleanups: Cleanup[] = []

  constructor(task: RunnerTestCase) {
    this.task = task
    let suite: RunnerTestSuite | undefined = task.suite ?? task.file
    while (suite !== undefined) {
      this.suites.unshift(suite)
      suite = suite.suite ?? (suite === task.file ? undefined : task.file)
    }
  }

  /** False: there are none, so nothing need be awaited between iterations. */
  get any(): boolean {
    return this.suites.some((suite) => {
      const hooks = TestRunner.getSuiteHooks(suite)
      return hooks.beforeEach.length > 0 || hooks.afterEach.length > 0
    })
  }

  /** Ends one iteration and begins the next. Vitest itself begins the first and ends the last. */
  async between(): Promise<void> {
    await this.after()
    await this.before()
  }

  /** Runs what the last `beforeEach` round gave back to clean up. */
  async finish(): Promise<void> {
    for (const cleanup of this.cleanups.splice(0).reverse()) await cleanup()
  }

  private async before(): Promise<void> {
    for (const suite of this.suites) {
      for (const hook of TestRunner.getSuiteHooks(suite).beforeEach) {
        const cleanup: unknown = await hook(this.task.context, suite)
        if (typeof cleanup === 'function') this.cleanups.push(cleanup as Cleanup)
      }
    }
  }

  private async after(): Promise<void> {
    for (const suite of [...this.suites].reverse()) {
      for (const hook of [...TestRunner.getSuiteHooks(suite).afterEach].reverse()) {
        await hook(this.task.context, suite)
      }
    }
    await this.finish()
  }
}
