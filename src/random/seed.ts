import alea from 'seedrandom/lib/alea.js'

/** One more than the largest seed. */
export const seedLimit = 2 ** 53

/** True for an unsigned integer below 2^53. */
export function isSeed(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < seedLimit && !Object.is(value, -0)
  )
}

/**
 * The seed of iteration `index` (zero-based) under a root seed.
 *
 * `deriveSeed(root, 0) === root`, so any printed seed replays alone.
 */
export function deriveSeed(root: number, index: number): number {
  if (index === 0) return root
  return Math.floor(alea(`${root}/${index}`).double() * seedLimit)
}

/** The 128 bits from which every named stream of a seed is derived. */
export function seedKey(seed: number): readonly [number, number, number, number] {
  const generator = alea(String(seed))
  return [generator.int32(), generator.int32(), generator.int32(), generator.int32()]
}
