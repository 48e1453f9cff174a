/** One place of the output and where it came from; all zero-based. */
export interface Segment {
  readonly column: number
  readonly line: number
  readonly sourceColumn: number
}

/** The `mappings` of a source map with one source (source map v3: base64 VLQ, each number relative to the one before). */
export function encodeMappings(lines: readonly (readonly Segment[])[]): string {
  let line = 0
  let sourceColumn = 0
  return lines
    .map((segments) => {
      let column = 0
      return segments
        .map((segment) => {
          const text =
            variableLength(segment.column - column) +
            'A' +
            variableLength(segment.line - line) +
            variableLength(segment.sourceColumn - sourceColumn)
          column = segment.column
          line = segment.line
          sourceColumn = segment.sourceColumn
          return text
        })
        .join(',')
    })
    .join(';')
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function variableLength(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1
  let text = ''
  do {
    const more = rest >>> 5 > 0 ? 32 : 0
    text += digits[(rest & 31) | more]
    rest >>>= 5
  } while (rest > 0)
  return text
}
