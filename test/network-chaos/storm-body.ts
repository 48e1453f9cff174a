import { setTimeout as wait } from 'node:timers/promises'
import { buggify, buggifyDelay, buggifyValue, sometimes } from '../../src/assertions/sdk.ts'
import type { Simulation } from '../../src/world/door.ts'

/** Requests, retries, one-way messages, timers and randomness on five nodes; it passes whatever faults happen. */
export async function stormBody(sim: Simulation): Promise<void> {
  const ids = ['a', 'b', 'c', 'd', 'e']
  for (const id of ids) {
    sim.node(id, (node) => {
      const beat = setInterval(() => void node.bus.send(sim.random.pick(ids), 'note', id).catch(() => undefined), 40)
      setTimeout(() => clearInterval(beat), buggifyValue('beats for', 300, [50, 500]))
      node.bus.handle('note', () => buggify('noted'))
      node.bus.handle('work', async (n: number) => {
        await buggifyDelay('slow work', [1, 80])
        if (Math.random() < 0.1) throw new Error(`no luck with ${n}`)
        await wait(n % 7)
        return `${n} ${crypto.randomUUID()} ${Date.now()}`
      })
    })
  }
  const client = sim.node('client')
  await Promise.all(
    Array.from({ length: 12 }, async (_, n) => {
      await sim.sleep(sim.random.below(300))
      const retry = n % 3 === 0 ? { retry: { attempts: 3, delay: 10 } } : {}
      const from = n % 2 === 0 ? client : sim.node(ids[n % 5] as string)
      const outcome = await from.bus.request(sim.random.pick(ids), 'work', n, { timeout: 60, ...retry }).then(
        () => 'answered',
        (error: Error) => error.name,
      )
      sometimes(outcome === 'answered', 'answered')
      sometimes(outcome === 'RequestTimeout', 'timed out')
    }),
  )
}
