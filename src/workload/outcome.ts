/** How an operation ended: `unknown` may have happened. */
export type OutcomeKind = 'ok' | 'failed' | 'unknown'

/** Errors after which the operation certainly did not happen, or was refused. */
const certain = new Set(['SendFailed', 'ActorUnavailable', 'CallCycle', 'RemoteError', 'VersionConflict'])
/** Errors after which it may have happened. */
const uncertain = new Set(['RequestTimeout', 'ConnectionReset', 'NodeCrashed', 'StorageFailed'])

/** What an error of an operation means under faults; undefined: it is none of theirs, so the seed fails. */
export function outcomeOf(error: unknown): 'failed' | 'unknown' | undefined {
  if (!(error instanceof Error)) return undefined
  if (certain.has(error.name)) return 'failed'
  return uncertain.has(error.name) ? 'unknown' : undefined
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
  readonly operations: number
  readonly ok: number
  readonly failed: number
  readonly unknown: number
  readonly byName: Readonly<Record<string, Readonly<Record<OutcomeKind, number>>>>
  /** In order of completion. */
  readonly history: readonly HistoryEntry[]
}
