import { actor } from '../../src/actors/actor.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationNode as Node } from '../../src/world/door.ts'
import { operation } from '../../src/world/operation.ts'

interface View {
  readonly random: { pick<T>(list: readonly T[]): T; below(limit: number): number }
  readonly nodes: readonly Node[]
}

const anyNode = ({ random, nodes }: View): string => random.pick(nodes).id
const anyCall = (view: View) => ({ from: anyNode(view), to: `a${view.random.below(12)}` })

/** Actors with state and timers, disks, crashes, restarts and partitions, in an order that the workload draws. */
export const workloadBody: Body = async (sim) => {
  const Account = actor(
    'account',
    async (self) => {
      const state = await self.load({ total: 0, beats: 0 })
      self.every(200, () => void state.value.beats++)
      return {
        add: async (by: number) => {
          state.value.total += by
          await state.save()
          return state.value.total
        },
        pass: async ({ to, by }: { to: string; by: number }) => {
          await self.request(Account(to), 'add', by, { timeout: 400 })
        },
        note: () => void state.value.beats++,
      }
    },
    { idleMs: 1_500 },
  )
  const alphabet = {
    add: operation({
      weight: 5,
      draw: (view: View) => ({ ...anyCall(view), by: 1 + view.random.below(9) }),
      run: (_sim, { from, to, by }) => sim.node(from).actors.request(Account(to), 'add', by, { timeout: 800 }),
    }),
    pass: operation({
      weight: 2,
      draw: (view: View) => ({ ...anyCall(view), payload: { to: `b${view.random.below(4)}`, by: 1 } }),
      run: (_sim, { from, to, payload }) =>
        sim.node(from).actors.request(Account(to), 'pass', payload, { timeout: 800 }),
    }),
    note: operation({
      weight: 2,
      draw: anyCall,
      run: (_sim, { from, to }) => sim.node(from).actors.send(Account(to), 'note'),
    }),
    write: operation({
      draw: anyNode,
      run: async (_sim, id) => {
        await sim.node(id).storage.write('seen', sim.now)
        await sim.node(id).storage.sync()
      },
    }),
    crash: operation({ weight: 0.4, draw: anyNode, run: (_sim, id) => sim.node(id).crash() }),
    restart: operation({
      weight: 0.6,
      draw: anyNode,
      run: (_sim, id) => {
        if (!sim.node(id).alive) sim.node(id).restart()
      },
    }),
    cut: operation({ weight: 0.3, draw: anyNode, run: (_sim, id) => void sim.network.isolate(id) }),
    heal: operation({ weight: 0.5, run: () => sim.network.heal() }),
  }
  await sim.workload(alphabet, { operations: 150 })
}
