import { describeRecord } from '../../../src/story/words.ts'
import type { RecordedTrace, TraceRecord } from '../../../src/trace/records.ts'
import { type Journey, journeysOf } from './journeys.ts'
import { type Operation, operationsOf } from './operations.ts'
import { type Span, spansOf } from './spans.ts'

/** A run, ready to be drawn. */
export interface Model {
  readonly trace: RecordedTrace
  readonly records: readonly TraceRecord[]
  readonly lanes: readonly string[]
  /** Lane of each record. */
  readonly laneOf: Int16Array
  readonly journeys: readonly Journey[]
  readonly spans: readonly Span[]
  readonly operations: readonly Operation[]
  /** Row of each record of an operation. */
  readonly rowOf: Int8Array
  readonly failure: number
  /** Index of a record by its id. */
  indexOf(id: number | undefined): number | undefined
  /** What a record says, in one text. */
  textOf(index: number): string
  /** Indices of the records that a record has caused. */
  effects(index: number): readonly number[]
  /** Indices of what led to a record, nearest first. */
  causes(index: number): readonly number[]
  /** Journeys of the message that a record has sent. */
  journeysOf(index: number): readonly Journey[]
  /** Indices of the records of one request: it, its answer, its timeout. */
  ofRequest(request: number | undefined): readonly number[]
}

/** Most causes that are followed. */
const furthest = 500

export function modelOf(trace: RecordedTrace): Model {
  const { records, header } = trace
  const indexOf = indexing(records)
  const byId = { get: (id: number) => records[indexOf(id) ?? -1] } as ReadonlyMap<number, TraceRecord>
  const lanes = lanesOf(trace)
  const laneNumber = new Map(lanes.map((node, lane) => [node, lane]))
  const effects = grouped(records, ({ cause }) => cause)
  const requests = grouped(records, (record) => ('request' in record ? record.request : undefined))
  const journeys = journeysOf(records, laneNumber, indexOf)
  const operations = operationsOf(records)
  const texts: string[] = []
  return {
    trace,
    records,
    lanes,
    // The test may send in the name of a node: then the message begins there.
    laneOf: Int16Array.from(records, (one) => laneNumber.get(one.type === 'send' ? one.from : one.node) ?? 0),
    journeys,
    spans: spansOf(records, laneNumber, header.nodes),
    operations,
    rowOf: rowsOf(operations, records.length),
    failure: records.findLastIndex(({ type }) => type === 'failure'),
    indexOf,
    textOf: (index) => (texts[index] ??= describeRecord(records[index] as TraceRecord, byId)),
    effects: (index) => effects.get(records[index]?.id ?? -1) ?? [],
    causes: (index) => {
      const found = new Set<number>()
      let at = indexOf(records[index]?.cause)
      while (at !== undefined && !found.has(at) && found.size < furthest) {
        found.add(at)
        at = indexOf(records[at]?.cause)
      }
      return [...found]
    },
    journeysOf: (index) => journeys.filter(({ start }) => start === index),
    ofRequest: (request) => (request === undefined ? [] : (requests.get(request) ?? [])),
  }
}

/** Ids are numbers in a row as a rule: then no table is needed. */
function indexing(records: readonly TraceRecord[]): Model['indexOf'] {
  const first = records[0]?.id ?? 1
  if (records.every(({ id }, index) => id === first + index)) {
    return (id) => (id === undefined || id < first || id >= first + records.length ? undefined : id - first)
  }
  const indices = new Map(records.map(({ id }, index) => [id, index]))
  return (id) => (id === undefined ? undefined : indices.get(id))
}

function grouped(
  records: readonly TraceRecord[],
  keyOf: (record: TraceRecord) => number | undefined,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>()
  records.forEach((record, index) => {
    const key = keyOf(record)
    if (key === undefined) return
    const all = found.get(key)
    if (all === undefined) found.set(key, [index])
    else all.push(index)
  })
  return found
}

function rowsOf(operations: readonly Operation[], size: number): Int8Array {
  const rows = new Int8Array(size)
  for (const { start, stop, row } of operations) {
    rows[start] = row
    if (stop >= 0) rows[stop] = row
  }
  return rows
}

/** The test first, then the nodes as they were made, then whoever else did something. */
function lanesOf({ records, header }: RecordedTrace): string[] {
  const used = new Set(records.map(({ node }) => node))
  for (const record of records) if (record.type === 'send') used.add(record.from).add(record.to)
  const known = ['test', ...header.nodes]
  return [...known.filter((node) => used.has(node)), ...[...used].filter((node) => !known.includes(node))]
}
