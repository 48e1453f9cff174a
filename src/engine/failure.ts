/** Why a seed failed: the rows of the verdict table. */
export type FailureKind =
  | 'BodyFailed'
  | 'UnhandledError'
  | 'AlwaysViolated'
  | 'UnreachableReached'
  | 'BadCondition'
  | 'InvariantViolation'
  | 'NotEventually'
  | 'Deadlock'
  | 'Livelock'
  | 'LimitExceeded'
  | 'Leak'
  | 'NotAwaited'
  | 'RealWork'
  | 'ZombieCode'
  | 'Hang'
  | 'HookFailed'
  | 'Nondeterminism'
  | 'CoverageMissed'

/** Name of the deadlock in which no event is left. */
export const nothingRuns = 'nothing can run'

/** What went wrong in one iteration; the first one is kept. */
export interface Failure {
  readonly kind: FailureKind
  /** What was violated: the assertion's or invariant's name, or the error's name. */
  readonly name: string
  readonly message: string
  /** The error the user threw, if there was one. */
  readonly error?: unknown
  /** The stack to show: of that error, or else where it happened in the user's code. */
  readonly stack?: string | undefined
  /** Since when somebody has waited for what cannot come, µs. */
  readonly since?: number | undefined
  /** On whose behalf the failing event ran. */
  readonly owner: string
  /** Virtual time, µs. */
  readonly time: number
  /** Number of events executed, the failing one included. */
  readonly event: number
}

/** Somebody who waits: one line of a deadlock or leak report. */
export interface Wait {
  readonly owner: string
  /** 'request increment #3 to server'. */
  readonly what: string
  /** Virtual time, µs. */
  readonly since: number
  /** Where it was called; only known while recording. */
  readonly stack?: Error | undefined
  /** The system is not quiet while this goes on. */
  readonly isUnderWay?: boolean
}
