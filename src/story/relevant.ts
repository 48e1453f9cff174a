import type { ActorRecord, ClockRecord, SendRecord, TraceRecord } from '../trace/records.ts'
import { foldRepeats } from './fold.ts'
import { mentioned } from './mentions.ts'
import type { StoryRecord } from './story-record.ts'

/** A selection of a trace, oldest first. */
export interface Selection {
  readonly records: readonly StoryRecord[]
  /** How many records that a person would want to see are not among them. */
  readonly hidden: number
}

/** A clock is told again when it is off by so much more or less, or was told so long ago, µs. */
const [offStep, readingStep] = [10_000, 50_000]

/** Faults that are told by what becomes of a message. */
const toldByMessages: ReadonlySet<string> = new Set([
  'loss',
  'duplication',
  'reordering',
  'send failure',
  'shuffle',
  'crash',
  'wipe',
  'graceful stop',
  'pause',
])

/**
 * The records that led to the failure, `most` at most: all that matter when these are few enough; else first what
 * caused the failure, the faults, the operations, and what is nearest to it.
 */
export function relevant(records: readonly TraceRecord[], most: number): Selection {
  const failure = records.findLast(({ type }) => type === 'failure')
  const end = failure === undefined ? records.length : records.indexOf(failure) + 1
  const all = telling(records.slice(0, end))
  const shown = foldRepeats(all)
  if (shown.length <= most) return { records: shown, hidden: 0 }
  const kept = new Set(ranked(shown, failure, all).slice(0, most))
  complete(kept, shown, most)
  return { records: shown.filter((record) => kept.has(record)), hidden: shown.length - kept.size }
}

/** Those that tell a person something: no timers, no housekeeping, no check that holds, nothing twice. */
function telling(records: readonly TraceRecord[]): TraceRecord[] {
  const housekeeping = new Set<number>()
  for (const record of records) {
    if (record.type !== 'send') continue
    // What a node sends to itself is told by what it does then. Heartbeats in the background are the user's own.
    const isSystem = record.background === true && record.method.startsWith('$')
    if (isSystem || record.from === record.to) housekeeping.add(record.message)
  }
  const late = new Set(records.flatMap((record) => (record.type === 'late' ? [`${record.send} ${record.at}`] : [])))
  const said = saidByMessages(records, housekeeping)
  const readings = new Map<string, ClockRecord>()
  return records.filter((record, place) => {
    switch (record.type) {
      case 'timer':
        return false
      case 'deliver':
        // The next record says so better.
        return !housekeeping.has(record.message) && !late.has(`${record.send} ${record.at}`)
      case 'send':
      case 'drop':
      case 'duplicate':
      case 'hold':
      case 'late':
        return !housekeeping.has(record.message)
      case 'check':
        // The failure says it again, with the same words.
        return !record.holds && records[place + 1]?.type !== 'failure'
      case 'clock': {
        const before = readings.get(record.node)
        const isNew = before === undefined || Math.abs(record.off - before.off) >= offStep
        if (!isNew && record.at - before.at < readingStep) return false
        readings.set(record.node, record)
        return true
      }
      case 'node':
        return record.action !== 'up' && (record.action !== 'boot' || (record.life ?? 1) > 1)
      case 'fault':
        return !toldByMessages.has(record.family)
      case 'actor':
        return record.action !== 'activate' && !said.has(record)
      default:
        return true
    }
  })
}

/** Calls of actors and their ends that are in the message right before or after. */
function saidByMessages(records: readonly TraceRecord[], housekeeping: ReadonlySet<number>): ReadonlySet<TraceRecord> {
  const byId = new Map(records.map((record) => [record.id, record]))
  const says = (message: TraceRecord | undefined, { actor, method, value = '' }: ActorRecord): boolean =>
    message?.type === 'send' &&
    !housekeeping.has(message.message) &&
    message.method === `${actor}.${method}` &&
    message.payload === value
  const said = new Set<TraceRecord>()
  records.forEach((record, place) => {
    if (record.type !== 'actor') return
    const before = byId.get(record.cause ?? 0)
    if (record.action === 'call' && before?.type === 'deliver' && says(byId.get(before.send), record)) said.add(record)
    const next = records[place + 1]
    if (record.action === 'return' && next?.cause === record.id && says(next, record)) said.add(record)
  })
  return said
}

