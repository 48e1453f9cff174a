import { expect, test } from 'vitest'
import { formatMillis, groupThousands } from '../../src/engine/format.ts'
import { badInput, show } from '../../src/engine/errors.ts'

test('numbers and virtual times look the same on every machine', () => {
  expect([0, 5, 999, 1_000, 61_204, 1_234_567.5].map(groupThousands)).toEqual([
    '0',
    '5',
    '999',
    '1,000',
    '61,204',
    '1,234,567.5',
  ])
  expect([0, 412_000, 1_204_500, 49, 50].map(formatMillis)).toEqual(['0 ms', '412 ms', '1,204.5 ms', '0 ms', '0.1 ms'])
})

test('any value can be shown in an error, shortly', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const hostile = {
    get x(): never {
      throw new Error('no')
    },
  }
  const values = [undefined, null, NaN, 5n, Symbol('s'), cycle, hostile, [1, 2], { a: 1 }, /x/, new Error('e'), () => 1]
  expect(values.map(show)).toEqual([
    'undefined',
    'null',
    'NaN',
    '5n',
    'Symbol(s)',
    '[object Object]',
    '[object Object]',
    '[1,2]',
    '{"a":1}',
    '/x/',
    'Error: e',
    'a function',
  ])
  expect(show('x'.repeat(1_000)).length).toBeLessThan(80)
  expect(show({ x: 'x'.repeat(1_000) }).length).toBeLessThan(100)
  expect(badInput('option x', 5, 'it must be 4')).toMatchObject({
    code: 'BAD_INPUT',
    message: 'option x is 5: it must be 4',
  })
})
