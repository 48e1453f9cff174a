import { describe, expect, test } from 'vitest'
import {
  always,
  alwaysGreaterThan,
  alwaysLessThan,
  alwaysOrUnreachable,
  buggify,
  buggifyDelay,
  buggifyValue,
  reachable,
  sometimes,
  sometimesAll,
  sometimesEach,
  sometimesGreaterThanOrEqual,
  unreachable,
} from '../../src/assertions/sdk.ts'
import { actor } from '../../src/actors/actor.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

/** What JavaScript lets through. */
type Loose = (...args: unknown[]) => unknown
const loose = (call: unknown): Loose => call as Loose

const isTrue = (): boolean => true
const later = async (): Promise<boolean> => false
const four = async (): Promise<number> => 4
const thenable = Object.defineProperty({}, 'th' + 'en', { value: () => undefined })
const unreadable = new Proxy({}, { get: () => Promise.reject(), ownKeys: () => [][Symbol.iterator]() as never })

/** Each misuse of an assertion, and what the failure says. */
const misuses: Record<string, [call: () => unknown, says: string]> = {
  'a promise for always': [() => loose(always)(later(), 'x'), 'always "x": its condition is a promise (await it)'],
  'a promise for sometimes': [() => loose(sometimes)(later(), 'x'), 'sometimes "x": its condition is a promise'],
  'a promise for alwaysOrUnreachable': [
    () => loose(alwaysOrUnreachable)(later(), 'x'),
    'alwaysOrUnreachable "x": its condition is a promise',
  ],
  'a thenable': [() => loose(always)(thenable, 'x'), 'its condition is a promise (await it)'],
  'a function that was not called': [
    () => loose(always)(isTrue, 'x'),
    'its condition is function isTrue (call it): it must be true or false',
  ],
  'swapped arguments': [
    () => loose(always)('never negative', false),
    "always: its arguments are swapped: the condition comes first, then the name; the condition is 'never negative'",
  ],
  'swapped arguments of sometimes': [() => loose(sometimes)('seen', true), 'sometimes: its arguments are swapped'],
  'a number': [() => loose(always)(1, 'x'), 'its condition is 1: it must be true or false'],
  zero: [() => loose(sometimes)(0, 'x'), 'its condition is 0: it must be true or false'],
  nothing: [() => loose(always)(undefined, 'x'), 'its condition is undefined: it must be true or false'],
  null: [() => loose(sometimes)(null, 'x'), 'its condition is null: it must be true or false'],
  'an object': [() => loose(always)({ ok: true }, 'x'), 'its condition is {"ok":true}: it must be true or false'],
  'a boolean object': [() => loose(always)(new Boolean(false), 'x'), 'it must be true or false'],
  'no name': [() => loose(always)(true), 'always: its name is undefined: it must be a non-empty string'],
  'an empty name': [() => sometimes(true, ''), "its name is '': it must be a non-empty string"],
  'a name that is none': [() => loose(reachable)(7), 'reachable: its name is 7: it must be a non-empty string'],
  'a promise for a name': [() => loose(reachable)(four()), 'reachable: its name is a promise (await it)'],
  'an unreachable without name': [() => loose(unreachable)(), 'unreachable: its name is undefined'],
  'a symbol for a name': [() => loose(unreachable)(Symbol('x')), 'unreachable: its name is Symbol(x)'],
  'a promise of details': [() => loose(always)(true, 'x', four()), 'always "x": its details are a promise (await it)'],
  'a boolean for details': [() => loose(sometimes)(true, 'x', false), 'its details are false'],
  'a promise for a value': [() => loose(alwaysLessThan)(four(), 5, 'x'), 'alwaysLessThan "x": its value is a promise'],
  'a promise for a bound': [() => loose(alwaysGreaterThan)(4, four(), 'x'), 'its bound is a promise (await it)'],
  NaN: [() => alwaysLessThan(NaN, 5, 'x'), 'its value is NaN: it must be a number, and not NaN'],
  'NaN for a bound': [
    () => sometimesGreaterThanOrEqual(3, NaN, 'x'),
    'sometimesGreaterThanOrEqual "x": its bound is NaN',
  ],
  'a text for a number': [() => loose(alwaysLessThan)('3', 5, 'x'), "its value is '3': it must be a number"],
  'a big integer': [() => loose(alwaysLessThan)(3n, 5n, 'x'), 'its value is 3n: it must be a number'],
  'a missing value': [() => loose(sometimesGreaterThanOrEqual)(undefined, 5, 'x'), 'its value is undefined'],
  'a numeric assertion with its name first': [
    () => loose(alwaysLessThan)('queue', 3, 5),
    'alwaysLessThan: its arguments are swapped',
  ],
  'a promise in sometimesAll': [
    () => loose(sometimesAll)({ a: true, b: later() }, 'x'),
    `sometimesAll "x": its condition 'b' is a promise (await it): it must be true or false`,
  ],
  'a number in sometimesAll': [() => loose(sometimesAll)({ a: 1 }, 'x'), `its condition 'a' is 1`],
  'nothing in sometimesAll': [() => sometimesAll({}, 'x'), 'its conditions are {}: they must be an object'],
  'no object for sometimesAll': [() => loose(sometimesAll)(true, 'x'), 'its conditions are true'],
  'an unreadable object for sometimesAll': [() => loose(sometimesAll)(unreadable, 'x'), 'its conditions are'],
  'a promise for sometimesEach': [() => loose(sometimesEach)('x', four()), 'sometimesEach "x": its value is a promise'],
  'a promise for what sometimesEach expects': [() => loose(sometimesEach)('x', 1, four()), 'expected is a promise'],
  'a value that sometimesEach cannot expect': [() => loose(sometimesEach)('x', 1, [{}]), 'expected is [{}]'],
  'an object for sometimesEach': [() => loose(sometimesEach)('x', Object.create(null)), 'its value is {}'],
  'a site that has no name': [() => loose(buggify)(), 'buggify: its name is undefined'],
  'a probability above 1': [
    () => buggify('x', 25),
    'buggify "x": its probability is 25: it must be a number from 0 to 1',
  ],
  'a promise for a probability': [() => loose(buggify)('x', four()), 'its probability is a promise (await it)'],
  'a delay without range': [() => loose(buggifyDelay)('x'), 'buggifyDelay "x": its range is undefined'],
  'a range upside down': [() => buggifyDelay('x', [5, 1]), 'its range is [5,1]: it must be [min, max] of virtual'],
  'a value out of a promised range': [
    () => loose(buggifyValue)('x', 1, four()),
    'buggifyValue "x": its range is a promise',
  ],
  'a usual value that is none': [() => loose(buggifyValue)('x', 'one', [1, 2]), "its usual value is 'one'"],
}

