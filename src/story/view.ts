import type { SendRecord, TraceRecord } from '../trace/records.ts'
import { byId } from './words.ts'

/** What of a trace a failure shows: what matters, all of it, what concerns one node, or one request. */
export type TraceView =
  | { readonly show: 'relevant' | 'full' }
  | { readonly show: 'node'; readonly node: string }
  | { readonly show: 'request'; readonly request: number }

/** The records of a view, oldest first. */
export function viewed(records: readonly TraceRecord[], view: TraceView): readonly TraceRecord[] {
  switch (view.show) {
    case 'relevant':
    case 'full':
      return records
    case 'node':
      return ofNode(records, view.node)
    case 'request':
      return ofRequest(records, view.request)
  }
}

/** What happened at a node, what it sent, and what became of that. */
function ofNode(records: readonly TraceRecord[], node: string): TraceRecord[] {
  const all = byId(records)
  return records.filter((record) => {
    const send = sendOf(record, all)
    if (send !== undefined) return send.from === node || send.to === node
    if (record.type === 'failure' || record.node === node) return true
    return record.type === 'fault' && [...(record.nodes ?? []), ...(record.others ?? [])].includes(node)
  })
}

/** A request, its answer, what became of both, and everything that it has caused until the answer came. */
function ofRequest(records: readonly TraceRecord[], request: number): TraceRecord[] {
  const all = byId(records)
  const caused = new Set<number>()
  return records.filter((record) => {
    const isOwn = sendOf(record, all)?.request === request || (record.type === 'timeout' && record.request === request)
    const isCaused = record.cause !== undefined && caused.has(record.cause)
    const isAnswered = isOwn && record.type === 'deliver' && sendOf(record, all)?.kind === 'response'
    if ((isOwn || isCaused) && !isAnswered) caused.add(record.id)
    return isOwn || isCaused || record.type === 'failure'
  })
}

function sendOf(record: TraceRecord, all: ReadonlyMap<number, TraceRecord>): SendRecord | undefined {
  const send = record.type === 'send' ? record : 'send' in record ? all.get(record.send) : undefined
  return send?.type === 'send' ? send : undefined
}
