import { relative } from 'node:path'
import type { RunnerTestCase } from 'vitest'
import { type RunContext, type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'
import type { SeedFailure } from '../../src/runner/examiner.ts'
import { failureStory, missedText } from '../../src/runner/failure-text.ts'
import type { Body } from '../../src/runner/iteration.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { expectedOf, failureTitle } from '../../src/runner/reproduction.ts'
import type { FailureSummary } from '../contract.ts'
import type { ProvidedSimulation } from '../provided.ts'
import { requiredSitesOf } from './body-sites.ts'
import { keepSeed, readCorpus } from './corpus.ts'
import { expectationSamples, expectationToText } from './expectation-text.ts'
import { Expectations } from './expectations.ts'
import { IterationHooks } from './hooks.ts'
import { catalogue, fileMeta, resultMeta } from './meta.ts'
import { reportProgress } from './progress.ts'
import { planToText } from './plan-text.ts'
import { type Replay, keptRun, replayFor } from './replay.ts'
import { type Replayed, replayCommand } from './replay-command.ts'
import { oneAtATime } from './serial.ts'
import type { TestSettings } from './settings.ts'
import { simulationFailed } from './simulation-failed.ts'
import { workerHost } from './worker-host.ts'

/** One simulation test, as Vitest runs it. */
export interface TestRun {
  readonly task: RunnerTestCase
  readonly signal: AbortSignal
  readonly settings: TestSettings
  readonly provided: ProvidedSimulation
  readonly body: Body
  /** The function the user wrote, for the sites inside it. */
  readonly written: object
}

/** Runs a simulation test to its verdict; throws the failure. */
export function runTest(run: TestRun): Promise<void> {
  return oneAtATime(() => execute(run))
}

async function execute(run: TestRun): Promise<void> {
  const { task, settings, provided, body } = run
  installVirtualGlobals()
  const hooks = new IterationHooks(task)
  const expectations = new Expectations(task)
  const withHooks = hooks.any
  let begun = false
  let lastSeed = settings.seed
  const begin = (): void | Promise<void> => {
    expectations.begin()
    const first = !begun
    begun = true
    if (!withHooks || first) return undefined
    return hooks.between().catch((error: unknown) => {
      throw hookFailed(run, lastSeed, error)
    })
  }
  const { pasted, ...replay } = replayFor(settings, task.file.filepath, fullName(task))
  const context: RunContext = {
    host: workerHost(settings.options.limits?.drainMs),
    seed: settings.seed,
    alone: settings.alone && settings.seedSource !== 'test',
    corpus: settings.alone ? [] : readCorpus(task.file.filepath, fullName(task)).map(({ seed }) => seed),
    ...replay,
    bodySites: requiredSitesOf(run.written),
    signal: run.signal,
    beforeIteration: begin,
    onResult: ({ seed }) => void (lastSeed = seed),
    afterBody: () => expectations.check(),
    ...(settings.slow?.terminateAfter != null && { deadlineMs: settings.slow.periodMs * settings.slow.terminateAfter }),
    ...(provided.reporter && { onProgress: reportProgress(task, settings) }),
  }
  const options =
    settings.alone && settings.seedSource === 'test' ? { ...settings.options, seed: settings.seed } : settings.options
  const result = await checkSimulation(body, options, context)
  if (withHooks) await hooks.finish()
  // After a timeout Vitest has written its own error there.
  if (!run.signal.aborted) expectations.end()
  settle(run, result, { ...replay, ...(pasted && { pasted }) })
}

/** The error of a hook that runs between two iterations, with the seed that it ran after. */
function hookFailed(run: TestRun, seed: number, error: unknown): Error {
  const story = `  in a hook (beforeEach, afterEach) after seed ${seed}\n  replay: ${replayOf(run, seed)}`
  const message = error instanceof Error ? error.message : String(error)
  return simulationFailed('HookFailed', message, story, error)
}

/** Samples of a run that go into a command line, and into a file. */
const pastedSamples = 64
const keptSamples = 512

/** Writes down what was found, and throws when it is a failure. */
function settle(run: TestRun, result: SimulationResult, replay: Replay): void {
  const { task, settings } = run
  const kept = result.failure === undefined ? undefined : keep(run, result.failure, replay)
  const verdict = verdictOf(run, result, replay, kept)
  const meta = resultMeta(settings, result, verdict === undefined ? [] : [verdict.summary])
  task.meta.simulation = { ...meta, ...(replay.pasted && { plan: replay.pasted }) }
  fileMeta(task.file)
  if (verdict === undefined) return
  throw verdict.error
}

interface Verdict {
  readonly summary: FailureSummary
  readonly error: Error
}

function verdictOf(run: TestRun, result: SimulationResult, replay: Replay, note?: string): Verdict | undefined {
  if (result.failure !== undefined) return seedVerdict(run, result, result.failure, replay, note)
  if (result.missed.length > 0) return missedVerdict(run, result)
  if (result.status === 'interrupted') return interruptedVerdict(run, result)
  return undefined
}

/** `note`: what else there is to say. */
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
  const notes = [result.notReproducible, result.unusedFaults, note].flatMap((text) =>
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

function replayOf(
  { task, provided }: TestRun,
  seed: number,
  more: Pick<Replayed, 'plan' | 'expectation'> = {},
): string {
  return replayCommand({
    seed,
    root: provided.root,
    testFile: task.file.filepath,
    testName: task.name,
    project: task.file.projectName ?? '',
    configuration: provided.configuration ?? [],
    ...more,
  })
}

/** Failing seeds are kept beside the test, except in CI and where a failure is expected; gives back why that did not work. */
function keep({ task, provided }: TestRun, failure: SeedFailure, given: Replay): string | undefined {
  const wanted = provided.options.keepFailures ?? !provided.ci
  if (!wanted || task.fails === true) return undefined
  const plan = failure.minimal?.plan ?? given.plan
  // A replay of the plan says nothing about the whole seed.
  const run =
    given.plan === undefined
      ? expectedOf(failure.run, keptSamples)
      : keptRun(task.file.filepath, fullName(task), failure.seed)
  try {
    keepSeed(task.file.filepath, fullName(task), {
      seed: failure.seed,
      failure: failureTitle(failure.failure),
      ...(plan && { plan }),
      ...(run && { run }),
    })
    return undefined
  } catch (error) {
    // The failure itself is what counts.
    return `this seed was not kept: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** 'suite > test'. */
export function fullName(task: RunnerTestCase): string {
  const names = [task.name]
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name)
  return names.filter((name) => name !== '').join(' > ')
}
