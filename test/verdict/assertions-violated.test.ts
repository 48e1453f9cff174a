import { expect, test } from 'vitest'
import {
  always,
  alwaysGreaterThan,
  alwaysGreaterThanOrEqual,
  alwaysLessThan,
  alwaysLessThanOrEqual,
  alwaysOrUnreachable,
  unreachable,
} from '../../src/assertions/sdk.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

/** Checks on a node at 10 ms, and notes whether anything ran at 11 ms. */
const at10 =
  (check: () => void, later: () => void = () => undefined) =>
  async (sim: Simulation): Promise<void> => {
    sim.node('n', () => {
      setTimeout(() => {
        check()
        afterwards++
      }, 10)
      setTimeout(later, 11)
    })
    await sim.sleep(50)
  }
let afterwards = 0

const violations: [string, () => void, () => void, string, string][] = [
  ['always', () => always(false, 'x'), () => always(true, 'x'), 'AlwaysViolated', 'always "x" was false'],
  [
    'alwaysOrUnreachable',
    () => alwaysOrUnreachable(false, 'x', { seen: 3 }),
    () => alwaysOrUnreachable(true, 'x'),
    'AlwaysViolated',
    'alwaysOrUnreachable "x" was false: {"seen":3}',
  ],
  [
    'unreachable',
    () => unreachable('x', () => 'via the back door'),
    () => undefined,
    'UnreachableReached',
    'unreachable "x" was reached: via the back door',
  ],
  ...(
    [
      [alwaysLessThan, '<', 5, 5, 4],
      [alwaysLessThanOrEqual, '<=', 6, 5, 5],
      [alwaysGreaterThan, '>', 5, 5, 6],
      [alwaysGreaterThanOrEqual, '>=', 4, 5, 5],
    ] as const
  ).map(([assert, sign, bad, bound, good]): [string, () => void, () => void, string, string] => [
    assert.name,
    () => assert(bad, bound, 'x'),
    () => assert(good, bound, 'x'),
    'AlwaysViolated',
    `always "x" was false: ${bad} is not ${sign} ${bound}`,
  ]),
]

for (const [name, bad, good, kind, message] of violations) {
  test(`${name} fails the seed when violated, and only then`, async () => {
    const failure = await failureOf(at10(bad))
    expect(failure).toMatchObject({ kind, name: 'x', message, owner: 'n', time: 10_000 })
    await passes(at10(good))
  })
}

test('a violated assertion does not throw into the code under test, and ends the iteration after its event', async () => {
  afterwards = 0
  let later = 0
  await failureOf(
    at10(
      () => always(false, 'x'),
      () => later++,
    ),
  )
  expect(afterwards, 'the function went on, in the run and in its recording').toBe(2)
  expect(later, 'but no later event ran').toBe(0)
})

test('the first violation of an event is the one reported', async () => {
  const failure = await failureOf(
    at10(() => {
      always(false, 'first')
      unreachable('second')
    }),
  )
  expect(failure.name).toBe('first')
})
