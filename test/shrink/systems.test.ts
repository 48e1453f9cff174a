/** Plans of systems that shrinking was not made for: as small as a person would make them, and true. */
import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { isSameFailure } from '../../src/shrink/same-failure.ts'
import { replay, search, sizeOf, titleOf } from './run.ts'
import { crossed, forgetful, oneNotice, twoCopies, unfencedLock } from './systems.ts'

const roots = [11, 12, 13, 14, 15]

const systems = [
  { name: 'a store that forgets', body: forgetful, minimum: 2 },
  { name: 'two copies, two crashes', body: twoCopies, minimum: 2 },
  { name: 'two links, one late message', body: crossed, minimum: 1 },
  { name: 'one notice, one loss', body: oneNotice, minimum: 2 },
  { name: 'a lock without fencing', body: unfencedLock, minimum: 3 },
]

test.each(systems)('$name', async ({ body, minimum }) => {
  const sizes: number[] = []
  for (const seed of roots) {
    const options = { chaos: 'swarm', seed, iterations: 400 } as const
    const { failure } = await search(body, options)
    const { minimal, run } = failure
    if (minimal === undefined || run?.failure === undefined) throw new Error('there is no minimal form')
    sizes.push(sizeOf(minimal.plan))
    const again = await replay(body, options, failure.seed, minimal.plan)
    expect(again.digest).toBe(minimal.run.digest)
    expect(isSameFailure(run.failure, minimal.run.failure)).toBe(true)
    // A plan without faults says so because it is so.
    if (minimal.calm === 'seed fails') {
      const calm = await checkSimulation(body, { seed: failure.seed, shrink: false, determinism: 0 })
      expect(titleOf(calm.failure!.run!)).toBe(titleOf(run))
    }
  }
  const [median = 0, worst = 0] = [sizes.sort((a, b) => a - b)[2], sizes.at(-1)]
  expect(median, `of ${sizes.join(', ')}`).toBeLessThanOrEqual(1.2 * minimum)
  expect(worst, `of ${sizes.join(', ')}`).toBeLessThanOrEqual(2 * minimum)
})
