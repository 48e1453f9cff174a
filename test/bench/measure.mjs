/**
 * Measures contenders against each other on a machine that is never quiet: round by round A B C A B C, so that what
 * disturbs one disturbs all, and the ratio of two is the median of the ratios within a round.
 *
 * No collection is forced in between: it would throw optimised code away with the hidden classes that nobody uses then.
 *
 * A contender is { name, units, run }; `run` does `units` of work. The first round warms up and is not counted.
 */
export async function interleave(contenders, rounds) {
  const samples = new Map(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const { name, units, run } of contenders) {
      const start = performance.now()
      await run()
      const perSecond = (units * 1000) / (performance.now() - start)
      if (round > 0) samples.get(name).push(perSecond)
    }
  }
  return samples
}

/** Ratios a/b round by round. */
export const ratios = (a, b) => a.map((value, round) => value / b[round])

export const median = (values) => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** One line of the table; with a `key` its median goes into the JSON, too. */
export const row = (label, unit, samples, key) => ({ label, unit, samples, key })
