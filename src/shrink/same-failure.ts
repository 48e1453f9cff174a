import type { Failure, FailureKind } from '../engine/failure.ts'
import { userFrames } from '../engine/stack.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/**
 * True when two failures of one seed are the same: kind, name, and where in the user's code an error was made.
 *
 * Without the place, a test with several expectations would shrink from one failure into another: the name is
 * AssertionError for all of them.
 */
export function isSameFailure(one: Failure, other: Failure | undefined): boolean {
  if (one.kind !== other?.kind || one.name !== other.name) return false
  return placeOf(one) === placeOf(other)
}

/**
 * True when the errors of two runs of a seed say the same.
 *
 * What we say ourselves of those who wait, or of code that should not run, is not compared: a recorded run knows more.
 */
export function isSameError(one: Failure, other: Failure): boolean {
  if (one.kind !== other.kind || one.name !== other.name) return false
  return tellsOfWaits.has(one.kind) || one.kind === 'ZombieCode' || one.message === other.message
}

/** True when two runs of a seed have done the same: the same events, with the same data where both have kept them. */
export function isSameRun(one: IterationResult, other: IterationResult): boolean {
  return one.digest === other.digest && (one.data === undefined || other.data?.equals(one.data) !== false)
}

const tellsOfWaits: ReadonlySet<FailureKind> = new Set(['Deadlock', 'Livelock', 'LimitExceeded', 'Leak', 'Hang'])

/** The innermost line of the user's code; '' when there is none. */
function placeOf({ kind, stack }: Failure): string {
  // Which of those who wait is named first is no matter.
  return tellsOfWaits.has(kind) && kind !== 'Hang' ? '' : (userFrames(stack ?? '')[0] ?? '')
}
