import { expect, test } from 'vitest'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

test('livelock: events without progress of time fail, naming who does it and the option', async () => {
  const spin =
    (rounds: number) =>
    async (sim: Simulation): Promise<void> => {
      sim.node('spinner', () => {
        let left = rounds
        const again = (): void => void (--left > 0 && setImmediate(again))
        setTimeout(again, 3)
      })
      await sim.sleep(10)
    }
  const failure = await failureOf(spin(Infinity), { limits: { eventsPerInstant: 500 } })
  expect(failure).toMatchObject({ kind: 'Livelock', owner: 'spinner', time: 3_000 })
  expect(failure.message).toContain('500 events at 3 ms virtual and time does not advance')
  expect(failure.message).toContain('spinner')
  expect(failure.message).toContain('limits: { eventsPerInstant: … }')
  await passes(spin(490), { limits: { eventsPerInstant: 500 } })
})

test('events', async () => {
  const ticks = (count: number) => async (sim: Simulation) => {
    for (let i = 0; i < count; i++) await sim.sleep(1)
  }
  const failure = await failureOf(ticks(200), { limits: { events: 100 } })
  expect(failure).toMatchObject({ kind: 'LimitExceeded', name: 'events' })
  expect(failure.message).toMatch(/limit events of 100 exceeded at \S+ ms virtual.*limits: \{ events: … \}/)
  await passes(ticks(90), { limits: { events: 100 } })
})

test('virtual time', async () => {
  const forever = (sim: Simulation): Promise<void> => sim.sleep(10).then(() => forever(sim))
  const failure = await failureOf(forever, { limits: { virtualMs: 1_000 } })
  expect(failure).toMatchObject({ kind: 'LimitExceeded', name: 'virtualMs', time: 1_010_000 })
  expect(failure.message).toContain('limit virtualMs of 1,000 exceeded')
  await passes((sim) => sim.sleep(1_000), { limits: { virtualMs: 1_000 } })
})

test('queued events', async () => {
  const timers = (count: number) => async (sim: Simulation) => {
    for (let i = 0; i < count; i++) setTimeout(() => undefined, 10)
    await sim.sleep(20)
  }
  const failure = await failureOf(timers(101), { limits: { queuedEvents: 100 } })
  expect(failure).toMatchObject({ kind: 'LimitExceeded', name: 'queuedEvents' })
  await passes(timers(90), { limits: { queuedEvents: 100 } })
})

test('pending requests', async () => {
  const requests = (count: number) => async (sim: Simulation) => {
    sim.node('server', (node) => node.bus.handle('ask', (n: number) => n))
    const client = sim.node('client')
    await Promise.all(Array.from({ length: count }, (_, n) => client.bus.request('server', 'ask', n)))
  }
  const failure = await failureOf(requests(21), { limits: { pendingRequests: 20 } })
  expect(failure).toMatchObject({ kind: 'LimitExceeded', name: 'pendingRequests', owner: 'test' })
  expect(failure.message).toContain("limit pendingRequests of 20 exceeded by node 'client'")
  await passes(requests(20), { limits: { pendingRequests: 20 } })
})

test('the time that quiesce may take', async () => {
  const slow = (ms: number) => async (sim: Simulation) => {
    sim.node('server', (node) => node.bus.handle('ask', () => sim.sleep(ms)))
    sim.node('client', (node) => void node.bus.request('server', 'ask', 0, { timeout: Infinity }))
    await sim.sleep(15)
  }
  const failure = await failureOf(slow(10_000), { limits: { quiesceMs: 1_000 } })
  expect(failure).toMatchObject({ kind: 'Leak' })
  expect(failure.message).toContain('not quiet after 1,000 ms virtual')
  await passes(slow(900), { limits: { quiesceMs: 1_000 } })
})

test('the trace of a failing seed keeps the last entries', async () => {
  const { checkSimulation } = await import('../../src/runner/check-simulation.ts')
  const run = async (sleeps: number): Promise<number[]> => {
    const result = await checkSimulation(
      async (sim) => {
        for (let i = 0; i < sleeps; i++) await sim.sleep(1)
        throw new Error('planted')
      },
      { seed: 1, limits: { traceEntries: 50 } },
    )
    return result.failure?.run?.trace?.kept.map(({ event }) => event) ?? []
  }
  expect((await run(20)).length).toBe(21)
  for (const sleeps of [70, 170, 1_000]) {
    const kept = await run(sleeps)
    expect(kept.at(-1)).toBe(sleeps + 1)
    expect(kept.length, `${sleeps} sleeps`).toBe(50)
  }
})

test('a limit that is reached in a later iteration counts from its beginning', async () => {
  await passes((sim) => sim.sleep(900), { iterations: 5, limits: { virtualMs: 1_000, events: 5 } })
})
