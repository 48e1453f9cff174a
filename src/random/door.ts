/** Seeded randomness: the same seed gives the same numbers. */
export interface Random {
  /**
   * A number from 0 up to, but not including, 1.
   *
   * @example
   * const jitter = sim.random.float() * 10
   */
  float(): number
  /**
   * A whole number from 0 up to, but not including, `limit`.
   *
   * @example
   * await sim.sleep(sim.random.below(30))
   */
  below(limit: number): number
  /**
   * A whole number from `min` to `max`, both included.
   *
   * @example
   * const amount = sim.random.integer(1, 9)
   */
  integer(min: number, max: number): number
  /**
   * A number from `min` to `max`.
   *
   * @example
   * const factor = sim.random.between(0.5, 2)
   */
  between(min: number, max: number): number
  /**
   * True with that probability (0 to 1).
   *
   * @example
   * if (sim.random.chance(0.1)) sim.node('server').crash()
   */
  chance(probability: number): boolean
  /**
   * A number from an exponential distribution.
   *
   * @example
   * await sim.sleep(sim.random.exponential(20))
   */
  exponential(mean: number): number
  /**
   * One element of a list, each as likely.
   *
   * @throws RangeError when the list is empty
   * @example
   * const node = sim.random.pick(sim.nodes)
   */
  pick<T>(list: readonly T[]): T
  /**
   * One key, with a probability in proportion to its weight; undefined when all weights are 0.
   *
   * @example
   * const what = sim.random.weighted([['read', 5], ['write', 1]])
   */
  weighted<K>(weights: readonly (readonly [K, number])[]): K | undefined
  /**
   * A shuffled copy of a list.
   *
   * @example
   * for (const node of sim.random.shuffle(sim.nodes)) node.restart()
   */
  shuffle<T>(list: readonly T[]): T[]
}
