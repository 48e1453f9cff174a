import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { checkSimulation, type Simulation, simulation, sometimes } from 'vitest-simulation'
import { createRedis } from '../servers/redis/server.ts'
import { Lock } from './lock.ts'
import { Stock } from './stock.ts'

const buyers = ['buyer-1', 'buyer-2', 'buyer-3']
const chaos = { latency: 'drawn', pause: { every: [20, 300], lasts: [50, 600] }, loss: [0, 0.05] } as const

/** Three buyers take one of the stock each, under a lock of 200 ms. */
async function sale(sim: Simulation, stock: Stock): Promise<number> {
  sim.node('redis', () => void createRedis().listen(6379))
  const nodes = buyers.map((id) => sim.node(id, () => {}))
  const sold = nodes.map((node) =>
    node.run(async () => {
      const redis = new Redis({ host: 'redis', maxRetriesPerRequest: null })
      const lock = new Lock(redis, 'lock:stock')
      let count = 0
      for (let attempt = 0; count === 0 && attempt < 20; attempt++) {
        await lock
          .hold(200, async (fence) => {
            const seen = stock.read(fence)
            await new Promise((resolve) => setTimeout(resolve, 20))
            stock.write(seen - 1, fence)
            count++
          })
          .catch((error: Error) => sometimes(/passed on/.test(error.message), 'a late write is refused'))
      }
      redis.disconnect()
      return count
    }),
  )
  return (await Promise.all(sold)).reduce((sum, count) => sum + count, 0)
}

simulation.test('a fenced lock sells nothing twice', { chaos }, async (sim) => {
  const stock = new Stock(10, true)
  expect(await sale(sim, stock)).toBe(3)
  expect(stock.count).toBe(7)
})

test('a lock alone does: its holder was paused, and wrote when another one held it', async () => {
  const { failure } = await checkSimulation(
    async (sim) => {
      const stock = new Stock(10, false)
      const sold = await sale(sim, stock)
      if (stock.count !== 10 - sold) throw new Error(`sold ${sold}, and ${stock.count} are left`)
    },
    { iterations: 1_000, chaos },
  )
  expect(failure?.failure.message).toMatch(/sold 3, and [89] are left/)
})