/** The most telling first. */
function ranked(
  shown: readonly StoryRecord[],
  failure: TraceRecord | undefined,
  all: readonly TraceRecord[],
): StoryRecord[] {
  const causes = causesOf(all, failure)
  const named: ReadonlySet<StoryRecord> = failure?.type === 'failure' ? mentioned(all, failure.message) : new Set()
  const known = knownValues(shown)
  const score = new Map<StoryRecord, number>()
  shown.forEach((record, place) => {
    const isEnd = record === failure || (record.type === 'check' && !record.holds)
    const told = Math.max(weightOf(record), causes.has(record.id) ? 500 : 0, named.has(record) ? 450 : 0)
    const base = isEnd ? 1_000 : known.has(record) ? -200 : told
    // Nearness decides among equals, and lifts what happened just before the failure above what is long past.
    score.set(record, base + (place / shown.length) * 300)
  })
  withQuestions(shown, score)
  return [...shown].sort((one, other) => (score.get(other) as number) - (score.get(one) as number))
}

/** An answer says little without its question. */
function withQuestions(shown: readonly StoryRecord[], score: Map<StoryRecord, number>): void {
  const questions = new Map<number, SendRecord>()
  for (const record of shown) {
    if (record.type !== 'send' || record.request === undefined) continue
    const question = questions.get(record.request)
    if (record.kind === 'request') questions.set(record.request, record)
    else if (question !== undefined)
      score.set(question, Math.max(score.get(question) as number, (score.get(record) as number) - 1))
  }
}

/** Reads of what the node has written or read there just before. */
function knownValues(shown: readonly StoryRecord[]): ReadonlySet<StoryRecord> {
  const values = new Map<string, string | undefined>()
  const known = new Set<StoryRecord>()
  for (const record of shown) {
    if (record.type === 'node')
      for (const key of [...values.keys()]) if (key.startsWith(`${record.node} `)) values.delete(key)
    if (record.type !== 'storage' || record.outcome !== 'ok') continue
    const key = `${record.node} ${record.storage} ${record.key}`
    if (record.action === 'read' && values.has(key) && values.get(key) === record.value) known.add(record)
    if (record.action !== 'sync') values.set(key, record.value)
  }
  return known
}

/** How much a record of that kind says by itself. */
function weightOf(record: StoryRecord): number {
  switch (record.type) {
    case 'fault':
      return 400
    case 'node':
      return record.action === 'boot' ? 150 : 400
    case 'drop':
      return 350
    case 'log':
      return 300
    case 'operation':
    case 'timeout':
      return 200
    case 'fold':
      return record.lost === undefined ? 150 : 350
    case 'clock':
    case 'late':
      return 150
    default:
      return 0
  }
}

/** Ids of what led to the failure, however far back. */
function causesOf(shown: readonly TraceRecord[], failure: TraceRecord | undefined): ReadonlySet<number> {
  const byId = new Map(shown.map((record) => [record.id, record]))
  const found = new Set<number>()
  // Records that are not shown are passed through: causes are older than what they cause.
  let id = failure?.cause
  while (id !== undefined && !found.has(id)) {
    found.add(id)
    id = byId.get(id)?.cause
  }
  return found
}

/** Half of a message says little: its sending is shown with its arrival, or neither. */
function complete(kept: Set<StoryRecord>, shown: readonly StoryRecord[], most: number): void {
  const sends = new Map<number, SendRecord>()
  const fates = new Map<number, StoryRecord>()
  for (const record of shown) {
    if (record.type === 'send') sends.set(record.id, record)
    else if ('send' in record && record.type !== 'duplicate' && record.type !== 'hold') fates.set(record.send, record)
  }
  for (const record of [...kept]) {
    const other = record.type === 'send' ? fates.get(record.id) : 'send' in record ? sends.get(record.send) : undefined
    if (other === undefined || kept.has(other)) continue
    if (kept.size < most * 1.5) kept.add(other)
    else if (record.type !== 'send') kept.delete(record)
  }
}
