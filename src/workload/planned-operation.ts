import type { Owner } from '../engine/owner.ts'
import type { OutcomeKind } from './outcome.ts'

/** One operation of a workload, fixed: enough to do it again. */
export interface PlannedOperation {
  /** Its number in the iteration, from 0. */
  readonly index: number
  readonly name: string
  /** Virtual time at which it starts, µs. */
  readonly at: number
  readonly argument?: unknown
}

/** What the workloads of one iteration are to do, and what they did. */
export interface WorkloadRecord {
  /** Only these operations, as planned; undefined: they are drawn. */
  readonly planned: readonly PlannedOperation[] | undefined
  /** Every operation that was started; filled only while recording. */
  readonly started: PlannedOperation[]
  /** Number of the next operation. */
  next: number
  /** How many are under way. */
  underWay: number
  /** One is being called at this moment. */
  isCalling: boolean
  /** Those under way seem to wait for the system to become quiet, so that it must not wait for them. */
  mayWait: boolean
  /** On whose behalf operations run: each of those who work side by side is one. */
  readonly owners: Owner[]
  /** What came of the operations of each name, all workloads together; those that were never chosen, too. */
  counts: Map<string, Record<OutcomeKind, number>> | undefined
}

/** Longest argument that is printed whole. */
const shownMax = 200

/** 'crashNode "n2"', 'sendRequest {"from":"n1","to":"c7"}'. */
export function describeOperation({ name, argument }: Pick<PlannedOperation, 'name' | 'argument'>): string {
  if (argument === undefined) return name
  const text = JSON.stringify(argument)
  return `${name} ${text.length > shownMax ? `${text.slice(0, shownMax - 1)}…` : text}`
}
