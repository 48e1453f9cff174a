import { operation } from '../../../src/world/operation.ts'
import { isNamed, planted } from '../workload/planted-bug.ts'

const patient = { timeout: 5_000, retry: { attempts: 100, delay: 50, idempotencyKey: true } }

/** An order reserves stock, takes the money, and takes back the reservation when that fails. */
export const saga = planted(
  'what is not sold is in stock',
  'a reservation that comes after its own cancellation stays for ever',
  1,
  (isBroken) => async (sim) => {
    const stocked = 20
    const reserved = new Set<number>()
    const cancelled = new Set<number>()
    const sold = new Set<number>()
    sim.node('stock', (node) => {
      node.bus.handle('reserve', (order: number) => {
        if (reserved.size >= stocked) return false
        if (!isBroken && cancelled.has(order)) return false
        reserved.add(order)
        return true
      })
      node.bus.handle('cancel', (order: number) => {
        cancelled.add(order)
        reserved.delete(order)
      })
    })
    sim.node('payment', (node) => node.bus.handle('charge', ({ amount }: { amount: number }) => amount < 80))
    sim.node('orders', (node) => {
      const reserve = async (order: number): Promise<boolean> => {
        try {
          return await node.bus.request<boolean>('stock', 'reserve', order, { timeout: 40 })
        } catch (error) {
          if (isNamed(error, 'RequestTimeout')) return false
          throw error
        }
      }
      node.bus.handle('order', async ({ order, amount }: { order: number; amount: number }) => {
        const isPaid =
          (await reserve(order)) && (await node.bus.request('payment', 'charge', { order, amount }, patient))
        if (isPaid === true) sold.add(order)
        else await node.bus.request('stock', 'cancel', order, patient)
        return isPaid === true ? 'sold' : 'cancelled'
      })
    })
    const reservedOnly = (): number[] => [...reserved].filter((order) => !sold.has(order))
    sim.invariant(
      'each reservation is of a sale',
      () => reservedOnly().length === 0 || `order ${reservedOnly()[0]} is not sold`,
      {
        when: 'quiet',
      },
    )
    let orders = 0
    const order = operation({
      draw: ({ random }) => ({ order: ++orders, amount: random.integer(1, 100) }),
      run: (_sim, what) => sim.node('shop').bus.request('orders', 'order', what, { timeout: 600_000 }),
    })
    await sim.workload({ order }, { operations: 30 })
  },
  { chaos: { reordering: [0, 0.3], latency: 'drawn' } },
)
