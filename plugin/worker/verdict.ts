import { relative } from 'node:path'
import { formatMillis, groupThousands } from '../../src/engine/format.ts'
import type { SeedUnderWay, SimulationResult } from '../../src/runner/check-simulation.ts'
import type { SeedFailure } from '../../src/runner/seed-failure.ts'
import { failureStory, missedText } from '../../src/runner/failure-text.ts'
import { expectedOf } from '../../src/runner/reproduction.ts'
import { traceView } from '../options/trace-options.ts'
import type { FailureSummary } from '../../reporter/contract.ts'
import { expectationSamples, expectationToText } from './replay/expected-run-text.ts'
import { catalogue } from './evaluated-sites.ts'
import { planToText } from './replay/plan-text.ts'
import type { Replay } from './replay/replay.ts'
import { simulationFailed } from './simulation-failed.ts'
import { type TraceFiles, keepTraces } from './trace-files.ts'
import { type TestRun, fullName, replayOf } from './test-run.ts'

/** Samples of a minimal run that go into a command line. */
const pastedSamples = 64

const hookNames = 'fixtures, aroundEach, beforeEach, afterEach, onTestFinished, onTestFailed'

/** Why a simulation fails, for Vitest and for the report. */
export interface Verdict {
  readonly summary: FailureSummary
  readonly error: Error
  /** What was written of the failing seed. */
  readonly traces?: TraceFiles
}

/** The verdict on what was found; undefined: it passes. `note`: what else there is to say. */
export function verdictOf(run: TestRun, result: SimulationResult, replay: Replay, note?: string): Verdict | undefined {
  if (result.failure !== undefined) {
    return seedVerdict(run, result.planned, result.failure, replay, [result.notReproducible, result.unusedFaults, note])
  }
  if (result.missed.length > 0) return missedVerdict(run, result)
  if (result.status === 'interrupted') return interruptedVerdict(run, result)
  return undefined
}

/** The seed that is running, or was when the run ended. */
export interface RunningSeed extends Partial<SeedUnderWay> {
  readonly seed: number
  readonly iteration: number
}

/** What there is to say of a run that is ended from outside, before its result is known. */
export interface Ended {
  readonly seed: RunningSeed | undefined
  readonly failure: SeedFailure | undefined
  readonly planned: number | null
}

/** The verdict at the moment when Vitest ends the test; the error has no stack of its own. */
export function verdictOnEnd(run: TestRun, { seed, failure, planned }: Ended, given: Replay): Verdict {
  if (failure !== undefined) return seedVerdict(run, planned, failure, given, ['shrinking was interrupted'])
  const replay = replayOf(run, seed?.seed ?? run.settings.seed)
  const error = new Error(underWayText(seed, planned, replay))
  const { summary } = interrupted(run, error, seed, replay)
  return { error, summary }
}

function seedVerdict(
  run: TestRun,
  planned: number | null,
  failure: SeedFailure,
  given: Replay,
  notes: readonly (string | undefined)[],
): Verdict {
  const { failure: what } = failure
  const { replay, minimal } = commandsOf(run, failure, given)
  const inHook = what.kind === 'HookFailed' ? `in a hook ${what.name} (${hookNames})` : undefined
  const { traces, note } = keepTraces(run, failure, { whole: replay, minimal })
  const told = [inHook, failure.differed, ...notes, note].flatMap((text) => (text === undefined ? [] : [`\n  ${text}`]))
  const story = failureStory(failure, planned, { seed: replay, minimal }, traceView(process.env)) + told.join('')
  const shown = failure.minimal?.run.failure ?? what
  const error = simulationFailed(what.kind, shown.message, story, shown.error, shown.stack)
  const commands = { replay: minimal ?? replay, ...(minimal !== undefined && { wholeSeed: replay }) }
  const summary = summaryOf(error, what.kind, what.name, failure.seed, failure.iteration, commands, failure)
  if (traces === undefined) return { error, summary }
  return { error, summary: { ...summary, trace: traces.folder, mermaid: traces.mermaid }, traces }
}

