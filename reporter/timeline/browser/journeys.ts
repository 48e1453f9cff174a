import type { FateRecord, SendRecord, TraceRecord } from '../../../src/trace/records.ts'

/** What has become of a message. */
export type Fate = 'delivered' | 'lost' | 'duplicated' | 'late' | 'held' | 'under way'

/** In the order in which they are drawn: what went wrong lies on top. */
export const fates: readonly Fate[] = ['delivered', 'under way', 'duplicated', 'held', 'late', 'lost']

/** One journey of a message; a duplicate makes one more. */
export interface Journey {
  readonly send: SendRecord
  readonly fate: Fate
  /** Indices of its first and last record; -1: it is under way at the end of the run. */
  readonly start: number
  readonly stop: number
  /** Lanes, from 0. */
  readonly from: number
  readonly to: number
}

export function journeysOf(
  records: readonly TraceRecord[],
  lanes: ReadonlyMap<string, number>,
  indexOf: (id: number | undefined) => number | undefined,
): Journey[] {
  const ends = new Map<number, FateRecord[]>()
  const held = new Set<number>()
  const late = new Map<number, number>()
  for (const record of records) {
    if (record.type === 'hold') held.add(record.send)
    if (record.type === 'late') late.set(record.send, record.at)
    if (record.type !== 'deliver' && record.type !== 'drop') continue
    const all = ends.get(record.send)
    if (all === undefined) ends.set(record.send, [record])
    else all.push(record)
  }
  const fateOf = (end: FateRecord | undefined, send: number, copy: number): Fate => {
    if (end === undefined) return held.has(send) ? 'held' : 'under way'
    if (end.type === 'drop') return 'lost'
    if (late.get(send) === end.at) return 'late'
    if (copy > 0) return 'duplicated'
    return held.has(send) ? 'held' : 'delivered'
  }
  const found: Journey[] = []
  records.forEach((record, start) => {
    if (record.type !== 'send') return
    const [from, to] = [lanes.get(record.from), lanes.get(record.to)]
    if (from === undefined || to === undefined) return
    const all: readonly (FateRecord | undefined)[] = ends.get(record.id) ?? [undefined]
    all.forEach((end, copy) => {
      const stop = end === undefined ? -1 : (indexOf(end.id) ?? -1)
      found.push({ send: record, fate: fateOf(end, record.id, copy), start, stop, from, to })
    })
  })
  return found
}
