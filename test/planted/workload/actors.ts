/** Bugs in actors of users, and in how they keep what they know. */
import { actor } from '../../../src/actors/actor.ts'
import { always } from '../../../src/assertions/sdk.ts'
import { operation } from '../../../src/world/operation.ts'
import type { SimulationNode as Node } from '../../../src/world/door.ts'
import { eventually } from '../../actors/helpers.ts'
import { planted } from './planted-bug.ts'

const nodes = 3
const anywhere = ({ random, nodes: all }: { random: { pick<T>(list: readonly T[]): T }; nodes: readonly Node[] }) =>
  random.pick(all).id

export const heartbeat = planted(
  'timer outlives its activation',
  'setInterval in an actor, never cleared',
  1,
  (isBroken) => async (sim) => {
    const Heart = actor(
      'heart',
      (self) => {
        const beat = (): void => {
          always(sim.directory.locations(self.id).includes(self.node), 'only an activation that lives beats')
        }
        if (isBroken) setInterval(beat, 20)
        else self.every(20, beat)
        return { touch: () => self.node }
      },
      { idleMs: 100 },
    )
    const touch = operation({
      draw: anywhere,
      run: (_sim, from) => sim.node(from).actors.request(Heart('x'), 'touch', undefined, { timeout: 500 }),
    })
    await sim.workload({ touch }, { operations: 10, concurrency: 1, thinkTime: [0, 400] })
  },
  { nodes },
)

export const earlyAnswer = planted(
  'answers before the save is durable',
  'an actor does not wait for its own save',
  3,
  (isBroken) => async (sim) => {
    const Ledger = actor('ledger', async (self) => {
      const state = await self.load<number[]>([])
      return {
        add: async (entry: number) => {
          state.value.push(entry)
          const saved = state.save()
          if (isBroken) saved.catch(() => undefined)
          else await saved
        },
        entries: () => state.value,
      }
    })
    const acknowledged: number[] = []
    let entries = 0
    const add = operation({
      draw: (view) => ({ from: anywhere(view), entry: ++entries }),
      run: async (_sim, { from, entry }) => {
        await sim.node(from).actors.request(Ledger('x'), 'add', entry, { timeout: 500 })
        acknowledged.push(entry)
      },
    })
    await sim.workload({ add }, { operations: 30, concurrency: 2, thinkTime: [0, 400] })
    await sim.quiesce()
    const kept = await eventually(sim, () => sim.node('n1').actors.request(Ledger('x'), 'entries'))
    for (const entry of acknowledged) if (!kept.includes(entry)) throw new Error(`entry ${entry} is gone`)
  },
  { nodes },
)

export const memoryOfActors = planted(
  'an actor that does not save',
  'its state is gone when it moves or sleeps',
  2,
  (isBroken) => async (sim) => {
    const Counter = actor(
      'counter',
      async (self) => {
        const state = await self.load(0)
        return {
          add: async () => {
            state.value++
            if (!isBroken) await state.save()
            return state.value
          },
        }
      },
      { idleMs: 1_000 },
    )
    let highest = 0
    const add = operation({
      draw: anywhere,
      run: async (_sim, from) => {
        const before = highest
        const now = await sim.node(from).actors.request(Counter('x'), 'add', undefined, { timeout: 500 })
        highest = Math.max(highest, now)
        if (now <= before) throw new Error(`${now} after ${before}`)
      },
    })
    await sim.workload({ add }, { operations: 40, concurrency: 1, thinkTime: [0, 600] })
  },
  { nodes },
)
