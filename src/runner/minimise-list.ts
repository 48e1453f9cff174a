/**
 * A smaller list that still passes the test, by delta debugging (Zeller and Hildebrandt, 2002): tries to leave out ever
 * smaller chunks. Every element of the result is needed when the test is given enough tries.
 */
export async function minimiseList<T>(
  list: readonly T[],
  stillFails: (shorter: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let best = list
  if (best.length > 0 && (await stillFails([]))) return []
  let chunks = 2
  while (best.length >= 2) {
    const size = Math.ceil(best.length / chunks)
    let reduced = false
    for (let start = 0; start < best.length; start += size) {
      const shorter = [...best.slice(0, start), ...best.slice(start + size)]
      if (shorter.length > 0 && (await stillFails(shorter))) {
        best = shorter
        chunks = Math.max(2, chunks - 1)
        reduced = true
        break
      }
    }
    if (reduced) continue
    if (size === 1) break
    chunks = Math.min(best.length, chunks * 2)
  }
  return best
}
