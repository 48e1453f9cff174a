/** What a system repairs by itself must have become true some time after mending. */
import { expect, test } from 'vitest'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

const settings: readonly SimulationOptions[] = [
  {},
  { chaos: 'random', iterations: 20 },
  { chaos: 'swarm', iterations: 20 },
]

/** An outbox that is emptied by a timer; the planted one forgets what it could not send at once. */
function outbox(sim: Simulation, { repairs, everyMs = 400 }: { repairs: boolean; everyMs?: number }) {
  const arrived = new Set<number>()
  const total = 10
  sim.node('to', (node) => node.bus.handle('put', (n: number) => arrived.add(n).size))
  const from = sim.node('from', (node) => {
    if (!repairs) return
    const flush = async (): Promise<void> => {
      for (let n = 0; n < total; n++) {
        if (!arrived.has(n)) await node.bus.request('to', 'put', n, { timeout: 100 }).catch(() => undefined)
      }
    }
    setInterval(() => void flush(), everyMs)
  })
  const put = async (): Promise<void> => {
    for (let n = 0; n < total; n++) await from.bus.send('to', 'put', n).catch(() => undefined)
  }
  return { put, isDelivered: () => arrived.size === total || `${arrived.size} of ${total} have arrived` }
}

test('what a timer repairs becomes true: registered before, awaited before or after quiesce, or left to the end', async () => {
  for (const options of settings) {
    for (const when of ['left', 'awaited', 'before', 'after'] as const) {
      await passes(async (sim) => {
        const { put, isDelivered } = outbox(sim, { repairs: true })
        if (when === 'left') void sim.eventually('delivered', isDelivered)
        const early = when === 'before' ? sim.eventually('delivered', isDelivered) : undefined
        await put()
        if (when === 'before' || when === 'after') await sim.quiesce()
        await early
        if (when === 'after' || when === 'awaited') await sim.eventually('delivered', isDelivered, { within: 5_000 })
        if (when !== 'left') expect(isDelivered()).toBe(true)
        sim.invariant('delivered when quiet', isDelivered, { when: 'quiet' })
      }, options)
    }
  }
})

test('what nobody repairs fails the seed, with its last answer', async () => {
  for (const awaited of [true, false]) {
    const failure = await failureOf(
      async (sim) => {
        const { put, isDelivered } = outbox(sim, { repairs: false })
        sim.node('beating', () => void setInterval(() => undefined, 100))
        await put()
        const delivered = sim.eventually('delivered', isDelivered, { within: 3_000 })
        if (awaited) await delivered
      },
      { chaos: { loss: 0.5 } },
    )
    expect(failure).toMatchObject({ kind: 'NotEventually', name: 'delivered', owner: 'test' })
    expect(failure.message).toMatch(
      /^"delivered" did not become true within 3,000 ms virtual after mending; it last answered: \d of 10 have arrived$/,
    )
  }
})

test('the time counts from mending, and it must be true in it', async () => {
  const body = (within: number, chaosMs: number) => async (sim: Simulation) => {
    let isTrue = false
    void sim.eventually('true at last', () => isTrue, { within })
    await sim.sleep(chaosMs)
    sim.node('late', () => void setTimeout(() => (isTrue = true), 1_000))
  }
  await passes(body(1_001, 50_000))
  const failure = await failureOf(body(999, 0))
  expect(failure.message).toContain('within 999 ms virtual after mending; it last answered: false')
})

test('it need not be true when it was true before: once is enough, after mending', async () => {
  await passes(async (sim) => {
    const startedAt = sim.now
    // True in the chaos only, and again later.
    const isTrue = (): boolean => sim.now < startedAt + 50 || sim.now >= 300
    sim.node('ticking', () => void setInterval(() => undefined, 10))
    await sim.sleep(100)
    await sim.eventually('true', isTrue)
    expect(sim.now).toBeGreaterThanOrEqual(300)
  })
})

test('a check that throws is not true yet; one that answers something else is refused', async () => {
  const throwing = (until: number) => async (sim: Simulation) => {
    sim.node('ticking', () => void setInterval(() => undefined, 10))
    await sim.eventually('fits', () => {
      if (sim.now < until) throw new Error('too early')
      return true
    }) // prettier-ignore
  }
  await passes(throwing(500))
  expect((await failureOf(throwing(Infinity))).message).toContain(
    'it last answered: nothing, it threw Error: too early',
  )
  for (const answer of [undefined, 1, Promise.resolve(true)]) {
    const failure = await failureOf((sim) => void sim.eventually('odd', () => answer as never))
    expect(failure).toMatchObject({ kind: 'NotEventually', name: 'odd' })
    expect(failure.message).toMatch(
      /answered .*: it must answer true, or false or a string that says why not, synchronously/,
    )
  }
})

test('bad input is refused before anything runs', async () => {
  const bad: readonly [readonly unknown[], RegExp][] = [
    [['', () => true], /eventually name is ''/],
    [['x', true], /check of eventually 'x' is true: it must be a function/],
    [
      ['x', () => true, { within: 0 }],
      /within of eventually 'x' is 0: it must be a number of virtual milliseconds above 0/,
    ],
    [['x', () => true, { within: Infinity }], /within of eventually 'x' is Infinity/],
    [['x', () => true, { in: 5 }], /eventually option 'in'.*known options are 'within'/],
  ]
  for (const [given, message] of bad) {
    const failure = await failureOf(
      (sim) => void (sim.eventually as (...args: readonly unknown[]) => unknown)(...given),
    )
    expect(failure.kind).toBe('BodyFailed')
    expect(failure.message).toMatch(message)
  }
})
