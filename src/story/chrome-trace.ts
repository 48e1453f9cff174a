import type { FaultRecord, RecordedTrace, TraceRecord } from '../trace/records.ts'
import { type ById, byId, callText, describeRecord } from './words.ts'

/** One event of Chrome's trace event format; times in µs. */
interface ChromeEvent {
  readonly ph: 'X' | 'i' | 's' | 'f' | 'b' | 'e' | 'M'
  readonly pid: number
  readonly tid: number
  readonly ts?: number
  readonly dur?: number
  readonly name: string
  readonly cat?: string
  readonly id?: number | string
  readonly bp?: 'e'
  readonly s?: 't'
  readonly args?: Readonly<Record<string, unknown>>
}

/** Threads of a node's process. */
const [events, states] = [1, 2] as const

/**
 * A trace in Chrome's trace event format (JSON), for Perfetto and chrome://tracing: a process for each node, with its
 * events and its states; messages as flows; operations as asynchronous slices of the test; faults as a process.
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
  const faults = 2
  const end = header.end
  const told = records.flatMap((record) => {
    if (record.type === 'fault') return faultOf(record, records, end, faults)
    return eventsOf(record, pidOf.get(record.node) ?? 1, all, pidOf)
  })
  const down = downTimes(records, end).map(({ node, from, to }): ChromeEvent => ({
    ph: 'X',
    pid: pidOf.get(node) ?? 1,
    tid: states,
    ts: from,
    dur: to - from,
    name: 'down',
    cat: 'node',
  }))
  const { type: _type, ...metadata } = header
  return JSON.stringify({ displayTimeUnit: 'ms', metadata, traceEvents: [...named, ...told, ...down] })
}

function eventsOf(record: TraceRecord, pid: number, all: ById, pidOf: ReadonlyMap<string, number>): ChromeEvent[] {
  const { id, at: ts, type, node: _node, at: _at, event: _event, ...rest } = record
  const base = { pid, tid: events, ts, cat: type }
  const args = { id, ...rest }
  if (record.type === 'operation') {
    const ph = record.action === 'start' ? 'b' : 'e'
    return [{ ...base, ph, pid: 1, id: `operation ${record.index}`, name: record.name, args }]
  }
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

function faultOf(fault: FaultRecord, records: readonly TraceRecord[], end: number, pid: number): ChromeEvent[] {
  if (fault.ends !== undefined) return []
  const healed = records.find((record) => record.type === 'fault' && record.ends === fault.id)?.at
  const to = healed ?? (fault.nodes === undefined ? Math.min(end, fault.at + (fault.lasts ?? 0)) : end)
  const base = { pid, tid: events, ts: fault.at, name: fault.text, cat: 'fault', args: { key: fault.key } } as const
  // Faults overlap, and slices of one thread must not: each lasting one is an asynchronous slice.
  if (to <= fault.at) return [{ ...base, ph: 'i', s: 't' }]
  const id = `fault ${fault.id}`
  return [
    { ...base, ph: 'b', id },
    { ...base, ph: 'e', ts: to, id },
  ]
}

/** When which node was down. */
function downTimes(
  records: readonly TraceRecord[],
  end: number,
): readonly { readonly node: string; readonly from: number; readonly to: number }[] {
  const since = new Map<string, number>()
  const found: { node: string; from: number; to: number }[] = []
  for (const record of records) {
    if (record.type !== 'node') continue
    const from = since.get(record.node)
    if (record.action === 'crash' || record.action === 'stop') since.set(record.node, record.at)
    else if (record.action === 'boot' && from !== undefined) {
      found.push({ node: record.node, from, to: record.at })
      since.delete(record.node)
    }
  }
  for (const [node, from] of since) found.push({ node, from, to: end })
  return found
}
