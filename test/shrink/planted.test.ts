/** What is left of planted bugs, found under swarm: little, all of it needed, and still the same failure. */
import { describe, expect, test } from 'vitest'
import { isSameFailure } from '../../src/runner/same-failure.ts'
import { plantedBugs } from '../planted/registry.ts'
import { replay, search, sizeOf, titleOf, withoutOne } from './run.ts'

const swarm = { chaos: 'swarm' } as const
const roots = [1, 2, 3]

describe.each(plantedBugs)('$name', ({ body, options, minimum }) => {
  const sizes: number[] = []

  test.each(roots)('from root seed %i', async (root) => {
    const given = { ...options, ...swarm, seed: root }
    const { failure } = await search(body, given)
    const { minimal, seed, run } = failure
    // The order of events alone does it: there is nothing to leave out.
    if (run?.faults.length === 0 && run.operations.length === 0) return void sizes.push(0)
    if (minimal === undefined || run?.failure === undefined) throw new Error('there is no minimal form')
    const { plan } = minimal
    sizes.push(sizeOf(plan))
    expect(minimal.cutShort).toBeUndefined()
    expect(isSameFailure(run.failure, minimal.run.failure)).toBe(true)
    expect(minimal.run.seed, 'a seed is never replaced').toBe(seed)

    const again = await replay(body, given, seed, plan)
    expect(titleOf(again)).toBe(titleOf(run))
    expect(again.digest, 'what was written down is the same run').toBe(minimal.run.digest)
    for (const less of withoutOne(plan)) {
      const title = titleOf(await replay(body, given, seed, less))
      expect(title, `all of ${JSON.stringify(plan)} is needed`).not.toBe(titleOf(run))
    }
  })

  // One seed may lack the fault that would do it in the shortest way, and needs a longer one.
  test('is at most twice as large as one made by hand, in the median', () => {
    expect(sizes).toHaveLength(roots.length)
    const median = sizes.sort((a, b) => a - b)[1]
    expect(median, `${sizes.join(', ')}`).toBeLessThanOrEqual(2 * minimum)
  })
})
