import { expect } from 'vitest'
import { simulation } from 'vitest-simulation'

// The bus itself fires these, so a run in which nothing was delivered cannot pass.
const mustHappen = ['request sent', 'response received', 'callback completed']

simulation.test(
  'two nodes answer ten requests',
  { iterations: 10, sometimes: mustHappen, chaos: { buggify: true } },
  async (sim) => {
    sim.node('server', (node) => {
      node.bus.handle('increment', (n: number) => n + 1)
    })
    const client = sim.node('client')

    for (let n = 0; n < 10; n++) {
      expect(await client.bus.request('server', 'increment', n)).toBe(n + 1)
    }

    expect(client.bus.pending).toBe(0)
  },
)
