import { describe, expect, test } from 'vitest'
import { type ActorOptions, actor } from '../../src/actors/actor.ts'
import type { Placement, PlacementName, PlacementView } from '../../src/actors/placement.ts'
import type { Simulation } from '../../src/world/door.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { passes } from '../verdict/verdict.ts'

const Placed = actor('placed', (self) => ({ where: () => self.node }))

/** Where each of `count` actors is placed, when the nodes ask in turn. */
async function places(sim: Simulation, count: number): Promise<string[]> {
  const where: string[] = []
  for (let i = 0; i < count; i++) {
    const { actors } = sim.nodes[i % sim.nodes.length]!
    where.push(await actors.request(Placed(`p${i}`), 'where'))
  }
  return where
}

async function placed(
  placement: PlacementName | Placement,
  count: number,
  nodes: number,
  look: (where: string[], sim: Simulation) => unknown,
  iterations = 3,
): Promise<void> {
  await passes(async (sim) => look(await places(sim, count), sim), { nodes, placement, iterations })
}

describe('placement', () => {
  test('random: every node alike, over the seeds (chi-square)', async () => {
    const counts = new Map<string, number>()
    await placed('random', 20, 4, (where) => where.forEach((id) => counts.set(id, (counts.get(id) ?? 0) + 1)), 100)
    const expected = 2_000 / 4
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
    expect(counts.size).toBe(4)
    // The 99.9 % quantile for 3 degrees of freedom.
    expect(chiSquare).toBeLessThan(16.27)
  })

  test('roundRobin: one after the other', async () => {
    await placed('roundRobin', 6, 3, (where) => expect(where).toEqual(['n1', 'n2', 'n3', 'n1', 'n2', 'n3']))
  })

  test('leastLoaded: where the fewest are', async () => {
    await placed('leastLoaded', 9, 3, async (where, sim) => {
      expect(where).toEqual(['n1', 'n2', 'n3', 'n1', 'n2', 'n3', 'n1', 'n2', 'n3'])
      expect([...sim.directory.load.values()]).toEqual([3, 3, 3])
      sim.nodes[1]!.restart()
      expect(await sim.nodes[0]!.actors.request(Placed('new'), 'where')).toBe('n2')
    })
  })

  test('preferLocal: where it was asked for', async () => {
    await placed('preferLocal', 6, 3, (where) => expect(where).toEqual(['n1', 'n2', 'n3', 'n1', 'n2', 'n3']))
  })

  test('hash: the same actor on the same node in every seed, spread over all nodes', async () => {
    const seen: string[][] = []
    await placed('hash', 60, 3, (where) => seen.push(where))
    expect(new Set(seen.map((where) => where.join())).size).toBe(1)
    for (const id of ['n1', 'n2', 'n3']) expect(seen[0]!.filter((where) => where === id).length).toBeGreaterThan(8)
  })

  test('a function of one’s own sees the actor, the living nodes, the loads and its own randomness', async () => {
    const views: PlacementView[] = []
    const own: Placement = (view) => {
      views.push(view)
      return view.random.pick(view.nodes.filter((id) => id !== view.local))
    }
    await placed(own, 4, 3, async (where, sim) => {
      where.forEach((id, i) => expect(id).not.toBe(`n${(i % 3) + 1}`))
      sim.nodes[2]!.crash()
      views.length = 0
      await sim.nodes[0]!.actors.request(Placed('late'), 'where')
      expect(views[0]).toMatchObject({ actor: 'placed/late', nodes: ['n1', 'n2'], local: 'n1' })
      for (const node of sim.nodes) expect(views[0]!.load(node.id)).toBe(node.actors.count)
    })
  })

  test('one that names no node fails the call and says so', async () => {
    await passes(
      async (sim) => {
        await expect(sim.nodes[0]!.actors.request(Placed('x'), 'where')).rejects.toThrow(
          "placement of placed/x chose 'mars', which is not a node",
        )
      },
      { nodes: 2, placement: () => 'mars' },
    )
  })

  test('never chooses a dead or stopping node', async () => {
    for (const placement of ['random', 'roundRobin', 'leastLoaded', 'hash'] as const) {
      await passes(
        async (sim) => {
          // The directory is on n1, n2 and n3.
          sim.nodes[4]!.crash()
          void sim.nodes[3]!.stop(60_000)
          for (let i = 0; i < 10; i++) {
            expect(['n1', 'n2', 'n3']).toContain(await sim.nodes[2]!.actors.request(Placed(`p${i}`), 'where'))
          }
        },
        { nodes: 5, placement },
      )
    }
  })

  test('an unknown name is refused before anything runs', () => {
    for (const name of ['nearest', 'toString']) {
      expect(() => checkSimulation(() => {}, { placement: name as never })).toThrow(`option 'placement' is '${name}'`)
    }
  })
})

test('placement faults: slow ones take longer, failed ones fall back to the node that asks', async () => {
  const options: ActorOptions = { idleMs: 50 }
  const Short = actor('short', (self) => ({ where: () => self.node }), options)
  const [times, where] = [new Set<number>(), new Set<string>()]
  const result = await passes(
    async (sim) => {
      for (let i = 0; i < 20; i++) {
        const begun = sim.now
        where.add(await sim.nodes[0]!.actors.request(Short(`p${i}`), 'where'))
        times.add(Math.floor((sim.now - begun) / 100))
      }
    },
    // The strategy never chooses n1.
    { nodes: 3, iterations: 30, placement: ({ random }) => random.pick(['n2', 'n3']), chaos: { placement: 0.3 } },
  )
  expect(where).toEqual(new Set(['n1', 'n2', 'n3']))
  expect(times.size).toBeGreaterThan(2)
  for (const name of ['slow placement', 'placement failure']) {
    const { injected, effective } = result.families.find(({ family }) => family === name)!
    expect(injected).toBe(effective)
    expect(injected).toBeGreaterThan(100)
  }
})
