/** Bugs in how a client treats requests and their outcomes. */
import { operation } from '../../../src/world/operation.ts'
import type { Simulation } from '../../../src/world/door.ts'
import { Tally, isNamed, planted } from './planted-bug.ts'

const id = operation<number>

export const lostUpdate = planted('lost update', 'reads, waits, writes back', 2, (isBroken) => async (sim) => {
  let balance = 0
  sim.node('server').bus.handle('add', async () => {
    const read = balance
    await sim.sleep(3)
    balance = (isBroken ? read : balance) + 1
  })
  const add = operation({ run: () => sim.node('client').bus.request('server', 'add', 1, { timeout: 500 }) })
  const { ok } = await sim.workload({ add }, { operations: 30 })
  await sim.quiesce()
  if (balance < ok) throw new Error(`${balance} after ${ok} additions`)
})

export const retryTwice = planted(
  'retry without idempotence',
  'a retry is done a second time',
  2,
  (isBroken) => async (sim) => {
    const done = new Tally<number>()
    sim.node('server').bus.handle('pay', (bill: number) => done.add(bill))
    const retry = { attempts: 3, delay: 10, idempotencyKey: !isBroken }
    sim.invariant('a bill is paid once', () => atMostOnce(done, 'bill'))
    const pay = id({
      draw: ({ now }) => Math.round(now * 1000),
      run: (_sim, bill) => sim.node('client').bus.request('server', 'pay', bill, { timeout: 60, retry }),
    })
    await sim.workload({ pay }, { operations: 40, concurrency: 1 })
  },
)

export const doubleDelivery = planted(
  'double delivery',
  'takes every message for a new one',
  2,
  (isBroken) => async (sim) => {
    const deposits = new Tally<number>()
    const seen = new Set<number>()
    sim.node('bank').bus.handle('deposit', (slip: number) => {
      if (!isBroken && seen.has(slip)) return
      seen.add(slip)
      deposits.add(slip)
    })
    sim.invariant('a slip is paid in once', () => atMostOnce(deposits, 'slip'))
    let slips = 0
    const deposit = id({
      draw: () => ++slips,
      run: (_sim, slip) => sim.node('client').bus.send('bank', 'deposit', slip),
    })
    await sim.workload({ deposit }, { operations: 60 })
  },
)

export const lostAck = planted(
  'lost acknowledgement',
  'takes a timeout for a refusal',
  2,
  (isBroken) => async (sim) => {
    const done = new Set<number>()
    const refused = new Set<number>()
    sim.node('server').bus.handle('buy', (order: number) => void done.add(order))
    let orders = 0
    const buy = id({
      draw: () => ++orders,
      run: async (_sim, order) => {
        try {
          await sim.node('client').bus.request('server', 'buy', order, { timeout: 60 })
        } catch (error) {
          if (isBroken || isNamed(error, 'SendFailed')) refused.add(order)
          throw error
        }
      },
    })
    await sim.workload({ buy }, { operations: 60 })
    await sim.quiesce()
    for (const order of refused) if (done.has(order)) throw new Error(`order ${order} was refused and is done`)
  },
)

export const impatient = planted(
  'timeout shorter than a slow peer',
  'gives the job to a second worker while the first still does it',
  2,
  (isBroken) => async (sim) => {
    const done = new Tally<number>()
    for (const worker of ['w1', 'w2']) sim.node(worker).bus.handle('do', (job: number) => void done.add(job))
    sim.invariant('a job is done once', () => atMostOnce(done, 'job'))
    let jobs = 0
    const work = id({
      draw: () => ++jobs,
      run: async (_sim, job) => {
        const { bus } = sim.node('boss')
        // Keys of its own: the network may duplicate a request, which is not the bug.
        const ask = (to: string) =>
          bus.request(to, 'do', job, { timeout: 40, retry: { attempts: 1, idempotencyKey: `${job}` } })
        await ask('w1').catch((error: unknown) => {
          if (isNamed(error, 'SendFailed') || isBroken) return ask('w2')
          throw error
        })
      },
    })
    await sim.workload({ work }, { operations: 40 })
  },
)

export const retryStorm = planted(
  'retry storm',
  'two new attempts for each that times out',
  2,
  (isBroken) => async (sim) => {
    sim.node('server', (node) => node.bus.handle('get', () => 1))
    const client = sim.node('client')
    sim.invariant(
      'the client does not flood',
      () => client.bus.pending <= 100 || `${client.bus.pending} requests pending`,
    )
    const fetch = async (left: number): Promise<unknown> => {
      try {
        return await client.bus.request('server', 'get', 0, { timeout: 40 })
      } catch (error) {
        if (left === 0 || !isNamed(error, 'RequestTimeout')) throw error
        if (isBroken) return Promise.any([fetch(left - 1), fetch(left - 1)])
        await sim.sleep(40)
        return fetch(left - 1)
      }
    }
    const get = operation({
      run: () =>
        fetch(10).catch((error: unknown) => {
          if (!(error instanceof AggregateError)) throw error
        }),
    })
    await sim.workload({ get }, { operations: 40, thinkTime: [0, 200] })
  },
)

export const halfTransfer = planted(
  'half a transfer',
  'takes here, and does not give there when that fails',
  2,
  (isBroken) => async (sim) => {
    const accounts = { a: 1_000, b: 1_000 }
    for (const name of ['a', 'b'] as const) {
      const seen = new Set<string>()
      sim.node(name).bus.handle('book', ({ id: key, amount }: { id: string; amount: number }) => {
        if (seen.has(key)) return
        seen.add(key)
        accounts[name] += amount
      })
    }
    const book = async (account: string, key: string, amount: number): Promise<void> => {
      for (let timeout = 100; ; timeout *= 2) {
        try {
          return await sim.node('client').bus.request(account, 'book', { id: key, amount }, { timeout })
        } catch (error) {
          if (isBroken) throw error
          await sim.sleep(50)
        }
      }
    }
    let transfers = 0
    const transfer = id({
      draw: () => ++transfers,
      run: async (_sim, number) => {
        await book('a', `${number} from`, -1)
        await book('b', `${number} to`, 1)
      },
    })
    await sim.workload({ transfer }, { operations: 30 })
    await sim.quiesce()
    if (accounts.a + accounts.b !== 2_000) throw new Error(`${accounts.a} + ${accounts.b} is not 2000`)
  },
)

export function atMostOnce(tally: Tally<number>, what: string): true | string {
  for (const [key, count] of tally.counts) if (count > 1) return `${what} ${key}: ${count} times`
  return true
}

export type { Simulation }
