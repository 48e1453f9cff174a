import type { OperationRecord, RecordedTrace, TraceRecord } from '../trace/records.ts'
import { type ById, byId, callText, describeRecord } from './words.ts'

/** One event of Chrome's trace event format; times in µs. */
interface ChromeEvent {
  readonly ph: 'X' | 'i' | 's' | 'f' | 'M'
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
  readonly name: string
  readonly cat?: string
  readonly id?: number
  readonly bp?: 'e'
  readonly s?: 't'
  readonly args?: Readonly<Record<string, unknown>>
}

/** Threads of a node's process. */
const [events, states, firstSide] = [1, 2, 10] as const

/**
 * A trace in Chrome's trace event format (JSON), for Perfetto and chrome://tracing: a process for each node, with its
 * events and its states; messages as flows; operations beside the test; faults as a process of their own.
 */
export function chromeTrace({ header, records }: RecordedTrace): string {
  const all = byId(records)
  const names = ['test', 'faults', ...header.nodes]
  const pidOf = new Map(names.map((name, place) => [name, place + 1]))
  const named = names.flatMap((name, place): ChromeEvent[] => [
    { ph: 'M', pid: place + 1, tid: events, name: 'process_name', args: { name } },
    { ph: 'M', pid: place + 1, tid: events, name: 'process_sort_index', args: { sort_index: place } },
    { ph: 'M', pid: place + 1, tid: events, name: 'thread_name', args: { name: 'events' } },
    { ph: 'M', pid: place + 1, tid: states, name: 'thread_name', args: { name: 'down' } },
  ])
  const told = records.flatMap((record) => eventsOf(record, pidOf.get(record.node) ?? 1, all, pidOf))
  const spans = [
    ...side(operationSpans(records, header.end), 1, 'operations'),
    ...side(faultSpans(records, header.end), 2, 'faults'),
    ...downTimes(records, header.end).map((down): ChromeEvent => spanOf(down, pidOf.get(down.node) ?? 1, states)),
  ]
  const { type: _type, ...metadata } = header
  // The events first, and no unit: older versions of Perfetto's trace processor read nothing behind another key.
  return JSON.stringify({ traceEvents: [...named, ...told, ...spans], metadata })
}

/** Something that lasts. */
interface Span {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly cat: string
  readonly args?: Readonly<Record<string, unknown>>
}

function spanOf({ name, from, to, cat, args }: Span, pid: number, tid: number): ChromeEvent {
  return { ph: 'X', pid, tid, ts: from, dur: to - from, name, cat, ...(args && { args }) }
}

/** Spans of one process on as many threads as it takes: slices of one thread must not overlap. */
function side(spans: readonly Span[], pid: number, name: string): ChromeEvent[] {
  const ends: number[] = []
  const events = spans.map((span) => {
    const free = ends.findIndex((end) => end <= span.from)
    const lane = free < 0 ? ends.length : free
    // A slice without a length would share its place with the next one.
    ends[lane] = Math.max(span.to, span.from + 1)
    return spanOf(span, pid, firstSide + lane)
  })
  const named = ends.map((_, lane): ChromeEvent => {
    return { ph: 'M', pid, tid: firstSide + lane, name: 'thread_name', args: { name: `${name} ${lane + 1}` } }
  })
  return [...named, ...events]
}

function operationSpans(records: readonly TraceRecord[], end: number): Span[] {
  const ends = new Map<number, OperationRecord>()
  for (const record of records)
    if (record.type === 'operation' && record.action === 'end') ends.set(record.index, record)
  return records.flatMap((record): Span[] => {
    if (record.type !== 'operation' || record.action !== 'start') return []
    const { index, name, at: from, args } = record
    const done = ends.get(index)
    const told = { index, args, outcome: done?.outcome, value: done?.value }
    return [{ name, from, to: done?.at ?? end, cat: 'operation', args: told }]
  })
}

function faultSpans(records: readonly TraceRecord[], end: number): Span[] {
  const healed = new Map<number, number>()
  for (const record of records)
    if (record.type === 'fault' && record.ends !== undefined) healed.set(record.ends, record.at)
  return records.flatMap((record): Span[] => {
    if (record.type !== 'fault' || record.ends !== undefined) return []
    const { id, at: from, text: name, key, lasts = 0, nodes } = record
    const to = healed.get(id) ?? (nodes === undefined ? Math.min(end, from + lasts) : end)
    return [{ name, from, to: Math.max(from, to), cat: 'fault', args: { key } }]
  })
}

function eventsOf(record: TraceRecord, pid: number, all: ById, pidOf: ReadonlyMap<string, number>): ChromeEvent[] {
  const { id, at: ts, type, node: _node, at: _at, event: _event, ...rest } = record
  const base = { pid, tid: events, ts, cat: type }
  const args = { id, ...rest }
  if (record.type === 'operation' || (record.type === 'fault' && record.ends === undefined)) return []
  if (record.type === 'send') {
    const from = pidOf.get(record.from) ?? pid
    return [
      { ...base, ph: 'X', pid: from, dur: 1, name: `send ${callText(record)}`, args },
      { ...base, ph: 's', pid: from, id: record.id, name: 'message', cat: 'message' },
    ]
  }
  if (record.type === 'deliver' || record.type === 'late') {
    const name = describeRecord(record, all)
    return [
      { ...base, ph: 'X', dur: 1, name, args },
      { ...base, ph: 'f', bp: 'e', id: record.send, name: 'message', cat: 'message' },
    ]
  }
  const name = describeRecord(record, all)
  if (record.type === 'timer') return [{ ...base, ph: 'X', dur: 1, name, args }]
  return [{ ...base, ph: 'i', s: 't', name, args }]
}

/** When which node was down. */
function downTimes(records: readonly TraceRecord[], end: number): readonly (Span & { readonly node: string })[] {
  const since = new Map<string, number>()
  const found: (Span & { readonly node: string })[] = []
  const add = (node: string, from: number, to: number): void =>
    void found.push({ node, name: 'down', cat: 'node', from, to })
  for (const record of records) {
    if (record.type !== 'node') continue
    const from = since.get(record.node)
    if (record.action === 'crash' || record.action === 'stop') since.set(record.node, record.at)
    else if (record.action === 'boot' && from !== undefined) {
      add(record.node, from, record.at)
      since.delete(record.node)
    }
  }
  for (const [node, from] of since) add(node, from, end)
  return found
}
