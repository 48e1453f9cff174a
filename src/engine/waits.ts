import type { Wait } from './failure.ts'
import { formatMillis } from './format.ts'
import { userFrames } from './stack.ts'

/** Longest list of waiting parties in a message. */
const shownWaits = 20

/** One line for each waiting party, each on a line of its own; empty when nobody waits. */
export function describeWaits(waits: readonly Wait[], heading = ''): string {
  if (waits.length === 0) return ''
  const shown = waits.slice(0, shownWaits).map(({ owner, what, since, stack }) => {
    const [frame] = userFrames(stack?.stack ?? '')
    const where = frame === undefined ? '' : ` (${frame.trim()})`
    return `\n  ${owner} waits for ${what}, since ${formatMillis(since)}${where}`
  })
  const more = waits.length > shownWaits ? `\n  and ${waits.length - shownWaits} more` : ''
  return heading + shown.join('') + more
}
