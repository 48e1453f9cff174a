import { formatMillis } from '../engine/format.ts'
import type { RecordedTrace } from '../trace/records.ts'
import { relevant } from './relevant.ts'
import type { StoryRecord } from './story-record.ts'
import { type ById, byId, callText, describeRecord } from './words.ts'

/** Most records in a diagram: GitHub draws no longer one that a person could read. */
const most = 60

/** Longest text at an arrow or in a note. */
const longest = 100

/** What led to the failure as a `sequenceDiagram` of Mermaid, which GitHub draws in Markdown. */
export function mermaidDiagram({ header, records }: RecordedTrace): string {
  const all = byId(records)
  const shown = relevant(records, most).records
  const names = [...new Set(['test', ...header.nodes])]
  const alias = new Map(names.map((name, place) => [name, `p${place}`]))
  const lines = shown.flatMap((record) => stepsOf(record, all, alias))
  const used = names.filter((name) => lines.some((line) => new RegExp(`\\b${alias.get(name)}\\b`).test(line)))
  const participants = used.map((name) => `  participant ${alias.get(name)} as ${plain(name)}`)
  return `${['sequenceDiagram', ...participants, ...lines.map((line) => `  ${line}`)].join('\n')}\n`
}

function stepsOf(record: StoryRecord, all: ById, alias: ReadonlyMap<string, string>): string[] {
  const first = [...alias.values()][0] as string
  const own = alias.get(record.node) ?? first
  const time = formatMillis(record.at)
  if (record.type === 'send') return []
  if (record.type === 'deliver' || record.type === 'drop' || record.type === 'late') {
    const send = all.get(record.send)
    const [from, to] = send?.type === 'send' ? [alias.get(send.from), alias.get(send.to)] : []
    if (send?.type === 'send' && from !== undefined && to !== undefined) {
      const arrow = record.type === 'drop' ? '-x' : send.kind === 'response' ? '-->>' : '->>'
      const why = record.type === 'late' ? ' (too late)' : record.reason === undefined ? '' : ` (${record.reason})`
      return [`${from}${arrow}${to}: ${time} ${plain(callText(send))}${plain(why)}`]
    }
  }
  if (record.type === 'fault') {
    const last = [...alias.values()].at(-1) as string
    return [`Note over ${first},${last}: ${time} ${plain(describeRecord(record, all))}`]
  }
  const mark = record.type === 'failure' ? '✗ ' : record.type === 'node' && record.action === 'crash' ? '☠ ' : ''
  return [`Note over ${own}: ${time} ${mark}${plain(describeRecord(record, all).split('\n')[0] ?? '')}`]
}

/** Text in which Mermaid finds nothing of its own syntax. */
function plain(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest - 1)}…` : text
  return cut.replaceAll(/[#;:<>{}"'`%\\&\n\r\p{Cc}]/gu, (character) => `#${character.codePointAt(0)};`)
}
