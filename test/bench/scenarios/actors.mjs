import { pass } from '../bodies.mjs'
import { interleave, row } from '../measure.mjs'

const nodes = 3
const actorsCount = 20

/** Requests to nodes and actors, a third of them to the caller's own node, and what each layer adds to the one below. */
export async function run({ simulator, quick }) {
  const { actor } = simulator
  const Counter = actor('counter', () => {
    let value = 0
    return { add: (by) => (value += by) }
  })
  const Saved = actor('saved', async (self) => {
    const state = await self.load(0)
    return {
      add: async (by) => {
        state.value += by
        await state.save()
      },
    }
  })

  const ask = (count) => async (sim) => {
    for (const node of sim.nodes) node.bus.handle('add', (by) => by + 1)
    for (let i = 0; i < count; i++)
      await sim.nodes[i % nodes].bus.request(`n${((i % actorsCount) % nodes) + 1}`, 'add', 1)
  }
  const call = (type, count, keys) => async (sim) => {
    for (let i = 0; i < count; i++) await sim.nodes[i % nodes].actors.request(type(`a${i % keys}`), 'add', 1)
  }

  const units = (full) => (quick ? 500 : full)
  const contender = (name, full, body) => ({
    name,
    units: units(full),
    run: () => pass(simulator, body(units(full)), { iterations: 1, nodes }),
  })
  const samples = await interleave(
    [
      contender('bus', 200_000, ask),
      contender('active', 200_000, (count) => call(Counter, count, actorsCount)),
      contender('new', 10_000, (count) => call(Counter, count, Infinity)),
      contender('saved', 40_000, (count) => call(Saved, count, actorsCount)),
    ],
    quick ? 1 : 9,
  )
  const micros = (name) => samples.get(name).map((perSecond) => 1_000_000 / perSecond)
  const over = (name, below) => micros(name).map((cost, round) => cost - micros(below)[round])
  return [
    row('actors, local and remote mixed', 'req/resp per s', samples.get('active'), 'actorRequestsPerSecond'),
    row('  bus request', 'µs', micros('bus'), 'actorBusMicros'),
    row('  routing and a turn, over the bus', '+ µs', over('active', 'bus'), 'actorRoutingMicros'),
    row('  activation (look-up, registration), over that', '+ µs', over('new', 'active'), 'actorActivationMicros'),
    row('  a save, over routing and a turn', '+ µs', over('saved', 'active'), 'actorStorageMicros'),
  ]
}
