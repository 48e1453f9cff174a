import { simulation } from 'vitest-simulation'
import { lock } from './fixtures/mutex.ts'

simulation.fails("without 'node' nodes share modules, and a lock outlives its holder's crash", async (sim) => {
  const a = sim.node('a')
  const b = sim.node('b')
  await a.run(() => lock())
  a.crash()
  await b.run(() => lock())
})
