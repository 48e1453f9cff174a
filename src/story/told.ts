import { groupThousands } from '../engine/format.ts'
import type { Told } from '../engine/recorder.ts'
import { sequenceDiagram } from './diagram.ts'
import { type Selection, relevant } from './relevant.ts'
import type { StoryRecord } from './story-record.ts'
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
  if (more === 0) return lines
  const hint = view.show === 'relevant' ? ': SIMULATION_TRACE=full shows all' : ''
  return [...lines, `${groupThousands(more)} more ${more === 1 ? 'is' : 'are'} left out${hint}`]
}

function newest(records: readonly StoryRecord[], most: number): Selection {
  const hidden = Math.max(0, records.length - most)
  return { records: records.slice(hidden), hidden }
}
