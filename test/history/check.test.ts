/** The checker against every order there is, and each model against a right and a wrong history. */
import { describe, expect, test } from 'vitest'
import {
  type Model,
  type Operation,
  checkLinearizable,
  counter,
  keyValue,
  lock,
  log,
  queue,
  register,
  set,
} from '../../src/history/door.ts'
import { RandomStreams } from '../../src/random/streams.ts'

type AnyModel = Model<unknown, unknown, unknown>
type AnyOperation = Operation<unknown, unknown>

/** Tries all orders: right, and far too slow for more than a few operations. */
function byForce(model: AnyModel, operations: readonly AnyOperation[], state: unknown = model.init()): boolean {
  const mustDo = operations.filter((one) => one.return !== undefined)
  if (mustDo.length === 0) return true
  const firstReturn = Math.min(...mustDo.map((one) => one.return as number))
  return operations.some((one) => {
    if (one.call > firstReturn) return false
    const next = model.step(state, one.input, one.output)
    return (
      next !== undefined &&
      byForce(
        model,
        operations.filter((other) => other !== one),
        next,
      )
    )
  })
}

/** Inputs and outputs, right or wrong, by chance. */
const random: Record<
  string,
  { model: AnyModel; draw: (below: (n: number) => number) => Pick<AnyOperation, 'input' | 'output'> }
> = {
  register: {
    model: register(0),
    draw: (below) => {
      const kind = below(3)
      if (kind === 0) return { input: { read: true }, output: below(3) }
      if (kind === 1) return { input: { write: below(3) }, output: undefined }
      return { input: { compare: below(3), swap: below(3) }, output: below(2) === 0 }
    },
  },
  counter: {
    model: counter(),
    draw: (below) =>
      below(2) === 0 ? { input: { read: true }, output: below(4) } : { input: { add: 1 }, output: 1 + below(4) },
  },
  queue: {
    model: queue<number>(),
    draw: (below) =>
      below(2) === 0
        ? { input: { push: below(3) }, output: undefined }
        : { input: { pop: true }, output: [null, 0, 1, 2][below(4)] },
  },
  lock: {
    model: lock(),
    draw: (below) => {
      const who = 'ab'[below(2)]
      return { input: below(2) === 0 ? { acquire: who } : { release: who }, output: below(3) > 0 }
    },
  },
}

const histories = Number(process.env['RANDOM_HISTORIES'] ?? 600)

describe.each(Object.entries(random))('%s', (name, { model, draw }) => {
  test(`agrees with brute force on ${histories} histories`, () => {
    const stream = new RandomStreams(1).get(`histories ${name}`)
    const below = (n: number): number => stream.below(n)
    const counts = { ok: 0, illegal: 0, unknown: 0 }
    for (let round = 0; round < histories; round++) {
      let time = 0
      const operations: AnyOperation[] = []
      const open = new Map<string, number>()
      for (let event = 2 + below(10); event > 0; event--) {
        const client = 'xyz'[below(3)] as string
        const index = open.get(client)
        if (index === undefined) {
          open.set(client, operations.length)
          operations.push({ client, ...draw(below), call: ++time })
        } else if (below(8) > 0) {
          operations[index] = { ...(operations[index] as AnyOperation), return: ++time }
          open.delete(client)
        } else open.delete(client)
      }
      const known = operations.map((one) => (one.return === undefined ? { ...one, output: undefined } : one))
      const { verdict } = checkLinearizable(model, known)
      counts[verdict]++
      expect(verdict, JSON.stringify(known)).toBe(byForce(model, known) ? 'ok' : 'illegal')
    }
    // It has seen both.
    expect(counts.ok).toBeGreaterThan(histories / 20)
    expect(counts.illegal).toBeGreaterThan(histories / 20)
  })
})

test('a call at the very time of a return overlaps it, and one after it does not', () => {
  const history = (call: number): AnyOperation[] => [
    { client: 'a', input: { write: 1 }, output: undefined, call: 0, return: 5 },
    { client: 'b', input: { read: true }, output: 0, call, return: 9 },
  ]
  const verdict = (call: number): string => checkLinearizable(register(0), history(call) as never).verdict
  expect(verdict(5)).toBe('ok')
  expect(verdict(6)).toBe('illegal')
})

/** One operation after the other. */
const inTurn = (...steps: readonly (readonly [input: unknown, output?: unknown])[]): AnyOperation[] =>
  steps.map(([input, output], index) => ({ client: 'a', input, output, call: index * 2, return: index * 2 + 1 }))

