import { type Failure, nothingRuns } from '../engine/failure.ts'
import { unreadable } from '../world/iteration.ts'
import { type ModuleSuspects, blame } from './blame.ts'
import { compareRuns, describeDifference, firstDataParting } from './compare-runs.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import { type ExpectedRun, isReproduced, notReproducible } from './reproduction.ts'
import { isSameError, isSameFailure, isSameRun } from '../shrink/same-failure.ts'
import type { SeedFailure } from './seed-failure.ts'
import type { SeedRunner } from './seed-runner.ts'
import { type CalmRun, type ShrinkBudget, type Shrunk, shrink } from '../shrink/shrink.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** What shrinking may use. */
export interface ExaminerSettings {
  readonly nodes: number
  /** Undefined: do not shrink. */
  readonly budget: ShrinkBudget | undefined
  /** Real time, ms. */
  readonly now: () => number
  readonly aborted: () => boolean
  readonly suspects?: (() => Promise<ModuleSuspects | undefined>) | undefined
  /** Told of a failure before it is shrunk, and of the best so far while it is. */
  readonly onShrinking?: ((best: SeedFailure) => void) | undefined
}

/** Runs seeds again: for the story of a failure, for its minimal form, and to see whether a seed does the same twice. */
export class Examiner {
  private readonly runner: SeedRunner
  private readonly settings: ExaminerSettings

  constructor(runner: SeedRunner, settings: ExaminerSettings) {
    this.runner = runner
    this.settings = settings
  }

  /** Runs a failing seed again with recording, sees that it fails the same way, and shrinks it. */
  async explain(first: IterationResult, number: number, plan: ReplayPlan | undefined): Promise<SeedFailure> {
    const failure = first.failure as Failure
    const base = { seed: first.seed, iteration: number, chaos: first.chaos, digest: first.digest, plan }
    // The watchdog knows where only when the same event hangs again.
    if (failure.kind === 'Hang' && failure.name !== unreadable) {
      const again = await this.record(first.seed, number, plan)
      return again.failure?.kind === 'Hang'
        ? { ...base, failure: again.failure, run: again }
        : { ...base, failure, run: undefined }
    }
    // What a hook of the surroundings does is not the seed's.
    if (failure.kind === 'HookFailed' || failure.name === unreadable) return { ...base, failure, run: undefined }
    const again = await this.record(first.seed, number, plan, failure)
    if (again.status === 'interrupted') return { ...base, failure, run: undefined }
    // Where context is not free only this run has seen it: what the first one failed with may well have come of it.
    if (again.failure?.kind === 'ZombieCode' && failure.kind !== 'ZombieCode') {
      const found = await this.explain(again, number, plan)
      const unseen = `\nwhere nobody looks for that, the seed fails with ${failure.kind}: ${failure.message}`
      return { ...found, failure: { ...found.failure, message: found.failure.message + unseen } }
    }
    // When real work is done is not the seed's: only how it began is.
    if (failure.kind === 'RealWork' && !isSameRun(first, again)) {
      const found = again.failure?.kind === 'RealWork' ? again.failure : failure
      return { ...base, failure: found, run: again }
    }
    const isSame = again.failure !== undefined && isSameError(failure, again.failure)
    if (!isSame || !isSameRun(first, again)) {
      const third = await this.record(first.seed, number, plan)
      const culprit = await this.culprit(first.seed, number, plan)
      // That it fails by two ways is the finding; which of two failures is a question, and the first one its answer.
      return isSame || again.failure === undefined
        ? {
            ...base,
            failure: compareRuns(again, third, { was: failure, before: firstDataParting(first, again), culprit }),
            run: again,
          }
        : { ...base, failure, run: first, differed: describeDifference(again.failure, again, third, culprit) }
    }
    const found: SeedFailure = { ...base, failure: again.failure, run: again }
    return plan === undefined ? this.minimise(found, failure, again, number) : found
  }

  /** Runs a seed again with everything that is told of it. `failure`: what is known to come of it. */
  record(seed: number, number: number, plan: ReplayPlan | undefined, failure?: Failure): Promise<IterationResult> {
    const awaitsUntil = failure && followedUntil(failure)
    const followsReal = failure?.kind === 'RealWork' || undefined
    // A seed that has passed is told as it was.
    const followsOwners = failure?.kind === 'ZombieCode' ? 'explaining' : failure && true
    return this.runner.run(seed, number, {
      recording: true,
      telling: true,
      awaitsUntil,
      followsReal,
      followsOwners,
      ...(plan && { plan }),
    })
  }

