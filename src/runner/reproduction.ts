import { formatMillis, groupThousands } from '../engine/format.ts'
import type { Failure } from '../engine/failure.ts'
import type { Trail } from '../engine/trace.ts'
import { likelyReasons } from './compare-runs.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** What a replay is expected to do again, as it was when the failure was found. */
export interface ExpectedRun {
  /** 'BodyFailed: AssertionError'; undefined: nothing is known but the digest. */
  readonly failure: string | undefined
  readonly digest: string
  /** To find the first difference by. */
  readonly trail?: Trail
}

/** 'BodyFailed: AssertionError', 'InvariantViolation: no correlation id leaks'. */
export function failureTitle({ kind, name }: Pick<Failure, 'kind' | 'name'>): string {
  return `${kind}: ${name}`
}

/** What is to be expected of a replay of that run; undefined: it cannot be replayed. */
export function expectedOf(run: IterationResult | undefined, samples: number): ExpectedRun | undefined {
  if (run?.failure === undefined || run.failure.kind === 'Nondeterminism') return undefined
  const trail = run.trace?.trail(samples)
  return { failure: failureTitle(run.failure), digest: run.digest, ...(trail && { trail }) }
}

/** True when a run fails in the way that was expected, by the same events. */
export function isReproduced({ failure, digest }: ExpectedRun, run: IterationResult): boolean {
  if (run.failure === undefined || run.digest !== digest) return false
  return failure === undefined || failureTitle(run.failure) === failure
}

/** Says that and why a replay did not do what was expected; the only place where this text is made. `run`: with its trace. */
export function notReproducible(expected: ExpectedRun, failure: Failure | undefined, run: IterationResult): string {
  const now = failure === undefined ? 'passes now' : `ends with ${failureTitle(failure)} now`
  const before = expected.failure === undefined ? 'failed' : `failed with ${expected.failure}`
  const head =
    failure !== undefined && failureTitle(failure) === expected.failure
      ? `not reproducible: it ${before} again, but by another run`
      : `not reproducible: it ${before}, and ${now}`
  return `${head}${partingOf(expected, run)}; ${reasons}`
}

const reasons = `when the code has not changed since (test, code under test, Node, this package), ${likelyReasons}`

/** Longest list of faults that are named. */
const shownFaults = 3

/** Says which faults of a plan did not happen, because nothing of that name came up; undefined: all of them did. */
export function unusedFaults({ faults = [] }: ReplayPlan, run: IterationResult): string | undefined {
  const happened = new Set(run.faults.map(({ key }) => key))
  const unused = faults.filter((key) => !happened.has(key))
  if (unused.length === 0) return undefined
  const more = unused.length > shownFaults ? `, and ${groupThousands(unused.length - shownFaults)} more` : ''
  const which = unused.slice(0, shownFaults).map((key) => `'${key}'`)
  return (
    `${groupThousands(unused.length)} of ${groupThousands(faults.length)} faults of the plan did not happen: ` +
    `${which.join(', ')}${more}; the code has changed since, or the plan belongs to another seed`
  )
}

/** Where the two runs part. */
function partingOf({ trail }: ExpectedRun, run: IterationResult): string {
  const part = trail === undefined ? undefined : run.trace?.firstDifferenceFrom(trail)
  if (part === undefined) return ''
  const [first, last] = part
  const entry = run.trace?.at(first)
  const what = entry === undefined ? 'the run has ended' : `${formatMillis(entry.time)} ${entry.kind} ${entry.text}`
  const which =
    first === last
      ? `is event ${groupThousands(first)}`
      : `is between events ${groupThousands(first)} and ${groupThousands(last)}`
  return `; the first difference ${which}, here: ${what.trim()}`
}
