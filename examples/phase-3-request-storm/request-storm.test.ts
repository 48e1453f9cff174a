import { setTimeout as wait } from 'node:timers/promises'
import { expect } from 'vitest'
import { simulation, sometimesGreaterThan } from 'vitest-simulation'
import { router, worker } from './router.ts'

const requests = 100
const workers = ['worker0', 'worker1', 'worker2']

simulation.test(
  '100 concurrent requests: every callback is called once, and none is left',
  {
    chaos: {
      // Most messages take a few ms, some several hundred: routes overtake each other in every way.
      latency: { kind: 'exponential', min: 1, mean: 25 },
      slowPairs: 0.2,
    },
  },
  async (sim) => {
    for (const id of workers) sim.node(id, worker)
    sim.node('router', router(workers))
    const client = sim.node('client')

    let running = 0
    const callbacks = new Map<number, number>()
    const storm = Array.from({ length: requests }, async (_, job) => {
      running++
      sometimesGreaterThan(running, 10, 'concurrent requests')
      const answer = client.bus.request<number>('router', 'job', job, { timeout: 5_000 })
      sometimesGreaterThan(client.bus.pending, 10, 'high pending count')

      const result = await answer.catch((error: Error) => error)
      // What the application does with an answer takes its time, too.
      await wait(Math.random() * 30)
      callbacks.set(job, (callbacks.get(job) ?? 0) + 1)
      if (!(result instanceof Error)) expect(result).toBe(job * 2)
      running--
    })
    await Promise.all(storm)

    // A lost callback would have been a deadlock, reported with who waits for what since when.
    expect([...callbacks.values()]).toEqual(new Array(requests).fill(1))
    expect(client.bus.pending).toBe(0)
    await sim.quiesce()
    expect(sim.metrics.pending).toBe(0)
  },
)
