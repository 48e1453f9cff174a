import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { simulation } from 'vitest-simulation'
import * as common from './fixtures/common.cjs'
import label, { born, drawn, events, next, Thing, ticks as present } from './fixtures/counter.ts'
import './fixtures/effect.ts'
import { count, test as fixtureTest } from './fixtures/fixtures.ts'
import { send } from './fixtures/mail.ts'
import * as other from './fixtures/other.ts'
import { register } from './fixtures/register.ts'
import { raise, written } from './fixtures/settings.ts'
import { next as nextWaiting, readyAt } from './fixtures/waits.ts'

const epoch = 1_704_067_200_000
const mocks = vi.hoisted(() => ({ sent: 0 }))
vi.mock('./fixtures/mail.ts', () => ({ send: vi.fn(() => ++mocks.sent) }))

const five = { iterations: 5, determinism: 1 } as const
/** The test file itself is evaluated once: what it counts goes over all iterations. */
const seen = { runs: 0, drawn: new Set<number>() }

describe('each seed evaluates modules anew', () => {
  simulation.test('state, cycles, classes, default exports', five, () => {
    expect(next()).toBe(101)
    expect(next()).toBe(202)
    expect(label()).toBe('count 2')
    expect(other.make()).toBeInstanceOf(Thing)
    expect(new Thing().name).toBe('thing')
    expect(Thing.made).toBe(2)
    expect(events.listenerCount('ping')).toBe(1)
    seen.runs++
    seen.drawn.add(drawn)
  })

  test('and what the test file counts goes on', () => {
    // Each of five seeds runs twice.
    expect(seen.runs).toBe(10)
    expect(seen.drawn.size).toBe(5)
  })

  simulation.test('in its own time and chance, with its own timers', five, async (sim) => {
    expect(born).toBe(epoch)
    expect(present).toBe(0)
    await sim.sleep(105)
    expect(present).toBe(10)
  })

  simulation.test('that wait at a top-level await', five, () => {
    expect(readyAt).toBe(epoch + 5)
    expect(nextWaiting()).toBe(1)
  })

  simulation.test('in CommonJS, with what they require, at once or later', five, () => {
    expect(common.next()).toBe(1)
    expect(common.total()).toBe(1)
    expect(common.events.listenerCount('x')).toBe(0)
    common.events.on('x', () => {})
    expect(common.settings().limit).toBe(3)
    common.settings().limit = 9
    expect(common.settings().limit).toBe(9)
  })

  simulation.test('JSON and queries', five, () => {
    expect(raise()).toBe(4)
    expect(written()).toContain('"limit": 3')
  })

  simulation.test('by import() too, written out or made up', five, async () => {
    const again = await import('./fixtures/counter.ts')
    expect(again.next).toBe(next)
    const name = ['.', 'fixtures', 'late.ts'].join('/')
    const late = (await import(/* @vite-ignore */ name)) as typeof import('./fixtures/late.ts')
    expect(late.next()).toBe(1)
    const missing = ['.', 'fixtures', 'none.ts'].join('/')
    await expect(import(/* @vite-ignore */ missing)).rejects.toThrow('none.ts')
  })

  simulation.test('however a name is used', five, () => {
    const held = { next, other, nested: { label } }
    expect(held.next()).toBe(101)
    expect(held.other.hundreds()).toBe(200)
    expect(held.nested.label()).toBe('count 1')
    const name = (Made: typeof Thing, made = new Made('by name')): string => made.name
    expect(name(Thing)).toBe('by name')
    expect(new other.constructorOf.Thing().name).toBe('thing')
    class Better extends Thing {
      kind = label()
    }
    expect(new Better().kind).toBe('count 1')
    const shadowed = (next: () => string): string => next()
    expect(shadowed(() => 'mine')).toBe('mine')
    expect(`${label()}${typeof next}`).toBe('count 1function')
  })
})

describe('hooks, fixtures and spies see the modules of their iteration', () => {
  const calls: number[] = []
  beforeEach(() => {
    calls.push(next())
    vi.spyOn(other, 'hundreds').mockReturnValue(7)
    vi.mocked(send).mockReturnValue(99)
  })
  afterEach(() => void calls.push(next()))

  simulation.test('those of the test file', { iterations: 3 }, () => {
    expect(next()).toBe(9)
    expect(register()).toBe(99)
  })

  test('before and after each', () => {
    // An ordinary test has hooks, too: of the ordinary module, here.
    expect(calls.slice(0, 7)).toEqual([101, 10, 101, 10, 101, 10, 101])
    vi.restoreAllMocks()
  })

  fixtureTest('those of other files', { iterations: 3 }, (_sim, { first }) => {
    // Fixtures come before hooks.
    expect(first).toBe(101)
    expect(count()).toBe(10)
  })
})

describe('outside simulations the modules are the ordinary ones', () => {
  test('with their state', async () => {
    const before = next()
    expect(next()).toBeGreaterThan(before)
    expect(born).not.toBe(epoch)
    expect((await import('./fixtures/counter.ts')).next).toBe(next)
    expect(nextWaiting()).toBe(1)
    expect(nextWaiting()).toBe(2)
  })
})
