import { expect } from 'vitest'
import { simulation, sometimes } from 'vitest-simulation'
import { order } from './order.ts'
import { Shop } from './shop.ts'

const articles = ['lamp', 'chair', 'table']

simulation.test(
  'each order is one sale, however often it is sent',
  { chaos: { loss: [0, 0.2], latency: 'drawn', clog: true, partition: true, pause: true } },
  async (sim) => {
    const shop = new Shop()
    let requests = 0
    sim.node('shop', () => shop.open(80))
    const client = sim.node('client')
    sim.network.rule(({ payload }) => {
      const { data } = payload as { data?: Uint8Array }
      if (data !== undefined && Buffer.from(data).toString('latin1').startsWith('POST')) requests++
      return 'pass'
    })
    const answers = await client.run(() => Promise.all(articles.map((article) => order(article, { attempts: 100 }))))
    expect(shop.sold.toSorted()).toEqual(articles.toSorted())
    expect(new Set(answers).size).toBe(articles.length)
    sometimes(requests > articles.length, 'an order is sent again')
  },
)
