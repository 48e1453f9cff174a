/** Bugs that only a node's death brings out. */
import type { SimulationNode as Node } from '../../../src/world/door.ts'
import { operation } from '../../../src/world/operation.ts'
import { Tally, isNamed, planted } from './planted-bug.ts'
import { atMostOnce } from './requests.ts'

export const staleFailover = planted(
  'stale read after failover',
  'acknowledges before the backup has it',
  3,
  (isBroken) => async (sim) => {
    let backup = 0
    const { bus: safe } = sim.node('backup')
    safe.handle('copy', (version: number) => void (backup = Math.max(backup, version)))
    safe.handle('read', () => backup)
    sim.node('primary', async (node) => {
      let held = await insist((timeout) => node.bus.request<number>('backup', 'read', 0, { timeout }))
      node.bus.handle('read', () => held)
      node.bus.handle('write', async (version: number) => {
        if (isBroken) {
          setTimeout(() => void node.bus.send('backup', 'copy', version).catch(() => undefined), 20)
        } else {
          await insist((timeout) => node.bus.request('backup', 'copy', version, { timeout }))
        }
        held = Math.max(held, version)
      })
    })
    const { bus } = sim.node('client')
    let versions = 0
    let acknowledged = 0
    const alphabet = {
      write: operation({
        draw: () => ++versions,
        run: async (_sim, version) => {
          await bus.request('primary', 'write', version, { timeout: 500 })
          acknowledged = Math.max(acknowledged, version)
        },
      }),
      read: operation({
        run: async () => {
          const before = acknowledged
          const read = await bus.request<number>('primary', 'read', 0, { timeout: 500 })
          if (read < before) throw new Error(`read ${read} after ${before} was acknowledged`)
        },
      }),
    }
    await sim.workload(alphabet, { operations: 200, thinkTime: [0, 60] })
  },
)

export const unsynced = planted(
  'acknowledged before it is durable',
  'writes without sync',
  3,
  (isBroken) => async (sim) => {
    const acknowledged: { key: number; disk: number }[] = []
    let keys = 0
    let disks = 0
    sim.node('server', async (node) => {
      // A disk that was wiped has lost everything, and nobody's code is to blame.
      const { storage } = node
      if ((await insist(() => storage.read('formatted'))) === undefined) {
        disks++
        await insist(() => storage.write('formatted', true))
        await insist(() => storage.sync())
      }
      const disk = disks
      node.bus.handle('put', async (key: number) => {
        await node.storage.write(`${key}`, key, { ifVersion: 0 })
        if (!isBroken) await node.storage.sync()
        return disk
      })
      node.bus.handle('get', async (key: number) => (await node.storage.read(`${key}`))?.value ?? null)
    })
    const { bus } = sim.node('client')
    const alphabet = {
      put: operation({
        draw: () => ++keys,
        run: async (_sim, key) => {
          const disk = await bus.request<number>('server', 'put', key, { timeout: 800 })
          acknowledged.push({ key, disk })
        },
      }),
      get: operation({
        draw: ({ random }) => random.float(),
        run: async (_sim, at) => {
          const { key = 0, disk = -1 } = acknowledged[Math.floor(at * acknowledged.length)] ?? {}
          if (disk !== disks) return
          const value = await bus.request('server', 'get', key, { timeout: 800 })
          if (value === null && disk === disks) throw new Error(`key ${key} was acknowledged and is gone`)
        },
      }),
    }
    await sim.workload(alphabet, { operations: 200, thinkTime: [0, 60] })
  },
)

export const amnesia = planted(
  'remembers what it did only in memory',
  'a restart forgets which requests were done',
  2,
  (isBroken) => async (sim) => {
    const done = new Tally<number>()
    sim.node('server', (node) => {
      const seen = new Set<number>()
      node.bus.handle('pay', async (bill: number) => {
        if (seen.has(bill) || (!isBroken && done.counts.has(bill))) return
        seen.add(bill)
        done.add(bill)
        await sim.sleep(20)
      })
    })
    sim.invariant('a bill is paid once', () => atMostOnce(done, 'bill'))
    const { bus } = sim.node('client')
    let bills = 0
    const pay = operation({
      draw: () => ++bills,
      run: async (_sim, bill) => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await bus.request('server', 'pay', bill, { timeout: 200 })
          } catch (error) {
            if (attempt === 8 || !isNamed(error, 'RequestTimeout', 'SendFailed')) throw error
            await sim.sleep(100)
          }
        }
      },
    })
    await sim.workload({ pay }, { operations: 150, thinkTime: [0, 60] })
  },
)

