import { inject } from 'vitest'
import { describeError } from '../../src/engine/describe-error.ts'
import type { RunContext } from '../../src/runner/run-context.ts'
import { type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'
import type { SeedFailure } from '../../src/runner/seed-failure.ts'
import { expectedOf, failureTitle } from '../../src/runner/reproduction.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { hasUnseenSites, noteBody, requiredSitesOf } from './body-sites.ts'
import { loadModules } from './modules/load.ts'
import { ModuleCost } from './modules/cost.ts'
import { MeasuredModules } from './modules/measured-modules.ts'
import { suspectsOf } from './modules/suspects.ts'
import { keepSeed, readCorpus } from './replay/corpus.ts'
import { whenEndedOutside } from './ended-outside.ts'
import { catalogue, evaluatedSites, forgetEvaluatedSites } from './evaluated-sites.ts'
import { fileMeta, plannedMeta, resultMeta } from './meta.ts'
import { reportProgress } from './progress.ts'
import { type Replay, keptRun, replayFor } from './replay/replay.ts'
import { Rounds } from './rounds.ts'
import { openRunningSeed } from './running-seed.ts'
import { oneAtATime } from './serial.ts'
import { wantsTimeline } from '../options/trace-options.ts'
import { attachTraces } from './attach-traces.ts'
import { writePassingTrace } from './trace-files.ts'
import { type TestRun, fullName, replayOf } from './test-run.ts'
import { type RunningSeed, summaryWhileShrinking, verdictOf } from './verdict.ts'
import { workerHost } from './worker-host.ts'

/** Runs a simulation test to its verdict; throws the failure. */
export function runTest(run: TestRun): Promise<void> {
  return oneAtATime(() => {
    // Vitest's timeout, --bail and Ctrl+C are no failure of a seed.
    run.signal.addEventListener('abort', () => expectPass(run))
    return execute(run)
  })
}

/** From here on `simulation.fails` does not turn an error into a pass: it expects a failure, not that nothing came of it. */
function expectPass({ task }: TestRun): void {
  if (task.fails === true) task.fails = false
}

async function execute(run: TestRun): Promise<void> {
  const { task, settings, provided, body } = run
  installVirtualGlobals()
  // From here on only its own hooks and body can skip it.
  task.meta.simulation = { ...plannedMeta(settings), skipsItself: true }
  const rounds = new Rounds(task, run.signal)
  const { pasted, ...replay } = replayFor(settings, task.file.filepath, fullName(task))
  let running: RunningSeed | undefined
  const file = openRunningSeed(run)
  let found: SeedFailure | undefined
  // Without the plugin nothing is transformed, and there is no door to the main process.
  const mode = inject('simulation') === undefined ? 'shared' : (settings.options.modules ?? 'seed')
  const modules = mode === 'shared' ? undefined : await loadModules(task.file.filepath)
  const cost = new ModuleCost()
  const context: RunContext = {
    ...(modules !== undefined && mode !== 'shared' && { modules: () => new MeasuredModules(modules, mode, cost) }),
    ...(inject('simulation') !== undefined && { suspects: () => suspectsOf(task.file.filepath, mode, modules) }),
    host: workerHost(settings.options.limits?.drainMs),
    seed: settings.seed,
    alone: settings.alone && settings.seedSource !== 'test',
    corpus: settings.alone ? [] : readCorpus(task.file.filepath, fullName(task)).map(({ seed }) => seed),
    ...replay,
    bodySites: requiredSitesOf(run.written),
    unseenSites: () => hasUnseenSites(catalogue(), evaluatedSites()),
    signal: run.signal,
    beforeIteration: (number) => rounds.before(number),
    afterIteration: (_number, end) => rounds.after(end),
    // Ctrl+C may end the process before the verdict.
    onShrinking: (failure) => {
      found = failure
      file?.found(summaryWhileShrinking(run, failure, replay))
      keep(run, failure, replay)
    },
    onResult: (found) => rounds.skipped(found.failure?.error),
    onSeed: (seed, iteration) => {
      running = { seed, iteration }
      file?.note(seed, iteration)
    },
    prints: settings.alone || provided.options.console === 'all',
    tellsPassing: wantsTimeline(process.env),
    watchesOutside: (called) => rounds.watch(called),
    afterBody: (asserts) => rounds.check(asserts),
    ...(settings.slow?.terminateAfter != null && { deadlineMs: settings.slow.periodMs * settings.slow.terminateAfter }),
    ...(provided.reporter && { onProgress: reportProgress(task, settings) }),
  }
  const options =
    settings.alone && settings.seedSource === 'test' ? { ...settings.options, seed: settings.seed } : settings.options
  forgetEvaluatedSites()
  const stopListening = whenEndedOutside(run, () => ({ seed: running, failure: found, replay }))
  const simulate = checkSimulation((sim) => rounds.inside(() => body(sim)), options, context)
  const result = await simulate.finally(() => {
    stopListening()
    file?.remove()
    rounds.end()
  })
  await settle(run, result, { ...replay, ...(pasted && { pasted }) }, cost.warning(result.realMs))
}

/** Samples of a run that are kept in a file. */
const keptSamples = 512

/** Writes down what was found, and throws when it is a failure. */
async function settle(run: TestRun, result: SimulationResult, replay: Replay, dear?: string): Promise<void> {
  const { task, settings, provided } = run
  const kept = result.failure === undefined ? undefined : keep(run, result.failure, replay)
  const verdict = verdictOf(run, result, replay, kept)
  const meta = resultMeta(settings, result, verdict === undefined ? [] : [verdict.summary])
  noteBody(run.written, true)
  task.meta.simulation = { ...meta, replay: replayOf(run, 0), ...(replay.pasted && { plan: replay.pasted }) }
  fileMeta(task.file, provided)
  const traces = result.passing === undefined ? verdict?.traces : writePassingTrace(run, result.passing)
  const flaw = traces === undefined ? undefined : await attachTraces(run, traces)
  if (dear !== undefined) task.meta.simulation.warnings = [...task.meta.simulation.warnings, dear]
  if (flaw !== undefined) task.meta.simulation.warnings = [...task.meta.simulation.warnings, flaw]
  if (verdict === undefined) return
  if (result.status === 'interrupted' || verdict.summary.kind === 'HookFailed') expectPass(run)
  throw verdict.error
}

/** Failing seeds are kept beside the test, except in CI and where a failure is expected; returns why that did not work. */
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
    return `this seed was not kept: ${describeError(error).message}`
  }
}