describe('an assertion that cannot be judged', () => {
  test.each(Object.keys(misuses))('%s: the seed fails at once, and no error is thrown', async (name) => {
    const [call, says] = misuses[name]!
    let went = false
    for (const onNode of [false, true]) {
      const failure = await failureOf(async (sim) => {
        const run = async (): Promise<void> => {
          await sim.sleep(3)
          await call()
          went = true
        }
        await (onNode ? sim.node('n').run(run) : run())
        await sim.sleep(10)
      })
      expect(failure).toMatchObject({ kind: 'BadCondition', owner: onNode ? 'n' : 'test', time: 3_000 })
      expect(failure.message).toContain(says)
      expect(failure.stack, 'it names the place').toContain('bad-conditions.test.ts')
      expect(went, 'the code went on').toBe(true)
    }
  })

  test('outside a simulation the same calls do nothing', async () => {
    for (const [call] of Object.values(misuses)) await call()
  })

  test('what TypeScript lets through passes', async () => {
    await passes((sim) => {
      always(true, 'a', { order: 1 })
      always(true, 'a', () => 'text')
      always(true, 'a', undefined)
      alwaysOrUnreachable(true, 'b', () => new Error('an error has details, too'))
      sometimes(false, 'c', 'text')
      reachable('d')
      alwaysLessThan(-Infinity, Infinity, 'e')
      alwaysGreaterThan(sim.now, -1, 'f')
      sometimesAll({ a: true, b: false }, 'g')
      sometimesEach('h', 'a', ['a', 'b', 3])
      sometimesEach('h', 3)
      buggify('i', 0)
      buggify('i', 1)
      buggifyValue('j', 3, [1, 1])
      return buggifyDelay('k', [0, 5])
    })
  })
})

describe('answers that are neither true nor false', () => {
  const workload = (enabled: () => unknown) => (sim: Simulation) =>
    sim.workload(
      { one: { enabled: enabled as () => boolean, run: () => 1 }, other: { run: () => 2 } },
      { operations: 3 },
    )

  test('of enabled', async () => {
    const failure = await failureOf(workload(later))
    expect(failure.message).toContain("enabled of operation 'one' answered a promise: it must answer true or false")
    for (const answer of [1, undefined, 'yes']) {
      expect((await failureOf(workload(() => answer))).message).toContain('it must answer true or false')
    }
    await passes(workload(() => false))
    await passes(workload(() => true))
  })

  test('of an invariant', async () => {
    for (const when of ['event', 'quiet'] as const) {
      const failure = await failureOf((sim) => sim.invariant('holds', later as never, { when }))
      expect(failure.message).toContain('answered a promise')
      expect((await failureOf((sim) => sim.invariant('holds', (() => 1) as never, { when }))).message).toContain(
        'answered 1',
      )
      await passes((sim) => sim.invariant('holds', () => true, { when }))
    }
  })
})

describe('a generator where a function is called once', () => {
  let ran = 0
  function* generator(): Generator<number> {
    yield ran++
  }
  async function* asyncGenerator(): AsyncGenerator<number> {
    yield ran++
  }
  for (const given of [generator, asyncGenerator]) {
    test(`${given.name} is refused, and nothing of it runs`, async () => {
      await expect(failureOf(given)).rejects.toMatchObject({
        code: 'BAD_INPUT',
        message: expect.stringContaining('body'),
      })
      const says = (text: string) => ({
        message: expect.stringMatching(`${text}.* is function ${given.name}: it is a generator`),
      })
      expect(await failureOf((sim) => sim.node('n', given))).toMatchObject(says("boot of node 'n'"))
      expect(await failureOf((sim) => sim.node('n').run<unknown>(given))).toMatchObject(says('node.run'))
      expect(await failureOf((sim) => sim.node('n').bus.handle('ask', given))).toMatchObject(
        says("bus.handle\\('ask'\\)"),
      )
      expect(await failureOf((sim) => sim.invariant('i', given as never))).toMatchObject(says("check of invariant 'i'"))
      for (const part of ['run', 'draw', 'enabled'] as const) {
        const operation = { run: () => 1, [part]: given }
        const failure = await failureOf((sim) => sim.workload({ o: operation as never }, { operations: 1 }))
        expect(failure).toMatchObject(says(`${part} of operation 'o'`))
      }
      expect(() => actor('a', given as never)).toThrow('it is a generator')
      expect(ran).toBe(0)
    })

    test(`a body that answers what ${given.name} gives fails: nobody runs it`, async () => {
      const failure = await failureOf(() => given())
      expect(failure).toMatchObject({ kind: 'BodyFailed', message: expect.stringContaining('the result of the body') })
      expect(ran).toBe(0)
    })
  }

  test('a function that runs one passes', () => passes(() => void [...generator()]))
})
