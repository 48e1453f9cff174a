/** Accounts as actors: each deposit counts once, however often it is tried. */
import { actor, operation } from '../../src/runner/index.ts'
import type { Simulation } from '../../src/world/door.ts'
import { type Healthy, pause, tried } from './kit.ts'

interface Deposit {
  readonly id: number
  readonly by: number
}
interface Balance {
  readonly total: number
  readonly deposits: readonly number[]
}

const keys = ['x', 'y']

const accountOf = (isBroken: boolean) =>
  actor('account', async (self) => {
    const state = await self.load<Balance>({ total: 0, deposits: [] })
    return {
      async deposit({ id, by }: Deposit): Promise<void> {
        const before = state.value
        if (!isBroken && before.deposits.includes(id)) return
        state.value = { total: before.total + by, deposits: [...before.deposits, id] }
        try {
          await state.save()
        } catch (error) {
          state.value = before
          throw error
        }
      },
      balance: (): number => state.value.total,
    }
  })
const [Account, BrokenAccount] = [accountOf(false), accountOf(true)]

export const bank: Healthy = {
  name: 'accounts as actors',
  options: { nodes: 3 },
  bug: 'a deposit that is tried again counts again',
  body: async (sim, isBroken) => {
    const account = isBroken ? BrokenAccount : Account
    /** Deposits that have been made, and all that may have been. */
    const [sure, possible] = [new Map<string, number>(), new Map<string, number>()]
    const add = (sums: Map<string, number>, key: string, by: number): void =>
      void sums.set(key, (sums.get(key) ?? 0) + by)
    const alphabet = {
      deposit: operation({
        draw: ({ random, nodes }) => ({
          from: random.pick(nodes.slice(0, 3)).id,
          to: random.pick(keys),
          deposit: { id: random.integer(1, 1e9), by: random.integer(1, 9) },
        }),
        run: async (one: Simulation, { from, to, deposit }) => {
          add(possible, to, deposit.by)
          for (let attempt = 0; attempt < 3; attempt++) {
            const call = one.node(from).actors.request(account(to), 'deposit', deposit, { timeout: 200 })
            if ((await tried(call.then(() => true))) === undefined) continue
            add(sure, to, deposit.by)
            return
          }
        },
      }),
    }
    await sim.workload(alphabet, { operations: 15 })
    const balances = new Map<string, number>()
    sim.node('teller', (teller) => {
      void (async () => {
        for (;;) {
          for (const key of keys) {
            const balance = await tried(teller.actors.request(account(key), 'balance', undefined, { timeout: 200 }))
            if (balance !== undefined) balances.set(key, balance)
          }
          await pause(50)
        }
      })()
    })
    sim.invariant('a balance is what was deposited', () => {
      for (const [key, balance] of balances) {
        const [least, most] = [sure.get(key) ?? 0, possible.get(key) ?? 0]
        if (balance < least || balance > most) return `${key} has ${balance}, deposited: ${least} to ${most}`
      }
      return true
    })
    await sim.eventually('every account can be asked', () => balances.size === keys.length)
  },
}
