import { expect, test } from 'vitest'
import { simulation, sometimes } from 'vitest-simulation'
import { Greeter, greeters } from './greeter.ts'
import { Spread } from './spread.ts'

const spread = new Spread()

simulation.test(
  '20 actors on 3 nodes are found wherever they are, and never twice',
  {
    nodes: 3,
    placement: 'random',
    chaos: {
      // Look-ups are stale, slow or fail; placing an actor is slow or fails.
      directory: [0.05, 0.3],
      placement: [0.05, 0.3],
    },
    // The router itself fires these, each where it happens.
    sometimes: ['directory hit', 'directory miss', 'remote forward', 'local activation'],
  },
  async (sim) => {
    sim.invariant('each actor is registered in at most one location', () => {
      const twice = greeters.find((greeter) => sim.directory.locations(greeter).length > 1)
      return twice === undefined || `${twice.id} on ${sim.directory.locations(twice).join(' and ')}`
    })

    // Nobody knows any of them yet: each is placed, and activated by its first message.
    const first = await Promise.all(
      greeters.map((greeter) => sim.random.pick(sim.nodes).actors.request(greeter, 'greet', 'first')),
    )
    spread.add(
      sim.seed,
      sim.nodes.map(({ id }) => first.filter(({ from }) => from === id).length),
    )

    // Actors go when nobody calls them and come back somewhere else: what a node remembers of them goes stale.
    const places = new Map(greeters.map((greeter, i) => [greeter.id, first[i]?.from]))
    const visitor = async (name: string): Promise<void> => {
      for (let visit = 0; visit < 30; visit++) {
        const greeter = Greeter(`${sim.random.below(20)}`)
        const { text, from } = await sim.random.pick(sim.nodes).actors.request(greeter, 'greet', name)
        expect(text).toBe(`hello ${name}, I am ${greeter.key}`)
        sometimes(places.get(greeter.id) !== from, 'an actor has moved')
        places.set(greeter.id, from)
        await sim.sleep(sim.random.below(100))
      }
    }
    await Promise.all(['Ann', 'Ben', 'Cy'].map(visitor))

    // When all is quiet, the directory knows exactly those that are active.
    await sim.quiesce()
    for (const greeter of greeters) {
      const [place] = sim.directory.locations(greeter)
      expect(sim.directory.registered(greeter)).toBe(place)
    }
  },
)

test('random placement is balanced, judged over all seeds', ({ skip }) => {
  skip(spread.seeds === 0, 'it judges the seeds of the simulation above')
  const { counts, seeds, chiSquare } = spread
  // oxlint-disable-next-line no-console
  console.info(`placed on n1, n2, n3 over ${seeds} seeds: ${counts.join(', ')}; chi-square ${chiSquare.toFixed(2)}`)
  expect(counts).toHaveLength(3)
  expect(counts.reduce((sum, count) => sum + count)).toBe(20 * seeds)
  // Two degrees of freedom: a balanced placement gets above this in one of 10,000 runs.
  expect(chiSquare).toBeLessThan(18.42)
})
