/** Every failure leads to a line of the user's code, and says enough. */
import { expect, test } from 'vitest'
import { always, alwaysLessThan, unreachable } from '../../src/assertions/sdk.ts'
import { userFrames } from '../../src/engine/stack.ts'
import type { Simulation } from '../../src/world/door.ts'
import { simulationFailed } from '../../plugin/worker/simulation-failed.ts'
import { failureOf } from './verdict.ts'

/** The line of this file that calls it. */
const here = (): number => Number(/place\.test\.ts:(\d+)/.exec(userFrames(new Error().stack ?? '')[1] ?? '')?.[1])

const failing: Record<string, (sim: Simulation) => unknown> = {
  always: async (sim) => {
    await sim.sleep(1)
    line = here() + 1
    always(false, 'x')
  },
  'always in a handler': async (sim) => {
    sim.node('server', (node) =>
      node.bus.handle('ask', () => {
        line = here() + 1
        always(false, 'x')
      }),
    )
    await sim.node('client').bus.request('server', 'ask', 1)
  },
  alwaysLessThan: () => {
    line = here() + 1
    alwaysLessThan(3, 2, 'x')
  },
  unreachable: () => {
    line = here() + 1
    unreachable('x')
  },
  'an invariant that answers': (sim) => {
    line = here() + 1
    sim.invariant('x', () => 'no')
  },
  'an invariant that throws': (sim) => {
    sim.invariant('x', () => {
      line = here() + 1
      throw new RangeError('planted')
    })
  },
  'a deadlock': async () => {
    const never = new Promise(() => undefined)
    line = here() + 1
    await never
  },
  'a leak': async (sim) => {
    sim.node('server', (node) => node.bus.handle('ask', () => new Promise(() => undefined)))
    const client = sim.node('client')
    line = here() + 1
    void client.bus.request('server', 'ask', 1, { timeout: Infinity })
    await sim.sleep(50)
  },
}

let line = 0

test.each(Object.keys(failing))('%s has file and line', async (name) => {
  const { kind, message, error, stack } = await failureOf(failing[name] as (sim: Simulation) => unknown)
  const shown = simulationFailed(kind, message, '', error, stack)
  const [first] = userFrames(shown.stack ?? '')
  if (name === 'a leak') expect(shown.stack).toMatch(/place\.test\.ts:\d+/)
  else expect(first).toMatch(new RegExp(`place\\.test\\.ts:${line}:`))
  expect(shown.name, 'the kind').toBe(kind)
})

test('an invariant that throws is named, and so is what it threw', async () => {
  const { kind, message, error, stack } = await failureOf(failing['an invariant that throws'] as () => unknown)
  const shown = simulationFailed(kind, message, '', error, stack)
  expect(`${shown.name}: ${shown.message}`).toBe('InvariantViolation: "x": its check threw: planted')
})

test('details are shown whole, up to some thousand characters, and run no code', async () => {
  const long = { list: Array.from({ length: 150 }, (_, i) => `item ${i}`), last: 'the end' }
  const { message } = await failureOf(() => always(false, 'x', long))
  expect(message).toContain('"item 149"],"last":"the end"}')
  const odd = { map: new Map([['a', NaN]]), big: 5n, none: undefined, self: null as unknown }
  odd.self = odd
  let read = 0
  Object.defineProperty(odd, 'getter', { enumerable: true, get: () => ++read })
  const other = await failureOf(() => always(false, 'x', odd))
  expect(other.message).toMatch(
    /map: Map\(1\) \{ 'a' => NaN \}, big: 5n, none: undefined, self: \[Circular \*1\], getter: \[Getter\]/,
  )
  expect(read).toBe(0)
  const huge = await failureOf(() => always(false, 'x', () => 'y'.repeat(10_000)))
  expect(huge.message.length).toBeLessThan(5_000)
  expect(huge.message).toContain('… (10000 characters)')
})