export const lockedForEver = planted(
  'two phases and a dead coordinator',
  'a lock that nobody takes away',
  2,
  (isBroken) => async (sim) => {
    const locks = new Map<string, number>()
    for (const name of ['a', 'b']) {
      const { bus } = sim.node(name)
      bus.handle('prepare', (transaction: number) => {
        if (locks.has(name)) return false
        locks.set(name, transaction)
        if (!isBroken) setTimeout(() => release(name, transaction), 2_000)
        return true
      })
      bus.handle('end', (transaction: number) => release(name, transaction))
    }
    const release = (name: string, transaction: number): void => {
      if (locks.get(name) === transaction) locks.delete(name)
    }
    sim.node('coordinator', (node) => {
      node.bus.handle('transact', async (transaction: number) => {
        const prepare = (name: string) => node.bus.request<boolean>(name, 'prepare', transaction, { timeout: 200 })
        const votes = await Promise.allSettled([prepare('a'), prepare('b')])
        await Promise.all(
          ['a', 'b'].map((name) => insist((timeout) => node.bus.request(name, 'end', transaction, { timeout }))),
        )
        return votes.length
      })
    })
    let transactions = 0
    const transact = operation({
      draw: () => ++transactions,
      run: (_sim, n) => sim.node('client').bus.request('coordinator', 'transact', n, { timeout: 1_000 }),
    })
    await sim.workload({ transact }, { operations: 100, thinkTime: [0, 100] })
    await sim.quiesce()
    await sim.sleep(3_000)
    if (locks.size > 0) throw new Error(`locked for ever: ${[...locks.keys()].join(', ')}`)
  },
)

export const reusedIds = planted(
  'correlation ids begin again',
  'after a restart an old answer fits a new question',
  3,
  (isBroken) => async (sim) => {
    interface Question {
      readonly id: string
      readonly question: number
    }
    sim.node('oracle').bus.handle('ask', async ({ id, question }: Question) => {
      await sim.sleep(question % 50)
      await sim
        .node('oracle')
        .bus.send('client', 'answer', { id, question })
        .catch(() => undefined)
    })
    let ask: (node: Node, question: number) => Promise<number>
    sim.node('client', (node) => {
      const waiting = new Map<string, (answer: number) => void>()
      let ids = 0
      node.bus.handle('answer', ({ id, question }: Question) => {
        waiting.get(id)?.(question)
        waiting.delete(id)
      })
      ask = (from, question) =>
        new Promise((resolve, reject) => {
          const id = isBroken ? `${++ids}` : `${from.incarnation}/${++ids}`
          waiting.set(id, resolve)
          from.bus.send('oracle', 'ask', { id, question }).catch(reject)
          setTimeout(() => reject(Object.assign(new Error('no answer'), { name: 'RequestTimeout' })), 500)
        })
    })
    let questions = 0
    const question = operation({
      draw: () => ++questions,
      run: async (_sim, n) => {
        const client = sim.node('client')
        const answer = await client.run(() => ask(client, n))
        if (answer !== n) throw new Error(`asked ${n}, answered ${answer}`)
      },
    })
    await sim.workload({ question }, { operations: 300, thinkTime: [0, 40] })
  },
)

/** Tries until it works, each time with more patience. */
async function insist<T>(attempt: (timeout: number) => Promise<T>): Promise<T> {
  for (let timeout = 100; ; timeout *= 2) {
    try {
      return await attempt(timeout)
    } catch (error) {
      if (!isNamed(error, 'RequestTimeout', 'SendFailed', 'RemoteError', 'StorageFailed')) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