  /** Compares a replay with what was expected of it; returns what to say when it is another run. */
  async reproduces(
    first: IterationResult,
    number: number,
    plan: ReplayPlan | undefined,
    expected: ExpectedRun,
  ): Promise<string | undefined> {
    if (first.failure?.kind === 'Hang' || isReproduced(expected, first)) return undefined
    const run = await this.record(first.seed, number, plan)
    return run.status === 'interrupted' ? undefined : notReproducible(expected, first.failure, run)
  }

  /** Runs a passing seed again and compares what it did; undefined: the same. */
  async compare(
    first: IterationResult,
    number: number,
    plan: ReplayPlan | undefined,
  ): Promise<SeedFailure | undefined> {
    const how = { isCompared: true, followsOwners: true } as const
    const again = await this.runner.run(first.seed, number, { ...how, ...(plan && { plan }) })
    const { kind } = again.failure ?? {}
    if (kind === 'HookFailed' || kind === 'ZombieCode') return this.explain(again, number, plan)
    if (again.status === 'interrupted' || (again.failure === undefined && isSameRun(first, again))) return undefined
    // Recording costs as much as five seeds, so only a seed that differs is recorded.
    const one = await this.record(first.seed, number, plan)
    const two = await this.record(first.seed, number, plan)
    const culprit = await this.culprit(first.seed, number, plan)
    const failure = compareRuns(one, two, { now: again.failure, before: firstDataParting(first, again), culprit })
    return { failure, seed: first.seed, iteration: number, run: one, chaos: first.chaos, digest: first.digest }
  }

  /** Which module keeps what makes a seed run in two ways; '' when that is not known. */
  private async culprit(seed: number, number: number, plan: ReplayPlan | undefined): Promise<string> {
    const suspects = await this.settings.suspects?.()
    if (suspects === undefined || this.settings.aborted()) return ''
    const how = { isCompared: true, ...(plan && { plan }) }
    return blame(suspects, (modules) => this.runner.run(seed, number, { ...how, modules }))
  }

  /** `explored`: the failure without recording, because errors know more of their place in a recorded run. */
  private async minimise(
    found: SeedFailure,
    explored: Failure,
    run: IterationResult,
    number: number,
  ): Promise<SeedFailure> {
    const { budget, nodes, now, aborted, onShrinking } = this.settings
    if (budget === undefined || (run.faults.length === 0 && run.operations.length === 0)) return found
    const followsOwners = followed(explored)
    const attempt = (plan: ReplayPlan, recording = false): Promise<IterationResult> =>
      this.runner.run(found.seed, number, { plan, recording, followsOwners })
    onShrinking?.(found)
    const improved = (minimal: Shrunk): void => onShrinking?.({ ...found, minimal })
    const shrunk = await shrink({ failure: explored, run, nodes, budget, attempt, now, aborted, improved })
    if (shrunk === undefined) return found
    const minimal = await this.record(found.seed, number, shrunk.plan, shrunk.run.failure)
    // Aborted: what was found before counts, without a trace.
    if (minimal.status === 'interrupted') return { ...found, minimal: shrunk }
    // A plan that does not fail again in the same way would be a lie.
    const isSame = minimal.digest === shrunk.run.digest && isSameFailure(found.failure, minimal.failure)
    if (!isSame) return found
    const calm = await this.calmly(explored, shrunk.plan, number, found.seed)
    return { ...found, minimal: { ...shrunk, run: minimal, ...(calm && { calm }) } }
  }

  /** Nobody is to read that faults have nothing to do with it unless that is so. */
  private async calmly(failure: Failure, plan: ReplayPlan, number: number, seed: number): Promise<CalmRun | undefined> {
    if (plan.faults === undefined || plan.faults.length > 0) return undefined
    const how = { calm: true, followsOwners: followed(failure) } as const
    const whole = await this.runner.run(seed, number, how)
    if (isSameFailure(failure, whole.failure)) return 'seed fails'
    const run = await this.runner.run(seed, number, { ...how, plan })
    if (run.status === 'interrupted') return undefined
    return isSameFailure(failure, run.failure) ? 'plan fails' : 'passes'
  }
}

/** Until when promises are worth being followed, virtual µs; undefined: never. Who waits at a limit began long before. */
function followedUntil({ kind, name, since = 0, time }: Failure): number | undefined {
  if (kind === 'LimitExceeded') return time / 10
  if (kind === 'Deadlock') return name === nothingRuns ? time : Math.max(since + 1_000_000, time / 10)
  return kind === 'Leak' ? time : undefined
}

/** Only runs that look for it see it; undefined: it is looked for where that is free. */
function followed({ kind }: Failure): true | undefined {
  return kind === 'ZombieCode' ? true : undefined
}
