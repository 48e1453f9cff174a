import type { FateRecord, SendRecord, TraceRecord } from '../trace/records.ts'
import type { FoldRecord, StoryRecord } from './story-record.ts'
import { callText, logText, storageText, unansweredText } from './words.ts'

/** What may repeat: a request with its answer, a one-way message, a look at the disk, a line of a log. */
interface Unit {
  readonly text: string
  readonly from: string
  /** Missing: it happened at one node. */
  readonly to?: string
  /** Why the message was lost. */
  readonly lost?: string
  readonly records: readonly TraceRecord[]
}

/**
 * Puts what repeats into one line, in the place of the last of them, when there are `fewest` beside the latest one.
 * That one stays as it is, and so does what was before and after something that may have changed its meaning.
 */
export function foldRepeats(shown: readonly TraceRecord[], fewest: number): StoryRecord[] {
  const folded = new Map<TraceRecord, FoldRecord | undefined>()
  for (const run of runsOf(shown)) if (run.length > fewest) foldRun(run.slice(0, -1), folded)
  return shown.flatMap((record): readonly StoryRecord[] => {
    if (!folded.has(record)) return [record]
    const fold = folded.get(record)
    return fold === undefined ? [] : [fold]
  })
}

/** Equal units with nothing between them that matters to both. */
function runsOf(shown: readonly TraceRecord[]): Unit[][] {
  const ends = new Map(unitsOf(shown).map((one) => [one.records.at(-1), one]))
  const open = new Map<string, Unit[]>()
  const runs: Unit[][] = []
  const close = (isOver: (unit: Unit) => boolean): void => {
    for (const [key, [first]] of open) if (first !== undefined && isOver(first)) open.delete(key)
  }
  for (const record of shown) {
    const unit = ends.get(record)
    if (unit === undefined) {
      if (record.type === 'fault') open.clear()
      else if (interrupts(record)) {
        const isLoss = record.type === 'drop'
        close(({ from, to, lost }) => (from === record.node || to === record.node) && !(isLoss && lost !== undefined))
      }
      continue
    }
    const { from, to, text, lost } = unit
    // A link that loses what it has delivered before, or the other way round.
    close((other) => other.from === from && other.to === to && other.text === text && other.lost !== lost)
    const key = JSON.stringify([from, to, text, lost])
    const run = open.get(key) ?? []
    if (run.length === 0) runs.push(run)
    open.set(key, run)
    run.push(unit)
  }
  return runs
}

/** After this a node's doings are no longer the same. */
function interrupts(record: TraceRecord): boolean {
  return record.type === 'node' || record.type === 'drop' || (record.type === 'storage' && record.action === 'write')
}

function foldRun(run: readonly Unit[], folded: Map<TraceRecord, FoldRecord | undefined>): void {
  const [first] = run
  const last = run.at(-1)?.records.at(-1)
  const start = first?.records[0]
  if (first === undefined || start === undefined || last === undefined) return
  for (const { records } of run) for (const record of records) folded.set(record, undefined)
  const { records: _, from: node, ...rest } = first
  const { id, at, event } = last
  folded.set(last, { type: 'fold', id, at, event, node, count: run.length, since: start.at, ...rest })
}

function unitsOf(shown: readonly TraceRecord[]): Unit[] {
  const links = linksOf(shown)
  const units: Unit[] = []
  const taken = new Set<TraceRecord>()
  for (const record of shown) {
    const unit = record.type === 'send' ? exchangeOf(record, links) : ownOf(record, taken)
    if (unit === undefined) continue
    units.push(unit)
    for (const one of unit.records) taken.add(one)
  }
  return units
}

/** What happens at one node and moves nothing. */
function ownOf(record: TraceRecord, taken: ReadonlySet<TraceRecord>): Unit | undefined {
  if (taken.has(record)) return undefined
  const text = textOfOwn(record)
  return text === undefined ? undefined : { text, from: record.node, records: [record] }
}

function textOfOwn(record: TraceRecord): string | undefined {
  if (isLook(record)) return storageText(record)
  if (record.type === 'log') return logText(record)
  // Each attempt of a retry has a number of its own.
  return record.type === 'timeout' ? `${unansweredText(record)} ${record.method} to ${record.to}` : undefined
}

/** A message, and the answer when it was a request, that arrived or was lost and led to nothing else. */
function exchangeOf(send: SendRecord, links: Links): Unit | undefined {
  const { from, to, request, kind } = send
  if (kind === 'response') return undefined
  const question = callText({ ...send, request: undefined })
  if (links.isUnderWay(send)) return { text: `${question} ▷ ${to}`, from, records: [send] }
  const there = links.fateOf(send)
  if (there === undefined) return undefined
  if (request === undefined || there.type === 'drop') {
    const isPlain = (links.effects.get(there.id) ?? []).length === 0
    const lost = there.type === 'drop' ? { lost: there.reason ?? 'lost' } : {}
    return isPlain ? { text: question, from, to, ...lost, records: [send, there] } : undefined
  }
  const [answer, ...others] = links.answers.get(request) ?? []
  const back = answer === undefined || others.length > 0 ? undefined : links.fateOf(answer)
  if (answer === undefined || back === undefined) return undefined
  // What the handler has looked at belongs to it; when it did anything else, it is told.
  const records: TraceRecord[] = [send, there]
  for (let last: TraceRecord = there; last !== answer;) {
    const [next, ...more]: readonly TraceRecord[] = links.effects.get(last.id) ?? []
    if (next === undefined || more.length > 0 || !(next === answer || isLook(next))) return undefined
    records.push(next)
    last = next
  }
  const looks = records.slice(2, -1).map((one) => (one.type === 'storage' ? `, ${storageText(one)}` : ''))
  const value = callText({ ...answer, method: '', request: undefined })
  const end = back.type === 'late' ? ', too late' : back.type === 'drop' ? `, answer lost: ${back.reason ?? ''}` : ''
  return { text: `${question}${looks.join('')}${value}${end}`, from, to, records: [...records, back] }
}

function isLook(record: TraceRecord): record is TraceRecord & { readonly type: 'storage' } {
  return record.type === 'storage' && record.action === 'read' && record.outcome === 'ok'
}

interface Links {
  /** Nothing has become of it until the end. */
  readonly isUnderWay: (send: SendRecord) => boolean
  /** The only thing that has become of a message. */
  readonly fateOf: (send: SendRecord) => FateRecord | undefined
  readonly effects: ReadonlyMap<number, readonly TraceRecord[]>
  /** Answers by request. */
  readonly answers: ReadonlyMap<number, readonly SendRecord[]>
}

function linksOf(shown: readonly TraceRecord[]): Links {
  const fates = new Map<number, FateRecord[]>()
  const effects = new Map<number, TraceRecord[]>()
  const answers = new Map<number, SendRecord[]>()
  for (const record of shown) {
    if (record.cause !== undefined) collect(effects, record.cause, record)
    if ('send' in record) collect(fates, record.send, record)
    if (record.type === 'send' && record.kind === 'response' && record.request !== undefined)
      collect(answers, record.request, record)
  }
  const fateOf = ({ id }: SendRecord): FateRecord | undefined => {
    const [one, ...more] = fates.get(id) ?? []
    return more.length === 0 && (one?.type === 'deliver' || one?.type === 'drop' || one?.type === 'late')
      ? one
      : undefined
  }
  return { isUnderWay: ({ id }) => !fates.has(id), fateOf, effects, answers }
}

function collect<T>(map: Map<number, T[]>, key: number, one: T): void {
  const known = map.get(key)
  if (known === undefined) map.set(key, [one])
  else known.push(one)
}
