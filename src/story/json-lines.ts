import type { RecordedTrace } from '../trace/records.ts'

/** A trace as a file of JSON Lines: the header, then one record a line. */
export function traceToJsonLines({ header, records }: RecordedTrace): string {
  return `${[header, ...records].map((line) => JSON.stringify(line)).join('\n')}\n`
}
