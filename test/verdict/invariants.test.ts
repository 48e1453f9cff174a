import { expect, test } from 'vitest'
import type { InvariantCheck } from '../../src/world/invariants.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

/** A counter on a node goes 1, 2, 3 … every 10 ms; the invariant looks at it. */
const counting =
  (check: (count: number) => unknown, when?: 'event' | 'quiet') =>
  async (sim: Simulation): Promise<void> => {
    let count = 0
    sim.invariant('count stays small', (() => check(count)) as InvariantCheck, when === undefined ? {} : { when })
    sim.node('n', () => {
      const timer = setInterval(() => {
        if (++count === 5) clearInterval(timer)
      }, 10)
    })
    await sim.sleep(100)
  }

test('an invariant that answers false fails at the event that broke it', async () => {
  const failure = await failureOf(counting((count) => count < 3))
  expect(failure).toMatchObject({
    kind: 'InvariantViolation',
    name: 'count stays small',
    message: '"count stays small" does not hold',
    time: 30_000,
  })
  await passes(counting((count) => count < 6))
})

test('the failure names the owner of the event that broke it', async () => {
  expect((await failureOf(counting((count) => count < 3))).owner).toBe('n')
})

test('an invariant that answers a string says why', async () => {
  const failure = await failureOf(counting((count) => (count < 3 ? true : `count is ${count}`)))
  expect(failure).toMatchObject({ kind: 'InvariantViolation', message: '"count stays small": count is 3' })
})

test('an invariant whose check throws fails, with the error', async () => {
  const failure = await failureOf(
    counting((count) => {
      if (count === 2) throw new TypeError('planted')
      return true
    }),
  )
  expect(failure.message).toBe('"count stays small": its check threw: planted')
  expect(failure.error).toBeInstanceOf(TypeError)
  expect(failure.time).toBe(20_000)
})

test('an invariant that answers anything else cannot pass by accident', async () => {
  for (const answer of [undefined, null, 1, 'yes', {}, Promise.resolve(true)] as unknown[]) {
    if (answer === 'yes') continue
    const failure = await failureOf(counting(() => answer))
    expect(failure).toMatchObject({ kind: 'InvariantViolation', name: 'count stays small' })
    expect(failure.message).toContain('it must answer true, or a string that says why not, synchronously')
  }
})

test('a quiet invariant is judged when nothing is in flight, not before', async () => {
  const body = (leaky: boolean) => async (sim: Simulation) => {
    let open = 0
    sim.invariant('all closed', () => open === 0 || `${open} open`, { when: 'quiet' })
    sim.node('server', (node) =>
      node.bus.handle('open', async () => {
        open++
        await sim.sleep(20)
        if (!leaky) open--
      }),
    )
    sim.node('client', (node) => void node.bus.request('server', 'open').catch(() => undefined))
    await sim.sleep(15)
  }
  await passes(body(false))
  expect(await failureOf(body(true))).toMatchObject({ kind: 'InvariantViolation', message: '"all closed": 1 open' })
})

test('sim.quiesce() checks the quiet invariants in the middle of the body', async () => {
  const body = (wrong: boolean) => async (sim: Simulation) => {
    let done = false
    sim.invariant('done when quiet', () => done, { when: 'quiet' })
    sim.node('n', () => void setTimeout(() => (done = true), 5))
    if (!wrong) await sim.sleep(6)
    await sim.quiesce()
    done = true
  }
  expect((await failureOf(body(true))).kind).toBe('InvariantViolation')
  await passes(body(false))
})

test('invariants are checked after the last event, too', async () => {
  const body = (wrong: boolean) => (sim: Simulation) => {
    let broken = false
    sim.invariant('never broken', () => !broken)
    broken = wrong
  }
  expect((await failureOf(body(true))).kind).toBe('InvariantViolation')
  await passes(body(false))
})

test('a check without a name, without a function or at an unknown time is refused', async () => {
  const bad: [unknown[], RegExp][] = [
    [['', () => true], /invariant name is '': it must be a non-empty string/],
    [['x', true], /check of invariant 'x' is true: it must be a function/],
    [['x', () => true, { when: 'later' }], /when of invariant 'x' is 'later': it must be 'event' or 'quiet'/],
    [['x', () => true, { wen: 'quiet' }], /invariant option 'wen'/],
  ]
  for (const [args, message] of bad) {
    const failure = await failureOf((sim) => sim.invariant(...(args as Parameters<Simulation['invariant']>)))
    expect(failure.message).toMatch(message)
  }
})
