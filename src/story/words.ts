import { formatMillis, groupThousands } from '../engine/format.ts'
import type { FaultRecord, OperationRecord, SendRecord, TimeoutRecord, TraceRecord } from '../trace/records.ts'
import type { FoldRecord, StoryRecord } from './story-record.ts'

/** Records by id, to say what a record is about that names another one. */
export type ById = ReadonlyMap<number, TraceRecord>

export function byId(records: readonly TraceRecord[]): ById {
  return new Map(records.map((record) => [record.id, record]))
}

/** What of a message is in its text. */
type CallParts = Pick<SendRecord, 'kind' | 'method' | 'payload' | 'failed' | 'plain'> & {
  readonly request?: number | undefined
}

/** 'add(1) #3'. */
export function callText({ kind, method, payload, request, failed, plain }: CallParts): string {
  const number = request === undefined ? '' : ` #${request}`
  if (plain === true) return method
  if (kind !== 'response') return `${method}(${payload})${number}`
  const value = payload === '' ? 'done' : payload
  return `${method}${number} ${failed === true ? 'threw' : '→'} ${value}`
}

/** 'put 5' and, at its end, 'put 5 → ok 1'. */
export function operationText({ name, args, action, outcome, value }: OperationRecord): string {
  const call = args === undefined ? name : `${name} ${args}`
  if (action === 'start') return call
  return `${call} → ${outcome}${value === undefined ? '' : ` ${value}`}`
}

/** What a record says, without time and place: 'deliver add(1) #3, client → server'. */
export function describeRecord(record: StoryRecord, all: ById): string {
  switch (record.type) {
    case 'fold':
      return `${foldText(record)}${record.to === undefined ? '' : `, ${record.node} → ${record.to}`}`
    case 'send':
      return `${record.kind === 'response' ? 'answer' : 'send'} ${callText(record)}, ${record.from} → ${record.to}`
    case 'deliver':
    case 'drop':
    case 'duplicate':
    case 'hold':
    case 'late': {
      const send = all.get(record.send)
      const what = send?.type === 'send' ? `${callText(send)}, ${send.from} → ${send.to}` : `message ${record.message}`
      return `${record.type} ${what}${record.reason === undefined ? '' : ` (${record.reason})`}`
    }
    case 'timeout':
      return `${unansweredText(record)} ${record.method} #${record.request} to ${record.to}`
    case 'timer':
      return record.name
    case 'clock': {
      const { reading, off } = record
      return `reads ${reading}, ${formatMillis(Math.abs(off))} ${off < 0 ? 'behind' : 'ahead'}`
    }
    case 'storage':
      return storageText(record)
    case 'actor':
      return actorText(record)
    case 'operation':
      return `operation ${record.index}: ${operationText(record)}`
    case 'node':
      return nodeText(record)
    case 'fault':
      return faultText(record)
    case 'log':
      return logText(record)
    case 'check': {
      const why = record.value === undefined ? '' : `: ${record.value}`
      return `${record.kind} "${record.name}" ${record.holds ? 'holds' : 'does not hold'}${why}`
    }
    case 'failure':
      return `${record.kind}: ${record.message}`
  }
}

/** "12 × ping(0) → 'pong' since 40 ms". */
export function foldText({ count, text, since, lost }: FoldRecord): string {
  return `${groupThousands(count)} × ${text}${lost === undefined ? '' : ` (${lost})`} since ${formatMillis(since)}`
}

/** '1,275.1 ms  server/2  boot'. */
export function recordLine(record: StoryRecord, all: ById): string {
  const life = (record.life ?? 1) > 1 ? `/${record.life}` : ''
  return `${formatMillis(record.at)}  ${record.node}${life}  ${describeRecord(record, all)}`
}

export function storageText({ action, key, value, outcome }: TraceRecord & { type: 'storage' }): string {
  const what = key === undefined || key === '*' ? action : `${action} ${key}`
  const content = value === undefined ? '' : action === 'write' ? ` = ${value}` : ` → ${value}`
  const nothing = action === 'read' && value === undefined && outcome === 'ok' ? ' → nothing' : ''
  return `${what}${content}${nothing}${outcome === 'ok' ? '' : `: ${outcome}`}`
}

/** What a caller was told: 'timeout of', 'not sent:'. */
export function unansweredText({ reason }: Pick<TimeoutRecord, 'reason'>): string {
  return reason === 'timeout' ? 'timeout of' : `${reason}:`
}

export function logText({ level, text }: TraceRecord & { type: 'log' }): string {
  return level === 'log' ? text : `${level}: ${text}`
}

function actorText({ action, actor, method, value = '' }: TraceRecord & { type: 'actor' }): string {
  switch (action) {
    case 'call':
      return `${actor}.${method}(${value})`
    case 'return':
      return `${actor}.${method} → ${value === '' ? 'done' : value}`
    case 'throw':
      return `${actor}.${method} threw ${value}`
    default:
      return `${actor} ${action}`
  }
}

function nodeText({ action, life = 1 }: TraceRecord & { type: 'node' }): string {
  if (action === 'boot') return life === 1 ? 'boots' : `boots again, life ${life}`
  return action === 'wipe' ? 'its disk is wiped' : action
}

function faultText({ text, lasts, family }: FaultRecord): string {
  if (family === 'heal' || lasts === undefined || / ms/.test(text)) return text
  return `${text} for ${formatMillis(lasts)}`
}
