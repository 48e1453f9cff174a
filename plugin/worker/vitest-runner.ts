import { type RunnerTestCase, TestRunner } from 'vitest'
import { describeError } from '../../src/engine/describe-error.ts'

/** What of Vitest's configuration the hooks of a test depend on. */
export interface HookSettings {
  readonly order: 'stack' | 'list' | 'parallel'
  /** ms */
  readonly timeoutMs: number | undefined
  /** Each test must have called `expect`. */
  readonly requireAssertions: boolean
}

interface WorkerConfig {
  readonly sequence?: { readonly hooks?: HookSettings['order'] }
  readonly hookTimeout?: number
  readonly expect?: { readonly requireAssertions?: boolean }
  readonly clearMocks?: boolean
  readonly mockReset?: boolean
  readonly restoreMocks?: boolean
  readonly unstubEnvs?: boolean
  readonly unstubGlobals?: boolean
}

/** The configuration of this worker, as `vi.setConfig` has left it: Vitest has no public door to it. */
function workerConfig(): WorkerConfig | undefined {
  return (globalThis as { __vitest_worker__?: { config?: WorkerConfig } }).__vitest_worker__?.config
}

export function hookSettings(): HookSettings {
  const { sequence, hookTimeout, expect } = workerConfig() ?? {}
  return {
    order: sequence?.hooks ?? 'stack',
    timeoutMs: hookTimeout,
    requireAssertions: expect?.requireAssertions === true,
  }
}

interface AttemptRunner {
  onBeforeTryTask(task: RunnerTestCase, options: { retry: number; repeats: number }): unknown
}
let warned = false

/**
 * What Vitest's own runner does before each attempt of a test (mocks, stubs, snapshots), as a function; `number`:
 * one-based. It takes longer than a short iteration, so it is left out where it would do nothing.
 */
export function attemptStarter(task: RunnerTestCase): (number: number, tookSnapshots: boolean) => void {
  const config = workerConfig()
  try {
    // A second runner beside the one that Vitest made: it keeps nothing of its own that matters here.
    const Runner = TestRunner as unknown as new (config: WorkerConfig) => AttemptRunner
    if (config === undefined) throw new Error('its configuration was not found')
    const runner = new Runner(config)
    return (number, tookSnapshots) => {
      const { clearMocks, mockReset, restoreMocks, unstubEnvs, unstubGlobals } = config
      const cleans = clearMocks || mockReset || restoreMocks || unstubEnvs || unstubGlobals
      if (cleans || tookSnapshots) runner.onBeforeTryTask(task, { retry: 0, repeats: number - 1 })
    }
  } catch (error) {
    if (!warned) {
      warned = true
      const why = describeError(error).message
      const what = 'clearMocks, mockReset, restoreMocks, unstubEnvs, unstubGlobals and snapshots'
      process.emitWarning(
        `vitest-simulation: this Vitest is not known (${why}): ${what} work per test, not per iteration`,
      )
    }
    return () => undefined
  }
}
