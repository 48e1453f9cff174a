import { LRUCache } from 'lru-cache'
import memoizee from 'memoizee'

/** Module-level, as services have them. */
export const cached = new LRUCache<string, number>({ max: 10, ttl: 1_000 })

let count = 0
export const calls = (): number => count
export const lookUp = memoizee(
  (key: number) => {
    count++
    return `${key} first`
  },
  { maxAge: 100 },
)
