import lodash from 'lodash'
import { RateLimiterMemory } from 'rate-limiter-flexible'

export const limiter = new RateLimiterMemory({ points: 2, duration: 1 })

let count = 0
export const saved = (): number => count
/** Dead from the second seed on, were its timer one of another seed. */
export const save = lodash.debounce(() => {
  count++
}, 50)
