/** Virtual time for a message: '412 ms', '1,204.5 ms' (input in µs). */
export function formatMillis(micros: number): string {
  const millis = Math.round(micros / 100) / 10
  return `${groupThousands(millis)} ms`
}

/** 61204 → '61,204'; independent of the machine's locale. */
export function groupThousands(value: number): string {
  const [whole = '', fraction] = String(value).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
  return fraction === undefined ? grouped : `${grouped}.${fraction}`
}
