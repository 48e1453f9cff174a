import { planted } from '../workload/planted-bug.ts'

const limit = 3
const windowMs = 10_000

/** Two gateways share the counters of a customer; each names the window by its own clock. */
export const rateLimiter = planted(
  'a customer has three requests a window',
  'the window is named by the clock of whoever asks',
  1,
  (isBroken) => async (sim) => {
    let served = 0
    sim.invariant('no more than the limit is served', () => served <= limit || `${served} served, ${limit} allowed`)
    sim.node('limits', (node) => {
      const counts = new Map<string, number>()
      node.bus.handle('take', ({ customer, window }: { customer: string; window: number }) => {
        const key = `${customer}/${isBroken ? window : Math.floor(performance.now() / windowMs)}`
        const count = (counts.get(key) ?? 0) + 1
        counts.set(key, count)
        return count <= limit
      })
    })
    for (const name of ['east', 'west']) {
      sim.node(name, (node) => {
        node.bus.handle('get', async (customer: string) => {
          const window = Math.floor(Date.now() / windowMs)
          if (!(await node.bus.request<boolean>('limits', 'take', { customer, window }))) return 429
          served++
          return 200
        })
      })
    }
    const { bus } = sim.node('ann')
    for (let i = 0; i < 8; i++) await bus.request(i % 2 === 0 ? 'east' : 'west', 'get', 'ann')
  },
  { chaos: { clock: { maxSkewMs: 4_000 } } },
)
