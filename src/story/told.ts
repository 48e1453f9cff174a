import { groupThousands } from '../engine/format.ts'
import type { TraceRecord } from '../trace/records.ts'
import type { Told } from '../engine/recorder.ts'
import { sequenceDiagram } from './diagram.ts'
import { relevant } from './relevant.ts'
import { type TraceView, viewed } from './view.ts'
import { byId, recordLine } from './words.ts'

/** Most records that a failure shows by itself. */
const shownByItself = 36

/** Most records of a view that was asked for: more belong into a file. */
const shownOnDemand = 2_000

/** The lines that tell what happened, without indentation; none when nothing was recorded. */
export function toldLines(told: Told, view: TraceView): string[] {
  const chosen = viewed(told.records, view)
  const { records, hidden } = view.show === 'relevant' ? relevant(chosen, shownByItself) : newest(chosen, shownOnDemand)
  if (records.length === 0) return []
  const diagram = view.show === 'full' ? undefined : sequenceDiagram(records, told.records, told.nodes)
  const all = byId(told.records)
  const lines = diagram ?? records.map((record) => recordLine(record, all))
  const more = hidden + (view.show === 'relevant' ? 0 : told.left)
  return more === 0 ? lines : [...lines, `and ${groupThousands(more)} more`]
}

function newest(records: readonly TraceRecord[], most: number): { records: readonly TraceRecord[]; hidden: number } {
  const hidden = Math.max(0, records.length - most)
  return { records: records.slice(hidden), hidden }
}