/** The commands that run a failing seed again. */
function commandsOf(
  run: TestRun,
  failure: SeedFailure,
  given: Replay,
): { replay: string; minimal: string | undefined } {
  const name = fullName(run.task)
  // The run of a plan is not the whole seed's.
  const whole = given.plan === undefined ? expectedOf(failure.run, expectationSamples) : undefined
  const replay = replayOf(run, failure.seed, { expectation: whole && expectationToText(name, whole) })
  const smallest = failure.minimal ?? (given.plan && { plan: given.plan, run: failure.run })
  const expected = expectedOf(smallest?.run, pastedSamples)
  const plan = smallest && planToText({ test: name, plan: smallest.plan, expected })
  return { replay, minimal: plan === undefined ? undefined : replayOf(run, failure.seed, { plan }) }
}

/** What there is to say of a failure that is still being shrunk, should the process end now. */
export function summaryWhileShrinking(run: TestRun, failure: SeedFailure, given: Replay): FailureSummary {
  const { kind, name } = failure.failure
  const { replay, minimal } = commandsOf(run, failure, given)
  const commands = { replay: minimal ?? replay, ...(minimal !== undefined && { wholeSeed: replay }) }
  const { message } = failure.minimal?.run.failure ?? failure.failure
  const text = `${kind}: ${message}; it was being shrunk: a smaller plan may fail, too`
  return summaryOf(new Error(text), kind, name, failure.seed, failure.iteration, commands, failure)
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
    summary: summaryOf(error, 'CoverageMissed', names, result.seed, result.iterations, {
      replay: replayOf(run, result.seed),
    }),
  }
}

function interruptedVerdict(run: TestRun, result: SimulationResult): Verdict {
  const { signal } = run
  const { slow } = run.settings
  const limit = slow?.terminateAfter == null ? undefined : slow.periodMs * slow.terminateAfter
  const why =
    signal.aborted || limit === undefined
      ? 'the run was aborted'
      : `ended after ${limit / 1000} s of real time: slowTimeout { period: ${slow?.periodMs} ms, terminateAfter: ${slow?.terminateAfter} }`
  const text = `interrupted after ${result.iterations} iterations: ${why}; an interrupted simulation is not a pass`
  const replay = replayOf(run, result.underWay?.seed ?? result.seed)
  const error = simulationFailed('Interrupted', text, underWayText(result.underWay, result.planned, replay), undefined)
  return interrupted(run, error, result.underWay, replay)
}

function interrupted({ settings }: TestRun, error: Error, seed: RunningSeed | undefined, replay: string): Verdict {
  const { seed: number, iteration } = seed ?? { seed: settings.seed, iteration: 0 }
  return { error, summary: summaryOf(error, 'Interrupted', 'budget', number, iteration, { replay }) }
}

/** What a run that was ended from outside says of the seed that it was about. */
function underWayText(underWay: RunningSeed | undefined, planned: number | null, replay: string): string {
  if (underWay === undefined) return `  no seed had begun\n  replay: ${replay}`
  const { seed, iteration, virtualMs, events } = underWay
  const of = planned === null ? '' : ` of ${groupThousands(planned)}`
  const came =
    virtualMs === undefined ? '' : ` · ${formatMillis(virtualMs * 1000)} virtual, event ${groupThousands(events ?? 0)}`
  return `  seed ${seed} was under way · iteration ${groupThousands(iteration)}${of}${came}\n  replay: ${replay}`
}

function summaryOf(
  error: Error,
  kind: string,
  name: string,
  seed: number,
  iteration: number,
  commands: Pick<FailureSummary, 'replay' | 'wholeSeed'>,
  failure?: SeedFailure,
): FailureSummary {
  const { time = 0, event = 0 } = failure?.failure ?? {}
  const digest = failure?.digest ?? ''
  const { message } = error
  return { kind, name, message, seed, iteration, virtualMs: time / 1000, events: event, digest, ...commands }
}
