import type { SendRecord, TraceRecord } from '../../../src/trace/records.ts'
import type { Model } from './model.ts'

/** What is shown; '' for everything. */
export interface Filter {
  readonly text: string
  readonly node: string
  readonly type: string
  readonly method: string
  readonly actor: string
  readonly request: string
  /** Timers, heartbeats and the simulator's own messages, too. */
  readonly housekeeping: boolean
}

export const everything: Filter = {
  text: '',
  node: '',
  type: '',
  method: '',
  actor: '',
  request: '',
  housekeeping: false,
}

/** What a person may choose from. */
export interface Choices {
  readonly nodes: readonly string[]
  readonly types: readonly string[]
  readonly methods: readonly string[]
  readonly actors: readonly string[]
}

/** How many of the choices are made; the text is none of them. */
export function chosen({ node, type, method, actor, request, housekeeping }: Filter): number {
  return [node, type, method, actor, request.trim()].filter((value) => value !== '').length + Number(housekeeping)
}

export function choicesOf({ records, lanes }: Model): Choices {
  const types = new Set<string>()
  const methods = new Set<string>()
  const actors = new Set<string>()
  for (const record of records) {
    types.add(record.type)
    if (record.type === 'send' && record.background !== true) methods.add(record.method)
    if (record.type === 'actor') actors.add(record.actor)
  }
  const sorted = (all: ReadonlySet<string>): string[] => [...all].toSorted()
  return { nodes: lanes, types: sorted(types), methods: sorted(methods), actors: sorted(actors) }
}

/** One byte a record: 1 where the filter lets it through. */
export function matching(model: Model, filter: Filter): Uint8Array {
  const wanted = filter.text.trim().toLowerCase()
  const request = filter.request.replace(/^#/, '').trim()
  return Uint8Array.from(model.records, (record, index) => {
    const send = sendOf(model, record)
    if (!filter.housekeeping && (record.type === 'timer' || send?.background === true)) return 0
    if (filter.node !== '' && !nodesOf(record, send).includes(filter.node)) return 0
    if (filter.type !== '' && record.type !== filter.type) return 0
    if (filter.method !== '' && methodOf(record, send) !== filter.method) return 0
    if (filter.actor !== '' && !(record.type === 'actor' && record.actor === filter.actor)) return 0
    if (request !== '' && requestOf(record, send) !== request) return 0
    if (wanted === '') return 1
    return model.textOf(index).toLowerCase().includes(wanted) ? 1 : 0
  })
}

export function recordAt(model: Model, id: number): TraceRecord | undefined {
  const index = model.indexOf(id)
  return index === undefined ? undefined : model.records[index]
}

/** The sending that a record is about. */
export function sendOf(model: Model, record: TraceRecord): SendRecord | undefined {
  const send = record.type === 'send' ? record : 'send' in record ? recordAt(model, record.send) : undefined
  return send?.type === 'send' ? send : undefined
}

function nodesOf(record: TraceRecord, send: SendRecord | undefined): string[] {
  return send === undefined ? [record.node] : [send.from, send.to, record.node]
}

function methodOf(record: TraceRecord, send: SendRecord | undefined): string | undefined {
  return send?.method ?? ('method' in record ? record.method : undefined)
}

function requestOf(record: TraceRecord, send: SendRecord | undefined): string {
  return String(send?.request ?? ('request' in record ? record.request : ''))
}
