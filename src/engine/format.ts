/** Virtual time for a message: '412 ms', '1,204.5 ms' (input in µs). */
export function formatMillis(micros: number): string {
  const millis = Math.round(micros / 100) / 10
  return `${groupThousands(millis)} ms`
}

/** Two signed 32-bit words. */
export type Digest = readonly [number, number]

/** 16 hex digits. */
export function formatDigest(digest: Digest): string {
  return digest.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

/** 61204 → '61,204'; independent of the machine's locale. */
export function groupThousands(value: number): string {
  const [whole = '', fraction] = String(value).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
