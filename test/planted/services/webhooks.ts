import { planted } from '../workload/planted-bug.ts'

interface Hook {
  readonly id: number
  readonly event: string
}

/** A shop keeps an outbox on its disk and delivers it to a partner, who leaves out what it has had before. */
export const webhooks = planted(
  'every webhook reaches the partner',
  'who takes a lower number for a repetition, though a failed delivery goes to the end of the queue',
  1,
  (isBroken) => async (sim) => {
    const processed = new Set<number>()
    sim.node('partner', (node) => {
      let highest = 0
      const seen = new Set<number>()
      node.bus.handle('hook', ({ id }: Hook) => {
        if (isBroken ? id <= highest : seen.has(id)) return 'known'
        highest = id
        seen.add(id)
        processed.add(id)
        return 'processed'
      })
    })
    const outboxOf = async (node: ReturnType<typeof sim.node>): Promise<Hook[]> =>
      (await node.storage.read<Hook[]>('outbox'))?.value ?? []
    const shop = sim.node('shop', (node) => {
      let isBusy = false
      const deliver = async (): Promise<void> => {
        const [first] = await outboxOf(node)
        if (first === undefined) return
        const isDone = await node.bus.request('partner', 'hook', first, { timeout: 100 }).then(
          () => true,
          () => false,
        )
        const rest = (await outboxOf(node)).filter(({ id }) => id !== first.id)
        await node.storage.write('outbox', isDone ? rest : [...rest, first])
        await node.storage.sync()
      }
      setInterval(() => {
        if (isBusy) return
        isBusy = true
        void deliver().finally(() => (isBusy = false))
      }, 50)
    })
    let ids = 0
    for (const event of ['order', 'payment', 'shipment', 'delivery', 'invoice']) {
      await shop.run(async () => {
        const hook = { id: ++ids, event }
        await shop.storage.write('outbox', [...(await outboxOf(shop)), hook])
        await shop.storage.sync()
      })
    }
    // Waiting for `eventually` ends the chaos: first comes the time in which deliveries fail.
    await sim.sleep(1_000)
    await sim.eventually('all are processed', () => processed.size === ids || `${processed.size} of ${ids}`)
  },
  { chaos: { loss: [0, 0.3] } },
)
