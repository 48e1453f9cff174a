/** Bugs of code that believes a clock. */
import { operation } from '../../../src/world/operation.ts'
import { planted } from './planted-bug.ts'

export const leaseOverlap = planted(
  'lease by another clock',
  'compares the end of a lease with its own wall clock',
  4,
  (isBroken) => async (sim) => {
    const lengthMs = 150
    let holder: string | undefined
    let until = -1
    const { bus: locks } = sim.node('locks')
    locks.handle('acquire', (who: string) => {
      if (holder !== who && performance.now() < until) return null
      holder = who
      until = performance.now() + lengthMs
      return Date.now() + lengthMs
    })
    const held = new Map<string, number>()
    const wrong: string[] = []
    sim.invariant('who uses it holds it', () => wrong[0] ?? true)
    const work = operation({
      draw: ({ random }) => random.pick(['a', 'b']),
      run: (_sim, who) => {
        const node = sim.node(who)
        return node.run(async () => {
          const now = (): number => (isBroken ? Date.now() : performance.now())
          if (now() >= (held.get(who) ?? -1)) {
            const start = performance.now()
            const end = await node.bus.request<number | null>('locks', 'acquire', who, { timeout: 100 })
            if (end === null) return
            // On its own clock, from before it asked, and a little less: clocks drift.
            held.set(who, isBroken ? end : start + lengthMs * 0.9)
          }
          if (now() < (held.get(who) ?? -1) && holder !== who) wrong.push(`${who} uses what ${holder} holds`)
        })
      },
    })
    await sim.workload({ work }, { operations: 150, thinkTime: [0, 50], concurrency: 3 })
  },
)

export const lastWriterWins = planted(
  'last writer wins, by clock',
  'a write with an older time is dropped, and acknowledged',
  3,
  (isBroken) => async (sim) => {
    let value = -1
    let newest = -Infinity
    const seen = new Set<number>()
    sim.node('store').bus.handle('write', (write: { n: number; time: number }) => {
      if (seen.has(write.n)) return
      seen.add(write.n)
      if (isBroken && write.time < newest) return
      newest = Math.max(newest, write.time)
      value = write.n
    })
    const uncertain = new Set<number>()
    let writes = 0
    const write = operation({
      draw: ({ random }) => ({ from: random.pick(['a', 'b']), n: ++writes }),
      run: async (_sim, { from, n }) => {
        const node = sim.node(from)
        uncertain.add(n)
        await node.run(() => node.bus.request('store', 'write', { n, time: Date.now() }, { timeout: 300 }))
        uncertain.delete(n)
        if (value !== n && !uncertain.has(value)) throw new Error(`${n} was written and it is ${value}`)
      },
    })
    await sim.workload({ write }, { operations: 60, concurrency: 1, thinkTime: [5, 50] })
  },
)

export const dedupeByTime = planted(
  'dedupe by timestamp',
  'two messages of one millisecond count as one',
  2,
  (isBroken) => async (sim) => {
    const seen = new Map<number, number>()
    const lost: string[] = []
    sim.node('server').bus.handle('note', ({ id, n }: { id: number; n: number }) => {
      const known = seen.get(id)
      if (known !== undefined && known !== n) lost.push(`${n} was taken for ${known}`)
      seen.set(id, n)
    })
    sim.invariant('only duplicates are left out', () => lost[0] ?? true)
    let notes = 0
    const note = operation({
      draw: () => ++notes,
      run: (_sim, n) => {
        const client = sim.node('client')
        return client.run(() => client.bus.send('server', 'note', { id: isBroken ? Date.now() : n, n }))
      },
    })
    await sim.workload({ note }, { operations: 40 })
  },
)
