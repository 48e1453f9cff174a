import type { StoryRecord } from './story-record.ts'

/** A name, number or id in a text: 'color-3', '17', 'm4'. */
const word = /[\p{L}\p{N}_](?:[\p{L}\p{N}_.:/-]*[\p{L}\p{N}_])?/gu

/** A word that is in more records than this share says nothing about any of them. */
const commonShare = 4

/** How many of the first and of the last records with a word are found. */
const [firsts, lasts] = [2, 1]

/**
 * Records whose values have a word of the failure's message: the first ones, where that value came into the world, and
 * the last one. Words that most records have do not count.
 */
export function mentioned(shown: readonly StoryRecord[], message: string): ReadonlySet<StoryRecord> {
  const places = new Map<string, StoryRecord[]>()
  for (const one of wordsOf(message)) places.set(one, [])
  for (const record of shown) {
    if (record.type === 'failure' || record.type === 'check') continue
    for (const one of wordsOf(valuesOf(record))) places.get(one)?.push(record)
  }
  const found = new Set<StoryRecord>()
  for (const records of places.values()) {
    if (records.length * commonShare > Math.max(shown.length, firsts * commonShare)) continue
    for (const record of [...records.slice(0, firsts), ...records.slice(-lasts)]) found.add(record)
  }
  return found
}

/** Nodes that the failure's message names, when it does not name them all. */
export function namedNodes(shown: readonly StoryRecord[], message: string): ReadonlySet<string> {
  const nodes = new Set(shown.flatMap((record) => (record.type === 'send' ? [record.from, record.to] : [record.node])))
  const words = wordsOf(message)
  const named = new Set([...nodes].filter((node) => node !== 'test' && words.has(node)))
  return named.size < nodes.size ? named : new Set()
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(word))
}

/** What a record says of values, without names of nodes and methods. */
function valuesOf(record: StoryRecord): string {
  switch (record.type) {
    case 'send':
      return record.payload
    case 'storage':
      return `${record.key ?? ''} ${record.value ?? ''}`
    case 'actor':
      return record.value ?? ''
    case 'operation':
      return `${record.args ?? ''} ${record.value ?? ''}`
    case 'log':
      return record.text
    default:
      return ''
  }
}