test.each<readonly [string, AnyModel, AnyOperation[], AnyOperation[]]>([
  ['register', register(0), inTurn([{ write: 1 }], [{ read: true }, 1]), inTurn([{ write: 1 }], [{ read: true }, 0])],
  ['counter', counter(), inTurn([{ add: 2 }, 2], [{ read: true }, 2]), inTurn([{ add: 2 }], [{ add: 2 }, 2])],
  [
    'key-value store',
    keyValue(),
    inTurn([{ put: 'a', value: '1' }], [{ get: 'b' }, null], [{ append: 'a', value: '2' }], [{ get: 'a' }, '12']),
    inTurn([{ put: 'a', value: '1' }], [{ delete: 'a' }], [{ get: 'a' }, '1']),
  ],
  [
    'set',
    set<string>(),
    inTurn([{ add: 'x' }, false], [{ has: 'x' }, true]),
    inTurn([{ add: 'x' }, false], [{ add: 'x' }, false]),
  ],
  [
    'queue',
    queue<number>(),
    inTurn([{ push: 1 }], [{ push: 2 }], [{ pop: true }, 1], [{ pop: true }, 2], [{ pop: true }, null]),
    inTurn([{ push: 1 }], [{ push: 2 }], [{ pop: true }, 2]),
  ],
  [
    'lock',
    lock(),
    inTurn([{ acquire: 'a' }, true], [{ acquire: 'b' }, false], [{ release: 'a' }, true]),
    inTurn([{ acquire: 'a' }, true], [{ acquire: 'b' }, true]),
  ],
  [
    'log',
    log<string>(),
    inTurn([{ append: 'x' }, 0], [{ append: 'y' }, 1], [{ read: true }, ['x', 'y']]),
    inTurn([{ append: 'x' }, 0], [{ append: 'y' }, 0]),
  ],
])('%s: a right history and a wrong one', (_name, model, right, wrong) => {
  expect(checkLinearizable(model, right).verdict).toBe('ok')
  expect(checkLinearizable(model, wrong)).toMatchObject({
    verdict: 'illegal',
    text: expect.stringContaining('✗') as string,
  })
})

test('what has not returned may have happened, or not, and late', () => {
  const write = { client: 'a', input: { write: 1 }, call: 0 }
  const read = (output: number, call: number) => ({
    client: 'b',
    input: { read: true as const },
    output,
    call,
    return: call + 1,
  })
  const model = register(0)
  expect(checkLinearizable(model, [write, read(0, 1), read(1, 3)]).verdict).toBe('ok')
  expect(checkLinearizable(model, [write, read(0, 1), read(0, 3)]).verdict).toBe('ok')
  expect(checkLinearizable(model, [write, read(1, 1), read(0, 3)]).verdict).toBe('illegal')
})

test('an answer that is nothing is an answer', () => {
  const lost = inTurn([{ put: 'a', value: '1' }], [{ get: 'a' }])
  expect(checkLinearizable(keyValue() as AnyModel, lost).verdict).toBe('illegal')
  expect(checkLinearizable(keyValue() as AnyModel, inTurn([{ get: 'a' }])).verdict).toBe('ok')
})

test('it draws where a history goes wrong, and nothing after that', () => {
  const operations = [
    ...Array.from({ length: 30 }, (_, n) => ({ client: 'a', input: { write: n }, call: n * 2, return: n * 2 + 1 })),
    { client: 'b', input: { write: 100 }, call: 60, return: 65 },
    { client: 'c', input: { read: true as const }, output: 100, call: 61, return: 62 },
    { client: 'd', input: { read: true as const }, output: 29, call: 63, return: 64 },
    { client: 'a', input: { write: 7 }, call: 70, return: 71 },
  ]
  expect(checkLinearizable(register(0), operations).text).toMatchInlineSnapshot(`
    "no order of these operations is one of a register:
      before: 28
        a  ├───────┤                                         write 29
        b                 ├───────────────────────────────…  write 100
        c                         ├───────┤                  read → 100
      ✗ d                                        ├───────┤   read → 29"
  `)
})

test('it gives up after so many steps', () => {
  const many = Array.from({ length: 12 }, (_, n) => ({ client: `${n}`, input: { write: n }, call: 0, return: 10 }))
  const last = { client: 'r', input: { read: true as const }, output: 99, call: 11, return: 12 }
  expect(checkLinearizable(register(0), [...many, last], { limit: 100 }).verdict).toBe('unknown')
  expect(checkLinearizable(register(0), [...many, last]).verdict).toBe('illegal')
})

test.each([
  [[{ client: 'a', input: { read: true }, call: 5, return: 4 }], {}, 'return is 4'],
  [[], { limit: 0 }, 'limit is 0'],
])('bad input is named', (operations, options, text) => {
  expect(() => checkLinearizable(register(0), operations as never, options)).toThrow(text)
})
