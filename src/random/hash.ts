/** Mixes one 32-bit word into a running hash (the round of MurmurHash3, public domain). */
export function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  let h = hash ^ Math.imul(k, 0x1b873593)
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

/** Spreads every input bit over the whole word (the finaliser of MurmurHash3). */
export function avalanche(hash: number): number {
  let h = hash ^ (hash >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** The same for a text that will hardly come again. */
export function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return avalanche(h)
}

const interned = new Map<string, number>()
const internedMax = 4096

/** Hashes a string to a signed 32-bit word (FNV-1a, then avalanche); short-lived names do not fill the cache. */
export function hashString(text: string): number {
  const known = interned.get(text)
  if (known !== undefined) return known
  const h = hashText(text)
  if (interned.size < internedMax) interned.set(text, h)
  return h
}
