import { createHash } from 'node:crypto'

/** One short word for many fingerprints. */
export function combine(fingerprints: readonly string[]): string {
  return createHash('sha256').update(fingerprints.join('\n')).digest('hex').slice(0, 16)
}
