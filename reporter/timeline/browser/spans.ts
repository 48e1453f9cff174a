import type { FaultRecord, NodeRecord, TraceRecord } from '../../../src/trace/records.ts'

/** A time during which something was so, in some lanes. */
export interface Span {
  readonly kind: 'down' | 'paused' | 'cut' | 'clog'
  readonly record: TraceRecord
  /** Indices of records, from and to. */
  readonly from: number
  readonly to: number
  readonly lanes: readonly number[]
  readonly text: string
}

interface Open {
  readonly record: FaultRecord | NodeRecord
  readonly from: number
}

export function spansOf(
  records: readonly TraceRecord[],
  lanes: ReadonlyMap<string, number>,
  nodes: readonly string[],
): Span[] {
  const found: Span[] = []
  const open = new Map<string, Open>()
  const numbers = (names: readonly string[]): number[] => names.flatMap((name) => lanes.get(name) ?? [])
  const close = (key: string, to: number): void => {
    const start = open.get(key)
    if (start === undefined) return
    open.delete(key)
    const { record, from } = start
    if (record.type === 'node') {
      const kind = record.action === 'pause' ? 'paused' : 'down'
      found.push({ kind, record, from, to, lanes: numbers([record.node]), text: kind })
      return
    }
    const hit = numbers([...(record.nodes ?? nodes), ...(record.others ?? [])])
    found.push({ kind: record.family === 'clog' ? 'clog' : 'cut', record, from, to, lanes: hit, text: record.text })
  }
  records.forEach((record, index) => {
    if (record.type === 'fault') {
      if (record.ends !== undefined) close(`link ${record.ends}`, index)
      // A fault that hits links names both sides; what hits a node shows in the records of the node.
      else if (record.nodes !== undefined && record.others !== undefined) {
        open.set(`link ${record.id}`, { record, from: index })
      }
    }
    if (record.type === 'node') nodeSpan(record, index, open, close)
  })
  for (const [key, { record }] of open) close(key, endOf(record, records))
  return found
}

function nodeSpan(
  record: NodeRecord,
  index: number,
  open: Map<string, Open>,
  close: (key: string, to: number) => void,
): void {
  const { action, node } = record
  const isEnd = action === 'crash' || action === 'stop'
  if (isEnd || action === 'resume') close(`paused ${node}`, index)
  if (action === 'boot') close(`down ${node}`, index)
  if (isEnd && !open.has(`down ${node}`)) open.set(`down ${node}`, { record, from: index })
  if (action === 'pause') open.set(`paused ${node}`, { record, from: index })
}

/** Where something ends whose end was not recorded: after its time, or with the run. */
function endOf(record: TraceRecord, records: readonly TraceRecord[]): number {
  const last = records.length - 1
  if (record.type !== 'fault' || record.lasts === undefined) return last
  const over = record.at + record.lasts
  const found = records.findIndex(({ at }) => at >= over)
  return found < 0 ? last : found
}
