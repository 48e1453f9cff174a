import type { SendRecord, TraceRecord } from '../trace/records.ts'
import { mentioned, namedNodes } from './mentions.ts'
import type { StoryRecord } from './story-record.ts'
import { type ById, byId } from './words.ts'

/** A loop is caused by all of its rounds: these are the last ones. */
const nearCauses = 12

/**
 * The most telling first: the failure and its causes, values and nodes that its message names, what went wrong, what is
 * near to the end. `all` has the records that are not shown, too.
 */
export function ranked(
  shown: readonly StoryRecord[],
  failure: TraceRecord | undefined,
  all: readonly TraceRecord[],
): StoryRecord[] {
  const message = failure?.type === 'failure' ? failure.message : ''
  const known = byId(all)
  const causes = causesOf(shown, known, failure)
  const named = mentioned(shown, message)
  const concerns = concerning(namedNodes(shown, message), known)
  const reread = knownValues(shown)
  const score = new Map<StoryRecord, number>()
  shown.forEach((record, place) => {
    const isEnd = record === failure || (record.type === 'check' && !record.holds)
    const told = Math.max(weightOf(record), causes.get(record.id) ?? 0, named.has(record) ? 450 : 0)
    const base = isEnd ? 1_000 : reread.has(record) ? -200 : told + (concerns(record) ? 250 : 0)
    // Nearness decides among equals, and lifts what happened just before the failure above what is long past.
    score.set(record, base + (place / shown.length) * 300)
  })
  withQuestions(shown, score)
  return [...shown].sort((one, other) => (score.get(other) as number) - (score.get(one) as number))
}

/** What happens at one of some nodes, is sent by it or to it. */
function concerning(nodes: ReadonlySet<string>, all: ById): (record: StoryRecord) => boolean {
  return (record) => {
    const send = 'send' in record ? all.get(record.send) : record
    if (send?.type === 'send') return nodes.has(send.from) || nodes.has(send.to)
    return nodes.has(record.node) || (record.type === 'fold' && record.to !== undefined && nodes.has(record.to))
  }
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

/** Ids of what led to the failure, however far back, with what that is worth: the near causes most. */
function causesOf(
  shown: readonly StoryRecord[],
  all: ById,
  failure: TraceRecord | undefined,
): ReadonlyMap<number, number> {
  const ids = new Set(shown.map(({ id }) => id))
  const found = new Map<number, number>()
  // Records that are not shown are passed through: causes are older than what they cause.
  for (let id = failure?.cause; id !== undefined && !found.has(id); id = all.get(id)?.cause) {
    if (ids.has(id)) found.set(id, found.size < nearCauses ? 500 : 250)
  }
  return found
}
