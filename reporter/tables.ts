/** The tables of a whole run below its rows, for a terminal: assertions, operations, causes, faults. */
import type { Colors } from 'picocolors/types.js'
import { groupFailures } from './causes.ts'
import { aligned, type Column, wrapped } from './columns.ts'
import { cutMiddle, formatCount, formatForeign, textWidth } from './format.ts'
import type { ReportModel, ReportRow } from './model.ts'

export interface TextOptions {
  readonly colors: Colors
  /** Shows every hit rate and every row. */
  readonly verbose: boolean
  /** Columns of the terminal; Infinity: nobody said. */
  readonly width: number
}

/** The longest name in a table. */
export const labelWidth = 60
/** Lines of a list that is not verbose. */
export const shownDetails = 10
const shownLines = 12
export const plain = (text: string): string => text

/** The first lines of a list, and how many were left out. */
export const capped = (lines: readonly string[], limit: number, indent: string): string[] =>
  lines.length <= limit
    ? [...lines]
    : [...lines.slice(0, limit), `${indent}… and ${formatCount(lines.length - limit)} more`]

/** Lines of a table: bold headings, cells below them with two blanks more at the left. */
export function tableText(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: (cells: readonly string[], at: number) => readonly string[],
  { bold }: Colors,
): string[] {
  const [head = [], ...body] = aligned(columns, rows)
  const heading = ['   ', head[0] ?? '', ...head.slice(1).map((cell) => `  ${cell}`)].join('')
  const indented = heading.replace(head[0] ?? '', `${head[0] ?? ''}  `).trimEnd()
  return [`   ${bold(indented.slice(3))}`, ...body.map((cells, at) => `     ${paint(cells, at).join('  ').trimEnd()}`)]
}

/** What came of each operation of the workloads. */
export function operationLines({ rows }: ReportModel, { colors, verbose, width }: TextOptions): string[] {
  const working = rows.filter(({ operations }) => operations.length > 0)
  if (working.length === 0) return []
  const isShared = working.length > 1
  const counts = working.flatMap(({ label, operations }) => operations.map((one) => ({ label, ...one })))
  const shown = verbose ? counts : counts.slice(0, 2 * shownLines)
  // Three numbers take about 30 columns.
  const left = Math.max(24, width - 40)
  const most = Math.min(labelWidth, isShared ? Math.floor(left / 2) : left)
  const cells = shown.map(({ label, name, ok, failed, unknown }) => [
    cutMiddle(formatForeign(name), most),
    ...[ok, failed, unknown].map(formatCount),
    isShared ? cutMiddle(formatForeign(label), most) : '',
  ])
  const columns: Column[] = [
    { heading: 'operations', side: 'left' },
    { heading: 'ok', side: 'right' },
    { heading: 'failed', side: 'right' },
    { heading: 'unknown', side: 'right' },
    { heading: 'simulation', side: 'left' },
  ]
  const dimmed = (row: readonly string[]): string[] =>
    row.map((cell, at) => (at === 4 ? colors.dim(cell.trimEnd()) : cell))
  return ['', ...tableText(columns, cells, dimmed, colors), ...moreLine(counts.length - shown.length)]
}

/** What was left out of a table. */
export const moreLine = (hidden: number): string[] =>
  hidden > 0 ? [`     … and ${formatCount(hidden)} more: --reporter=verbose shows them`] : []

/** What several failing seeds have in common: told once. */
export function causeLines({ rows }: ReportModel, { colors, verbose, width }: TextOptions): string[] {
  const shared = groupFailures(rows).filter(({ failures }) => failures.length > 1)
  if (shared.length === 0) return []
  const lines = shared.flatMap(({ cause, failures }) => {
    const head = `     ${formatCount(failures.length)} × `
    const seeds = failures.map(({ row, failure }) => {
      const seed = `         seed ${failure.seed}  `
      return `${seed}${cutMiddle(formatForeign(row.label), Math.max(12, Math.min(labelWidth, width - seed.length)))}`
    })
    return [
      `${head}${cutMiddle(formatForeign(cause), Math.max(24, width - head.length))}`,
      ...capped(seeds, verbose ? Infinity : shownDetails, '         '),
    ]
  })
  return ['', `   ${colors.bold('failures with one cause')}`, ...lines]
}

/** What the faults of each family did, and where they did nothing. */
export function faultLines({ faults }: ReportModel, { colors, width }: TextOptions): string[] {
  if (faults.length === 0) return []
  const most = Math.min(labelWidth, Math.max(24, width - 30))
  const cells = faults.map(({ family, injected, effective }) => [
    cutMiddle(formatForeign(family), most),
    formatCount(injected),
    formatCount(effective),
  ])
  const columns: Column[] = [
    { heading: 'faults', side: 'left' },
    { heading: 'injected', side: 'right' },
    { heading: 'effective', side: 'right' },
  ]
  const [head = '', ...lines] = tableText(columns, cells, (row) => row, colors)
  const told = lines.flatMap((line, at) => {
    const { inertIn = [] } = faults[at] ?? {}
    if (inertIn.length === 0) return [line]
    const names = inertIn.slice(0, 3).map((name) => cutMiddle(formatForeign(name), Math.min(labelWidth, width - 16)))
    const more = inertIn.length > names.length ? ` and ${inertIn.length - names.length} more` : ''
    const parts = [[line, plain] as const, [`inert in ${names.join(', ')}${more}`, colors.yellow] as const]
    return wrapped(parts, { width, indent: '       ', gap: '   ' })
  })
  return ['', head, ...told]
}

/** Text of many words, in as many lines as it needs. */
export const prose = (text: string, width: number, indent: string, paint = plain): string[] =>
  textWidth(text) <= width
    ? [paint(text)]
    : wrapped(
        text
          .trimStart()
          .split(' ')
          .map((word, at) => [at === 0 ? `${/^ */.exec(text)?.[0]}${word}` : word, paint] as const),
        { width, indent, gap: ' ' },
      )

/** A row that says nothing that needs a look. */
export const isQuiet = (row: ReportRow): boolean =>
  row.outcome === 'passed' && !row.slow && row.never.length === 0 && row.rare.length === 0
