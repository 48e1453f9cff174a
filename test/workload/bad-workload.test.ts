/** What is wrong with an alphabet, an option or an argument is said with its place, before it can do harm. */
import { describe, expect, test } from 'vitest'
import { operation } from '../../src/world/operation.ts'
import { copyPlainData } from '../../src/workload/plain-data.ts'
import { failureOf } from '../network-chaos/check.ts'
import { outcome } from './run.ts'

const nothing = operation({ run: () => undefined })

const messageOf = async (alphabet: unknown, options: unknown = { operations: 3 }): Promise<string> => {
  const failure = await failureOf((sim) => sim.workload(alphabet as never, options as never), { iterations: 1 })
  expect(failure.error).toMatchObject({ code: 'BAD_INPUT' })
  return failure.message
}

test.each([
  ['none', undefined, /workload alphabet is undefined: it must be an object of operations/],
  ['empty', {}, /workload alphabet is \{\}: it must be an object of operations, one at least/],
  ['no operation', { a: 5 }, /operation 'a' is 5: it must be operation\(/],
  ['no run', { a: {} }, /operation 'a' is \{\}: it must be operation\(/],
  ['bad weight', { a: { ...nothing, weight: -1 } }, /weight of operation 'a' is -1: it must be a number, 0 or more/],
  ['endless weight', { a: { ...nothing, weight: Infinity } }, /weight of operation 'a' is Infinity/],
  ['bad draw', { a: { ...nothing, draw: 'x' } }, /draw of operation 'a' is 'x': it must be a function/],
  ['bad enabled', { a: { ...nothing, enabled: true } }, /enabled of operation 'a' is true: it must be a function/],
  [
    'unknown part',
    { a: { ...nothing, wieght: 3 } },
    /wieght of operation 'a' is 3: known are weight, enabled, draw, run/,
  ],
  ['nothing to do', { a: { ...nothing, weight: 0 } }, /every weight is 0/],
])('alphabet: %s', async (_what, alphabet, message) => {
  expect(await messageOf(alphabet)).toMatch(message)
})

test.each([
  [null, /workload options is null: they must be an object with the number of operations/],
  [{}, /'operations' is undefined: it must be a whole number above 0/],
  [{ operations: 0 }, /'operations' is 0/],
  [{ operations: 1.5 }, /'operations' is 1.5/],
  [{ operations: 1, concurrency: 0 }, /'concurrency' is 0/],
  [{ operations: 1, thinkTime: 5 }, /'thinkTime' is 5: it must be a range \[min, max\]/],
  [{ operations: 1, thinkTime: [5, 1] }, /'thinkTime' is \[5,1\]/],
  [{ operations: 1, thinkTime: [0, 1, 2] }, /'thinkTime' is \[0,1,2\]/],
  [{ operations: 1, swarm: 'yes' }, /'swarm' is 'yes': it must be true or false/],
  [{ operations: 1, think: 1 }, /workload option 'think' is 1: known are operations, concurrency, swarm, thinkTime/],
])('options %j', async (options, message) => {
  expect(await messageOf({ nothing }, options)).toMatch(message)
})

describe('an argument is plain data', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = { cyclic }
  class Account {
    id = 1
  }
  test.each([
    [
      'a function',
      { callback: () => 1 },
      /argument of operation 'a'\.callback is function callback: it must be plain data/,
    ],
    ['a date', [new Date(0)], /argument of operation 'a'\[0\] is .*: it must be plain data/],
    ['an instance', { to: new Account() }, /argument of operation 'a'\.to is \{"id":1\}: it must be plain data/],
    ['a map', new Map(), /argument of operation 'a' is .*: it must be plain data/],
    ['not a number', { n: { deep: [1, NaN] } }, /argument of operation 'a'\.n\.deep\[1\] is NaN/],
    ['infinity', Infinity, /argument of operation 'a' is Infinity/],
    ['a bigint', 3n, /argument of operation 'a' is 3n/],
    ['a symbol', Symbol('x'), /argument of operation 'a' is Symbol\(x\)/],
    ['a hole', [1, undefined], /argument of operation 'a'\[1\] is undefined/],
    ['a cycle', cyclic, /it contains itself, or is nested more than 100 deep/],
  ])('%s is none', async (_what, argument, message) => {
    expect(await messageOf({ a: operation({ draw: () => argument, run: () => undefined }) })).toMatch(message)
  })

  test('what is plain is copied as JSON keeps it', () => {
    const plain = { a: [1, 'two', null, true, { b: [] }], c: undefined, d: -0, e: '\ud800' }
    const copy = copyPlainData(plain, 'x')
    expect(copy).toStrictEqual(JSON.parse(JSON.stringify(plain)))
    expect(Object.is(copy.d, 0)).toBe(true)
    expect(copy.a).not.toBe(plain.a)
    expect(copyPlainData(undefined, 'x')).toBeUndefined()
    expect(copyPlainData(Object.assign(Object.create(null) as object, { a: 1 }), 'x')).toEqual({ a: 1 })
  })

  test('every operation is checked, not only the first of its name', async () => {
    const later = operation({ draw: ({ now }) => (now < 50 ? 1 : new Date(0)), run: () => undefined })
    expect(await messageOf({ later }, { operations: 100 })).toContain('it must be plain data')
  })

  test('an operation that changes its argument changes neither what was drawn nor the history', async () => {
    const shared = { list: [3, 1, 2] }
    const greedy = operation({ draw: () => shared, run: (_sim, { list }) => list.splice(0).length })
    const { history } = await outcome({ greedy }, { operations: 5 })
    expect(history.map(({ argument }) => argument)).toEqual(new Array(5).fill({ list: [3, 1, 2] }))
    expect(history.map(({ result }) => result)).toEqual(new Array(5).fill(3))
    expect(shared.list).toEqual([3, 1, 2])
  })
})

test('what draw and enabled throw fails the seed', async () => {
  const run = (): undefined => undefined
  const draw = (): never => {
    throw new RangeError('random.pick: the list is empty')
  }
  for (const bad of [operation({ draw, run }), operation({ enabled: draw, run })]) {
    const failure = await failureOf((sim) => sim.workload({ bad: bad as typeof nothing }, { operations: 3 }))
    expect(failure).toMatchObject({ kind: 'BodyFailed', name: 'RangeError' })
  }
})
