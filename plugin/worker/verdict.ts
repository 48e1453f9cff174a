import { relative } from 'node:path'
import type { SimulationResult } from '../../src/runner/check-simulation.ts'
import type { SeedFailure } from '../../src/runner/examiner.ts'
import { failureStory, missedText } from '../../src/runner/failure-text.ts'
import { expectedOf } from '../../src/runner/reproduction.ts'
import type { FailureSummary } from '../contract.ts'
import { expectationSamples, expectationToText } from './expectation-text.ts'
import { catalogue } from './meta.ts'
import { planToText } from './plan-text.ts'
import type { Replay } from './replay.ts'
import { simulationFailed } from './simulation-failed.ts'
import { type TestRun, fullName, replayOf } from './test-run.ts'

/** Samples of a minimal run that go into a command line. */
const pastedSamples = 64

const hookNames = 'aroundEach, beforeEach, afterEach, onTestFinished, onTestFailed'

/** Why a simulation fails, for Vitest and for the report. */
export interface Verdict {
  readonly summary: FailureSummary
  readonly error: Error
}

/** The verdict on what was found; undefined: it passes. `note`: what else there is to say. */
export function verdictOf(run: TestRun, result: SimulationResult, replay: Replay, note?: string): Verdict | undefined {
  if (result.failure !== undefined) return seedVerdict(run, result, result.failure, replay, note)
  if (result.missed.length > 0) return missedVerdict(run, result)
  if (result.status === 'interrupted') return interruptedVerdict(run, result)
  return undefined
}

function seedVerdict(
  run: TestRun,
  result: SimulationResult,
  failure: SeedFailure,
  given: Replay,
  note: string | undefined,
): Verdict {
  const { failure: what } = failure
  const name = fullName(run.task)
  // The run of a plan is not the whole seed's.
  const whole = given.plan === undefined ? expectedOf(failure.run, expectationSamples) : undefined
  const replay = replayOf(run, failure.seed, { expectation: whole && expectationToText(name, whole) })
  const smallest = failure.minimal ?? (given.plan && { plan: given.plan, run: failure.run })
  const expected = expectedOf(smallest?.run, pastedSamples)
  const plan = smallest && planToText({ test: name, plan: smallest.plan, expected })
  const minimal = plan === undefined ? undefined : replayOf(run, failure.seed, { plan })
  const inHook = what.kind === 'HookFailed' ? `in a hook ${what.name} (${hookNames})` : undefined
  const notes = [inHook, result.notReproducible, result.unusedFaults, note].flatMap((text) =>
    text === undefined ? [] : [`\n  ${text}`],
  )
  const story = failureStory(failure, result.planned, { seed: replay, minimal }) + notes.join('')
  const shown = failure.minimal?.run.failure ?? what
  const error = simulationFailed(what.kind, shown.message, story, shown.error)
  return { error, summary: summaryOf(error, what.kind, what.name, failure.seed, failure.iteration, replay, failure) }
}

function missedVerdict(run: TestRun, result: SimulationResult): Verdict {
  const known = catalogue()
  const text = missedText(result.missed, result.iterations, ({ kind, name }) => {
    const place = known.find((site) => site.kind === kind && site.name === name)
    return place === undefined ? '' : `  ${relative(run.provided.root, place.file).replaceAll('\\', '/')}:${place.line}`
  })
  const story = `  seed ${result.seed} · more iterations, other chaos, or a site that cannot be reached?`
  const error = simulationFailed('CoverageMissed', text, story, undefined)
  const names = result.missed.map(({ name }) => name).join(', ')
  return {
    error,
    summary: summaryOf(error, 'CoverageMissed', names, result.seed, result.iterations, replayOf(run, result.seed)),
  }
}

function interruptedVerdict({ signal, settings, ...run }: TestRun, result: SimulationResult): Verdict {
  const { slow } = settings
  const limit = slow?.terminateAfter == null ? undefined : slow.periodMs * slow.terminateAfter
  const why =
    signal.aborted || limit === undefined
      ? 'the run was aborted'
      : `ended after ${limit / 1000} s of real time: slowTimeout { period: ${slow?.periodMs} ms, terminateAfter: ${slow?.terminateAfter} }`
  const text = `interrupted after ${result.iterations} iterations: ${why}; an interrupted simulation is not a pass`
  const error = simulationFailed('Interrupted', text, `  seed ${result.seed}`, undefined)
  const replay = replayOf({ ...run, signal, settings }, result.seed)
  return { error, summary: summaryOf(error, 'Interrupted', 'budget', result.seed, result.iterations, replay) }
}

function summaryOf(
  error: Error,
  kind: string,
  name: string,
  seed: number,
  iteration: number,
  replay: string,
  failure?: SeedFailure,
): FailureSummary {
  const { time = 0, event = 0 } = failure?.failure ?? {}
  const digest = failure?.digest ?? ''
  return { kind, name, message: error.message, seed, iteration, virtualMs: time / 1000, events: event, digest, replay }
}
