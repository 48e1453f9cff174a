import { encodeMappings } from './source-map.ts'
import type { Segment } from './source-map.ts'

/** Replaces `start…end` of the code by `text`; never across a line, so that line numbers stay what they were. */
export interface SourceEdit {
  readonly start: number
  readonly end: number
  readonly text: string
  /** The offset in the code that the new text stands for in the source map. */
  readonly at?: number
}

export interface EditedSource {
  readonly code: string
  readonly map: { version: 3; sources: string[]; sourcesContent: string[]; names: string[]; mappings: string }
}

/** Applies the edits and says where everything came from, word by word, so that columns stay exact. */
export function applyEdits(code: string, edits: readonly SourceEdit[], file: string): EditedSource {
  const lineStarts = startsOfLines(code)
  const lines: Segment[][] = [[]]
  let output = ''
  let column = 0
  let offset = 0

  const mark = (from: number): void => {
    const line = lineOf(lineStarts, from)
    lines.at(-1)?.push({ column, line, sourceColumn: from - (lineStarts[line] ?? 0) })
  }
  const write = (text: string): void => {
    output += text
    const breaks = text.split('\n').length - 1
    for (let index = 0; index < breaks; index++) lines.push([])
    column = breaks === 0 ? column + text.length : text.length - text.lastIndexOf('\n') - 1
  }
  const keep = (to: number): void => {
    for (const [word] of code.slice(offset, to).matchAll(/\n|[\w$]+|[^\w$\n]+/g)) {
      mark(offset)
      write(word)
      offset += word.length
    }
  }

  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    keep(edit.start)
    if (edit.at !== undefined) mark(edit.at)
    write(edit.text)
    offset = edit.end
  }
  keep(code.length)
  return {
    code: output,
    map: { version: 3, sources: [file], sourcesContent: [code], names: [], mappings: encodeMappings(lines) },
  }
}

function startsOfLines(code: string): number[] {
  const starts = [0]
  for (let at = code.indexOf('\n'); at !== -1; at = code.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Zero-based line of an offset. */
function lineOf(lineStarts: readonly number[], offset: number): number {
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}
