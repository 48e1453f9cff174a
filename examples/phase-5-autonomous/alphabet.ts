import { type Actor, type SimulationNode, operation, sometimes } from 'vitest-simulation'
import type { Inbox } from './inbox.ts'
import type { Journal } from './journal.ts'

const actors = 100
const timeout = 1_000

interface View {
  readonly random: { pick<T>(list: readonly T[]): T; below(limit: number): number }
  readonly nodes: readonly SimulationNode[]
}

const living = (nodes: readonly SimulationNode[]): readonly SimulationNode[] => nodes.filter((node) => node.alive)
const dead = (nodes: readonly SimulationNode[]): readonly SimulationNode[] => nodes.filter((node) => !node.alive)

/** Everything that may happen. The simulator draws which, when, and with what argument, and repeats exactly that. */
export function alphabet(Inboxes: Actor<Inbox>, journal: Journal) {
  let ids = 0
  const address = ({ random, nodes }: View) => ({ from: random.pick(nodes).id, to: `a${random.below(actors)}` })

  return {
    SendRequest: operation({
      weight: 10,
      draw: (view) => ({ ...address(view), id: ++ids }),
      run: async (sim, { from, to, id }) => {
        journal.sent.add(id)
        try {
          await sim.node(from).actors.request(Inboxes(to), 'receive', id, { timeout })
          sometimes(true, 'a request is answered')
        } catch (error) {
          sometimes(named(error, 'RequestTimeout'), 'a request times out')
          sometimes(named(error, 'SendFailed'), 'a request cannot be sent')
          sometimes(named(error, 'NodeCrashed'), 'the sender is dead')
          sometimes(named(error, 'ActorUnavailable'), 'an actor cannot be found')
          // The workload counts it: failed, or unknown because it may have been delivered.
          throw error
        }
      },
    }),
    SendOneway: operation({
      weight: 5,
      draw: (view) => ({ ...address(view), id: ++ids }),
      run: (sim, { from, to, id }) => {
        journal.sent.add(id)
        sim.node(from).actors.send(Inboxes(to), 'note', id)
      },
    }),
    ActivateActor: operation({
      weight: 3,
      draw: address,
      run: async (sim, { from, to }) => {
        const home = await sim.node(from).actors.request(Inboxes(to), 'wake', undefined, { timeout })
        sometimes(home === from, 'an actor is at home')
        sometimes(home !== from, 'an actor is somewhere else')
      },
    }),
    CrashNode: operation({
      weight: 0.3,
      enabled: ({ nodes }) => living(nodes).length > 1,
      draw: ({ random, nodes }) => random.pick(living(nodes)).id,
      run: (sim, id) => sim.node(id).crash(),
    }),
    RestartNode: operation({
      weight: 0.5,
      enabled: ({ nodes }) => dead(nodes).length > 0,
      draw: ({ random, nodes }) => random.pick(dead(nodes)).id,
      run: (sim, id) => {
        if (!sim.node(id).alive) sim.node(id).restart()
      },
    }),
    PartitionNetwork: operation({
      weight: 0.2,
      draw: ({ random, nodes }) => {
        const order = random.shuffle(nodes.map((node) => node.id))
        const cut = random.integer(1, order.length - 1)
        return { left: order.slice(0, cut), right: order.slice(cut), oneWay: random.chance(0.3) }
      },
      run: (sim, { left, right, oneWay }) => {
        sim.network.partition(left, right, { oneWay })
      },
    }),
    HealPartition: operation({ weight: 0.4, run: (sim) => sim.network.heal() }),
  }
}

function named(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name
}
