import type { ActorRecord, ClockRecord, TraceRecord } from '../trace/records.ts'
import { foldRepeats } from './fold.ts'
import { ranked } from './rank.ts'
import type { StoryRecord } from './story-record.ts'
import { byId } from './words.ts'

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
  // Where there is room, retries are told one by one.
  const shown = foldRepeats(all, all.length > most ? 2 : 5)
  if (shown.length <= most) return { records: shown, hidden: 0 }
  const kept = new Set(ranked(shown, failure, records).slice(0, most))
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
        return record.family === 'send failure' ? !isToldNext(records[place + 1]) : !toldByMessages.has(record.family)
      case 'timeout':
        return !record.method.startsWith('$')
      case 'actor':
        return record.action !== 'activate' && !said.has(record)
      default:
        return true
    }
  })
}

/** A request that was not sent is told by its caller; of a one-way message nobody else says so. */
function isToldNext(next: TraceRecord | undefined): boolean {
  return next?.type === 'timeout' && next.reason === 'not sent'
}

/** Calls of actors and their ends that are in the message right before or after. */
function saidByMessages(records: readonly TraceRecord[], housekeeping: ReadonlySet<number>): ReadonlySet<TraceRecord> {
  const known = byId(records)
  const says = (message: TraceRecord | undefined, { actor, method, value = '' }: ActorRecord): boolean =>
    message?.type === 'send' &&
    !housekeeping.has(message.message) &&
    message.method === `${actor}.${method}` &&
    message.payload === value
  const said = new Set<TraceRecord>()
  records.forEach((record, place) => {
    if (record.type !== 'actor') return
    const before = known.get(record.cause ?? 0)
    if (record.action === 'call' && before?.type === 'deliver' && says(known.get(before.send), record)) said.add(record)
    const next = records[place + 1]
    if (record.action === 'return' && next?.cause === record.id && says(next, record)) said.add(record)
  })
  return said
}

/** Half of a message says little: its sending is shown with its arrival, or neither. So is a fault with its end. */
function complete(kept: Set<StoryRecord>, shown: readonly StoryRecord[], most: number): void {
  const starts = new Map<number, StoryRecord>()
  const fates = new Map<number, StoryRecord>()
  for (const record of shown) {
    if (record.type === 'send' || record.type === 'fault') starts.set(record.id, record)
    else if ('send' in record && record.type !== 'duplicate' && record.type !== 'hold') fates.set(record.send, record)
  }
  const otherHalf = (record: StoryRecord): StoryRecord | undefined => {
    if (record.type === 'send') return fates.get(record.id)
    if ('send' in record) return starts.get(record.send)
    return record.type === 'fault' && record.ends !== undefined ? starts.get(record.ends) : undefined
  }
  for (const record of [...kept]) {
    const other = otherHalf(record)
    if (other === undefined || kept.has(other)) continue
    if (kept.size < most * 1.5) kept.add(other)
    else if (record.type !== 'send') kept.delete(record)
  }
}
