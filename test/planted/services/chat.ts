import { actor } from '../../../src/actors/actor.ts'
import { operation } from '../../../src/world/operation.ts'
import { isNamed, planted } from '../workload/planted-bug.ts'

interface Line {
  readonly id: string
  readonly text: string
}

/** A chat room is an actor with a saved history; who gets no answer posts the same line again. */
export const chat = planted(
  'a line is in the history once',
  'which lines were posted is known to one activation only',
  2,
  (isBroken) => async (sim) => {
    const Room = actor('room', async (self) => {
      const history = await self.load<Line[]>([])
      const posted = new Set(isBroken ? [] : history.value.map(({ id }) => id))
      return {
        post: async (line: Line) => {
          if (posted.has(line.id)) return history.value.length
          posted.add(line.id)
          history.value.push(line)
          await history.save()
          return history.value.length
        },
        history: () => history.value,
      }
    })
    let lines = 0
    const alphabet = {
      post: operation({
        weight: 3,
        draw: ({ random, nodes }) => ({ at: random.pick(nodes).id, id: `m${++lines}` }),
        run: async (_sim, { at, id }) => {
          for (let attempt = 1; ; attempt++) {
            try {
              return await sim
                .node(at)
                .actors.request(Room('tea'), 'post', { id, text: `hello from ${at}` }, { timeout: 300 })
            } catch (error) {
              if (attempt === 10 || !isNamed(error, 'RequestTimeout', 'ActorUnavailable')) throw error
              await sim.sleep(100)
            }
          }
        },
      }),
      read: operation({
        draw: ({ random, nodes }) => random.pick(nodes).id,
        run: async (_sim, at) => {
          const history = await sim.node(at).actors.request(Room('tea'), 'history', undefined, { timeout: 300 })
          const ids = history.map(({ id }) => id)
          const twice = ids.find((id, place) => ids.indexOf(id) !== place)
          if (twice !== undefined) throw new Error(`${twice} is in the history twice`)
          return ids.length
        },
      }),
    }
    await sim.workload(alphabet, { operations: 60, concurrency: 2, thinkTime: [0, 200] })
  },
  { nodes: 3, chaos: { crash: { wipe: 0 }, loss: [0, 0.1] } },
)
