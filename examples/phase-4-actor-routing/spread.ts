/** How many actors each node got, over all seeds: placement is random, so no single seed can say whether it is balanced. */
export class Spread {
  /** By seed, so that a seed that runs twice counts once. */
  private readonly bySeed = new Map<number, readonly number[]>()

  add(seed: number, counts: readonly number[]): void {
    this.bySeed.set(seed, counts)
  }

  get seeds(): number {
    return this.bySeed.size
  }

  /** Of each node, all seeds together. */
  get counts(): number[] {
    const all = [...this.bySeed.values()]
    return (all[0] ?? []).map((_, node) => all.reduce((sum, counts) => sum + (counts[node] ?? 0), 0))
  }

  /** Pearson's statistic against a placement that treats all nodes alike. */
  get chiSquare(): number {
    const { counts } = this
    const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
    return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  }
}
