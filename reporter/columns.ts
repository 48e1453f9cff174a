/** Aligned columns of a terminal. */
import { padEnd, padStart, textWidth } from './format.ts'

/** One column: its heading, and on which side its cells stand. */
export interface Column {
  readonly heading: string
  readonly side: 'left' | 'right'
}

/** Cells with the same widths in every row; the last column is not padded. Empty columns are left out. */
export function aligned(columns: readonly Column[], rows: readonly (readonly string[])[]): string[][] {
  const used = columns.map((_, at) => rows.some((row) => (row[at] ?? '') !== ''))
  const all = [columns.map(({ heading }) => heading), ...rows]
  const widths = columns.map((_, at) => Math.max(...all.map((row) => textWidth(row[at] ?? ''))))
  return all.map((row) =>
    columns.flatMap(({ side }, at) => {
      const pad = side === 'left' ? padEnd : padStart
      return used[at] ? [pad(row[at] ?? '', widths[at] ?? 0)] : []
    }),
  )
}

/** Columns that a row of cells takes, with two blanks between. */
export const rowWidth = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + textWidth(cell), 2 * Math.max(0, cells.length - 1))

/**
 * Parts side by side, with `gap` between; what would pass the edge begins a line of its own, indented. Each part comes
 * with its colour, as a function.
 */
export function wrapped(
  parts: readonly (readonly [text: string, paint: (text: string) => string])[],
  { width, indent, gap = '  ' }: { readonly width: number; readonly indent: string; readonly gap?: string },
): string[] {
  const lines: string[] = []
  let line = ''
  let taken = 0
  for (const [text, paint] of parts) {
    if (text === '') continue
    const fits = taken === 0 || taken + gap.length + textWidth(text) <= width
    if (!fits) lines.push(line)
    const before = taken === 0 ? '' : fits ? gap : indent
    line = fits ? `${line}${before}${paint(text)}` : `${indent}${paint(text)}`
    taken = fits ? taken + before.length + textWidth(text) : indent.length + textWidth(text)
  }
  return line === '' ? lines : [...lines, line]
}
