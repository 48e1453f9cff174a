import type { RecordBase, TraceRecord } from '../trace/records.ts'

/** What happened again and again and changed nothing, in one line. */
export interface FoldRecord extends RecordBase {
  readonly type: 'fold'
  readonly count: number
  /** Time of the first of them, µs. */
  readonly since: number
  /** "ping(0) → 'pong'". */
  readonly text: string
  /** The node that it is sent to; missing: it happened at one node. */
  readonly to?: string
  /** Why the messages were lost. */
  readonly lost?: string
}

/** What a story consists of. */
export type StoryRecord = TraceRecord | FoldRecord
