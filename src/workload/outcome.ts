import { errorName } from '../engine/describe-error.ts'

/** How an operation ended: `unknown` may have happened. */
export type OutcomeKind = 'ok' | 'failed' | 'unknown'

/** Errors after which the operation certainly did not happen, or was refused. */
const certain = new Set(['SendFailed', 'ActorUnavailable', 'CallCycle', 'VersionConflict'])
/** Errors after which it may have happened. */
const uncertain = new Set([
  'RequestTimeout',
  'ConnectionReset',
  'NodeCrashed',
  'StorageFailed',
  'DirectoryUnavailable',
  'AbortError',
  'TimeoutError',
])
/** Errors of a handler that no fault explains: its code is wrong, or the test is. */
const mistakes = new Set(['TypeError', 'ReferenceError', 'SyntaxError', 'AssertionError', 'SimulationError'])

/** What an error of an operation means under faults; undefined: it is none of theirs, so the seed fails. */
export function outcomeOf(error: unknown): 'failed' | 'unknown' | undefined {
  const name = errorName(error)
  if (name === undefined) return undefined
  if (name !== 'RemoteError') return certain.has(name) ? 'failed' : uncertain.has(name) ? 'unknown' : undefined
  // The handler threw: it refused, unless what it did itself has an unknown outcome.
  const { remoteName = '' } = error as { remoteName?: string }
  if (mistakes.has(remoteName)) return undefined
  return uncertain.has(remoteName) ? 'unknown' : 'failed'
}

/** One operation as it happened. */
export interface HistoryEntry {
  readonly index: number
  readonly name: string
  readonly argument: unknown
  /** Virtual ms. */
  readonly start: number
  readonly end: number
  readonly outcome: OutcomeKind
  /** What `run` gave back; undefined unless ok. */
  readonly result: unknown
  /** Name of the error; undefined when ok. */
  readonly error: string | undefined
}

/** What a workload did. */
export interface WorkloadOutcome {
  /** Operations that were done: `ok`, `failed` and `unknown` together. */
  readonly operations: number
  readonly ok: number
  readonly failed: number
  readonly unknown: number
  /** Turns in which no operation was enabled; together with `operations` as many as were asked for. */
  readonly skipped: number
  /** Only operations that were done at least once. */
  readonly byName: Readonly<Record<string, Readonly<Record<OutcomeKind, number>>>>
  /** In order of completion. */
  readonly history: readonly HistoryEntry[]
}
