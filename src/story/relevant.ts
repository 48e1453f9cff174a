import type { SendRecord, TraceRecord } from '../trace/records.ts'

/** A selection of a trace, oldest first. */
export interface Selection {
  readonly records: readonly TraceRecord[]
  /** How many records that a person would want to see are not among them. */
  readonly hidden: number
}

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
  const shown = telling(records.slice(0, end))
  if (shown.length <= most) return { records: shown, hidden: 0 }
  const kept = new Set(ranked(shown, failure).slice(0, most))
  complete(kept, shown, most)
  return { records: shown.filter((record) => kept.has(record)), hidden: shown.length - kept.size }
}

/** Those that tell a person something: no timers, no housekeeping, no check that holds. */
function telling(records: readonly TraceRecord[]): TraceRecord[] {
  const housekeeping = new Set<number>()
  for (const record of records) {
    // What a node sends to itself is told by what it does then.
    const isOwn = record.type === 'send' && (record.background === true || record.from === record.to)
    if (isOwn) housekeeping.add(record.message)
  }
  const late = new Set(records.flatMap((record) => (record.type === 'late' ? [`${record.send} ${record.at}`] : [])))
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
      case 'node':
        return record.action !== 'up' && (record.action !== 'boot' || (record.life ?? 1) > 1)
      case 'fault':
        return !toldByMessages.has(record.family)
      case 'actor':
        return record.action !== 'activate'
      default:
        return true
    }
  })
}

/** The most telling first. */
function ranked(shown: readonly TraceRecord[], failure: TraceRecord | undefined): TraceRecord[] {
  const causes = causesOf(shown, failure)
  const score = new Map<TraceRecord, number>()
  shown.forEach((record, place) => {
    const isBroken = record.type === 'drop' || record.type === 'timeout' || record.type === 'late'
    const isFault = record.type === 'fault' || (record.type === 'node' && record.action !== 'boot')
    const base =
      record === failure || (record.type === 'check' && !record.holds)
        ? 1_000
        : causes.has(record.id)
          ? 500
          : isFault
            ? 400
            : record.type === 'log'
              ? 300
              : record.type === 'operation'
                ? 200
                : isBroken || record.type === 'node'
                  ? 150
                  : 0
    // Nearness decides among equals, and lifts what happened just before the failure above what is long past.
    score.set(record, base + (place / shown.length) * 300)
  })
  return [...shown].sort((one, other) => (score.get(other) as number) - (score.get(one) as number))
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

/** An arrival without its sending says little: both ends of a message are shown, or none. */
function complete(kept: Set<TraceRecord>, shown: readonly TraceRecord[], most: number): void {
  const sends = new Map<number, SendRecord>()
  for (const record of shown) if (record.type === 'send') sends.set(record.id, record)
  for (const record of [...kept]) {
    const send = 'send' in record ? sends.get(record.send) : undefined
    if (send === undefined || kept.has(send)) continue
    if (kept.size < most * 1.5) kept.add(send)
    else kept.delete(record)
  }
}
