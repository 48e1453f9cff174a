/**
 * Tries a shorter list. Returns what is left of it when it still fails the same way (it may turn out to be even shorter),
 * or undefined when it does not.
 */
export type Attempt<T> = (shorter: readonly T[]) => Promise<readonly T[] | undefined>

/**
 * A smaller list that still fails, by delta debugging (Zeller and Hildebrandt, 2002): leaves out ever smaller chunks.
 * When `attempt` never gives up, every single element of the result is needed.
 */
export async function minimiseList<T>(list: readonly T[], attempt: Attempt<T>): Promise<readonly T[]> {
  if (list.length === 0) return list
  const none = await attempt([])
  if (none !== undefined) return none
  let best = list
  let size = Math.ceil(best.length / 2)
  for (;;) {
    const before = best.length
    for (let start = 0; start < best.length && best.length > 1;) {
      const shorter = [...best.slice(0, start), ...best.slice(start + size)]
      const kept = shorter.length === 0 ? undefined : await attempt(shorter)
      // What came after the chunk has moved to its place.
      if (kept === undefined) start += size
      else best = kept
    }
    if (size === 1 && best.length === before) return best
    size = Math.max(1, Math.min(Math.ceil(size / 2), Math.ceil(best.length / 2)))
  }
}
