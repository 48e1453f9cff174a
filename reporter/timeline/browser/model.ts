import type { FateRecord, FaultRecord, RecordedTrace, SendRecord, TraceRecord } from '../../../src/trace/records.ts'

/** What has become of a message. */
export type Fate = 'delivered' | 'lost' | 'late' | 'held' | 'under way'

/** One journey of a message; a duplicate makes one more. */
export interface Journey {
  readonly send: SendRecord
  /** Where it ended; undefined: it is under way at the end of the run. */
  readonly end: FateRecord | undefined
  readonly fate: Fate
  readonly isCopy: boolean
  /** Indices of its first and last record; -1: it has no last one. */
  readonly start: number
  readonly stop: number
  /** Lanes, from 0. */
  readonly from: number
  readonly to: number
}

/** A time during which something was so, in lanes `first` to `last`. */
export interface Span {
  readonly kind: 'down' | 'paused' | 'cut' | 'fault'
  readonly record: TraceRecord
  /** Indices of records, from and to. */
  readonly from: number
  readonly to: number
  readonly lanes: readonly number[]
  readonly text: string
}

/** A run, ready to be drawn. */
export interface Model {
  readonly trace: RecordedTrace
  readonly records: readonly TraceRecord[]
  readonly lanes: readonly string[]
  /** Lane of each record. */
  readonly laneOf: Int16Array
  readonly journeys: readonly Journey[]
  readonly spans: readonly Span[]
  readonly failure: number
  /** Index of a record by its id. */
  indexOf(id: number | undefined): number | undefined
  /** Indices of the records that a record has caused. */
  effects(index: number): readonly number[]
  /** Indices of what led to a record, nearest first. */
  causes(index: number): readonly number[]
}

export function modelOf(trace: RecordedTrace): Model {
  const { records, header } = trace
  const indices = new Map(records.map((record, index) => [record.id, index]))
  const lanes = lanesOf(trace)
  const laneNumber = new Map(lanes.map((node, lane) => [node, lane]))
  const laneOf = Int16Array.from(records, ({ node }) => laneNumber.get(node) ?? 0)
  const children = new Map<number, number[]>()
  records.forEach(({ cause }, index) => {
    if (cause === undefined) return
    const all = children.get(cause)
    if (all === undefined) children.set(cause, [index])
    else all.push(index)
  })
  return {
    trace,
    records,
    lanes,
    laneOf,
    journeys: journeysOf(records, laneNumber, indices),
    spans: spansOf(records, laneNumber, header.nodes),
    failure: records.findLastIndex(({ type }) => type === 'failure'),
    indexOf: (id) => (id === undefined ? undefined : indices.get(id)),
    effects: (index) => children.get(records[index]?.id ?? -1) ?? [],
    causes: (index) => {
      const found: number[] = []
      let at = indices.get(records[index]?.cause ?? -1)
      while (at !== undefined && !found.includes(at) && found.length < 500) {
        found.push(at)
        at = indices.get(records[at]?.cause ?? -1)
      }
      return found
    },
  }
}

/** The test first, then the nodes as they were made, then whoever else did something. */
function lanesOf({ records, header }: RecordedTrace): string[] {
  const used = new Set(records.map(({ node }) => node))
  for (const record of records) if (record.type === 'send') used.add(record.from).add(record.to)
  const known = ['test', ...header.nodes]
  return [...known.filter((node) => used.has(node)), ...[...used].filter((node) => !known.includes(node))]
}

function journeysOf(
  records: readonly TraceRecord[],
  lanes: ReadonlyMap<string, number>,
  indices: ReadonlyMap<number, number>,
): Journey[] {
  const ends = new Map<number, FateRecord[]>()
  const held = new Set<number>()
  const late = new Set<string>()
  for (const record of records) {
    if (record.type === 'hold') held.add(record.send)
    if (record.type === 'late') late.add(`${record.send} ${record.at}`)
    if (record.type !== 'deliver' && record.type !== 'drop') continue
    const all = ends.get(record.send)
    if (all === undefined) ends.set(record.send, [record])
    else all.push(record)
  }
  const fateOf = (end: FateRecord | undefined, send: number): Fate => {
    if (end === undefined) return held.has(send) ? 'held' : 'under way'
    if (end.type === 'drop') return 'lost'
    if (late.has(`${send} ${end.at}`)) return 'late'
    return held.has(send) ? 'held' : 'delivered'
  }
  return records.flatMap((record, start): Journey[] => {
    if (record.type !== 'send') return []
    const [from, to] = [lanes.get(record.from), lanes.get(record.to)]
    if (from === undefined || to === undefined) return []
    const all: (FateRecord | undefined)[] = ends.get(record.id) ?? [undefined]
    return all.map((end, copy) => {
      const stop = end === undefined ? -1 : (indices.get(end.id) ?? -1)
      return { send: record, end, fate: fateOf(end, record.id), isCopy: copy > 0, start, stop, from, to }
    })
  })
}

function spansOf(
  records: readonly TraceRecord[],
  lanes: ReadonlyMap<string, number>,
  nodes: readonly string[],
): Span[] {
  const found: Span[] = []
  const open = new Map<string, { readonly record: TraceRecord; readonly from: number }>()
  const numbers = (names: readonly string[]): number[] => names.flatMap((name) => lanes.get(name) ?? [])
  const close = (key: string, to: number): void => {
    const start = open.get(key)
    if (start === undefined) return
    open.delete(key)
    const { record, from } = start
    if (record.type === 'fault') {
      const hit = numbers([...(record.nodes ?? nodes), ...(record.others ?? [])])
      found.push({ kind: 'cut', record, from, to, lanes: hit, text: record.text })
    } else if (record.type === 'node') {
      const kind = record.action === 'pause' ? 'paused' : 'down'
      found.push({ kind, record, from, to, lanes: numbers([record.node]), text: `${record.node} is ${kind}` })
    }
  }
  records.forEach((record, index) => {
    if (record.type === 'fault') faultSpan(record, index, open, close)
    if (record.type !== 'node') return
    const { action, node } = record
    if (action === 'pause' || action === 'crash' || action === 'stop')
      open.set(`${kindOf(action)} ${node}`, { record, from: index })
    if (action === 'resume' || action === 'crash' || action === 'stop') close(`paused ${node}`, index)
    if (action === 'boot') close(`down ${node}`, index)
  })
  for (const key of [...open.keys()]) close(key, records.length - 1)
  return found
}

function kindOf(action: string): string {
  return action === 'pause' ? 'paused' : 'down'
}

function faultSpan(
  record: FaultRecord,
  index: number,
  open: Map<string, { readonly record: TraceRecord; readonly from: number }>,
  close: (key: string, to: number) => void,
): void {
  if (record.nodes !== undefined) open.set(`cut ${record.id}`, { record, from: index })
  if (record.ends !== undefined) close(`cut ${record.ends}`, index)
}
