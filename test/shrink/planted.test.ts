/** What is left of planted bugs, found under swarm: little, all of it needed, and still the same failure. */
import { expect, test } from 'vitest'
import { isSameFailure } from '../../src/shrink/same-failure.ts'
import { plantedBugs } from '../planted/registry.ts'
import { replay, search, sizeOf, titleOf, withoutOne } from './run.ts'

/** An odd number: not every seed has faults that make a small plan; `npm run bench:bugs` lists those of 20 root seeds. */
const roots = [1, 2, 3]

test.each(plantedBugs)('$name', async ({ body, options, minimum }) => {
  const sizes: number[] = []
  for (const root of roots) {
    const given = { ...options, chaos: 'swarm', seed: root } as const
    const { failure } = await search(body, given)
    const { minimal, seed, run } = failure
    // The order of events alone does it: there is nothing to leave out.
    if (run?.faults.length === 0 && run.operations.length === 0) {
      sizes.push(0)
      continue
    }
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
  }
  const median = sizes.sort((a, b) => a - b)[(roots.length - 1) / 2]
  expect(median, `of ${sizes.join(', ')}`).toBeLessThanOrEqual(1.5 * minimum)
  expect(sizes.at(-1), `of ${sizes.join(', ')}`).toBeLessThanOrEqual(2 * minimum)
})
