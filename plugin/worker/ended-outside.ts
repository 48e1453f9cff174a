import type { SeedFailure } from '../../src/runner/seed-failure.ts'
import { plannedMeta } from './meta.ts'
import type { Replay } from './replay/replay.ts'
import type { TestRun } from './test-run.ts'
import { type RunningSeed, verdictOnEnd } from './verdict.ts'

/** What a simulation has come to. */
export interface Standing {
  readonly seed: RunningSeed | undefined
  /** A failure that is being shrunk. */
  readonly failure: SeedFailure | undefined
  readonly replay: Replay
}

/**
 * Tells of the seed under way when Vitest ends the test: by its timeout, --bail or Ctrl+C.
 *
 * Vitest then waits for the test no longer, so this must be said at once: in the error that Vitest fails the test with,
 * and in the meta that it sends to its reporters. Returns how to stop listening.
 */
export function whenEndedOutside(run: TestRun, standing: () => Standing): () => void {
  const { signal, task, settings } = run
  const tell = (): void => {
    const { seed, failure, replay } = standing()
    const planned = plannedMeta(settings)
    const { error, summary } = verdictOnEnd(run, { seed, failure, planned: planned.planned }, replay)
    task.meta.simulation = {
      ...planned,
      status: failure === undefined ? 'interrupted' : 'failed',
      stopReason: failure === undefined ? 'interrupted' : 'failure',
      iterations: Math.max(0, (seed?.iteration ?? 1) - 1),
      failures: [summary],
    }
    const reason: unknown = signal.reason
    if (reason instanceof Error)
      append(reason, failure === undefined ? error.message : `${error.name}: ${error.message}`)
  }
  signal.addEventListener('abort', tell, { once: true })
  return () => signal.removeEventListener('abort', tell)
}

/** One error serves all tests that are running when a run is aborted. */
function append(error: Error, text: string): void {
  const { message, stack } = error
  error.message = `${message}\n\n${text}`
  if (stack !== undefined) error.stack = stack.replace(message, () => error.message)
}
