import { rootNameOf } from '../bus/errors.ts'
import { errorName } from '../engine/describe-error.ts'
import type { Effects } from '../engine/owner.ts'

/** How an operation ended: `failed` has certainly not happened, `unknown` may have, wholly or in part. */
export type OutcomeKind = 'ok' | 'failed' | 'unknown'

/** Errors that say that one call was not done; whether an operation was depends on what else it did. */
const denials = new Set(['SendFailed', 'ActorUnavailable', 'VersionConflict'])
/** Errors after which it may have been done. */
const uncertain = new Set([
  'RequestTimeout',
  'ConnectionReset',
  'NodeCrashed',
  'StorageFailed',
  'DirectoryUnavailable',
  'AbortError',
  'TimeoutError',
])

/** What an operation did, as far as its outcome depends on it. */
export interface Deed {
  /** What it has set going; undefined: nobody counted. */
  readonly effects: Effects | undefined
  /** The operation itself says that the error is an answer, and no fault. */
  readonly isExpected: boolean
}

const nothingKnown: Deed = { effects: undefined, isExpected: false }

/** What an error of an operation means; undefined: no fault explains it and nobody expected it, so the seed fails. */
export function outcomeOf(
  error: unknown,
  { effects, isExpected }: Deed = nothingKnown,
): 'failed' | 'unknown' | undefined {
  const done = effects?.count ?? Infinity
  const name = errorName(error)
  const isRemote = name === 'RemoteError'
  // Refused by a handler: nothing has happened when that request is all it did, and the network made no copy of it.
  if (isExpected) return done <= (isRemote ? 1 : 0) ? 'failed' : 'unknown'
  if (name === undefined) return undefined
  const root = rootNameOf(error)
  // A handler may have done its first half before a fault hit it.
  if (denials.has(root)) return done === 0 && !isRemote ? 'failed' : 'unknown'
  return uncertain.has(root) ? 'unknown' : undefined
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
