import type { OperationRecord, TraceRecord } from '../../../src/trace/records.ts'

/** An operation of a workload from its start to its end. */
export interface Operation {
  /** Its last record: it says the most. */
  readonly record: OperationRecord
  /** Indices of its records; `stop` is -1 while it has not ended. */
  readonly start: number
  readonly stop: number
  /** Those that overlap have rows of their own, from 0. */
  readonly row: number
}

/** Rows that are told apart. */
const mostRows = 100

export function operationsOf(records: readonly TraceRecord[]): Operation[] {
  const ends = new Map<number, number>()
  records.forEach((record, index) => {
    if (record.type === 'operation' && record.action === 'end') ends.set(record.index, index)
  })
  const freeFrom: number[] = []
  const found: Operation[] = []
  records.forEach((record, start) => {
    if (record.type !== 'operation' || record.action !== 'start') return
    const stop = ends.get(record.index) ?? -1
    const free = freeFrom.findIndex((from) => from <= start)
    const row = Math.min(free < 0 ? freeFrom.length : free, mostRows)
    freeFrom[row] = stop < 0 ? records.length : stop
    found.push({ record: (records[stop] as OperationRecord | undefined) ?? record, start, stop, row })
  })
  return found
}
