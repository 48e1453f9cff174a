import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { Activations } from '../../src/actors/activations.ts'
import { leaseMs } from '../../src/actors/directory/lease.ts'
import type { SimulationResult } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'
import { planted } from '../planted/actors/plant.ts'
import { passes } from '../verdict/verdict.ts'
import { eventually, fixedLatency, onlyOneLives } from './helpers.ts'

const Here = actor(
  'here',
  (self) => ({
    where: () => self.node,
    leave: () => self.deactivate(),
  }),
  { idleMs: 60_000 },
)

const where = (sim: Simulation, from: number, key = 'x'): Promise<string> =>
  sim.nodes[from]!.actors.request(Here(key), 'where')

const hits = ({ sites }: SimulationResult, name: string): number => sites.find((site) => site.name === name)?.hits ?? 0

const counts = (result: SimulationResult): Record<string, number> =>
  Object.fromEntries(
    ['directory hit', 'directory miss', 'remote forward', 'local activation'].map((name) => [name, hits(result, name)]),
  )

describe('the built-in sites', () => {
  test('directory miss: nobody knew it; directory hit: the directory knew it; nothing: the cache knew it', async () => {
    const result = await passes(
      async (sim) => {
        expect(await where(sim, 0)).toBe('n2')
        expect(await where(sim, 2)).toBe('n2')
        expect(await where(sim, 2)).toBe('n2')
        expect(await where(sim, 0)).toBe('n2')
      },
      { nodes: 3, iterations: 1, placement: () => 'n2' },
    )
    expect(counts(result)).toEqual({
      'directory hit': 1,
      'directory miss': 1,
      'remote forward': 0,
      'local activation': 0,
    })
  })

  test('local activation: the caller’s own node has it', async () => {
    const result = await passes(
      async (sim) => {
        expect(await where(sim, 1)).toBe('n2')
        expect(await where(sim, 1)).toBe('n2')
        expect(await where(sim, 0)).toBe('n2')
      },
      { nodes: 3, iterations: 1, placement: () => 'n2' },
    )
    expect(counts(result)).toMatchObject({ 'local activation': 2, 'remote forward': 0 })
  })

  test('remote forward: the actor was somewhere else', async () => {
    let target = 'n2'
    const result = await passes(
      async (sim) => {
        target = 'n2'
        expect(await where(sim, 0)).toBe('n2')
        expect(await where(sim, 2)).toBe('n2')
        target = 'n3'
        await sim.nodes[2]!.actors.request(Here('x'), 'leave')
        await sim.sleep(100)
        // n3 still believes in n2, which activates it anew: no forward. Let it go to n3 through another node instead.
        await sim.nodes[0]!.actors.request(Here('x'), 'leave')
        await sim.sleep(100)
        sim.nodes[1]!.restart()
        expect(await eventually(sim, () => where(sim, 1))).toBe('n3')
        // n1 still believes in n2, which forwards to n3, and n1 learns.
        expect(await where(sim, 0)).toBe('n3')
        expect(await where(sim, 0)).toBe('n3')
      },
      { nodes: 3, iterations: 1, placement: () => target, chaos: fixedLatency },
    )
    expect(hits(result, 'remote forward')).toBe(1)
  })
})

describe('caches', () => {
  test('that have gone stale cost a forward once, never a wrong answer', async () => {
    let target = ''
    const result = await passes(
      async (sim) => {
        onlyOneLives(sim, [Here('x')])
        for (let round = 0; round < 8; round++) {
          target = sim.random.pick(['n1', 'n2', 'n3', 'n4'])
          for (const from of sim.random.shuffle([0, 1, 2, 3])) {
            const told = await where(sim, from)
            expect(sim.directory.locations(Here('x'))).toEqual([told])
          }
          await sim.nodes[sim.random.below(4)]!.actors.request(Here('x'), 'leave')
          await sim.sleep(sim.random.below(20))
          sim.nodes[sim.random.below(4)]!.restart()
          await sim.sleep(leaseMs * 1.5)
        }
      },
      { nodes: 4, iterations: 20, placement: () => target },
    )
    expect(hits(result, 'remote forward')).toBeGreaterThan(20)
  })

  test('are forgotten when the node they point to does not answer', async () => {
    await passes(
      async (sim) => {
        expect(await where(sim, 1)).toBe('n1')
        sim.nodes[0]!.crash()
        const { actors } = sim.nodes[1]!
        const lost = actors.request(Here('x'), 'where', undefined, { timeout: 100 })
        await expect(lost).rejects.toMatchObject({ name: 'RequestTimeout' })
        await sim.sleep(leaseMs * 1.5)
        expect(await where(sim, 1)).toBe('n2')
      },
      { nodes: 3, placement: ({ nodes }) => nodes[0]! },
    )
  })
})

describe('two that activate the same actor at once', () => {
  test('one wins, and the other forwards its callers', async () => {
    const result = await passes(
      async (sim) => {
        onlyOneLives(sim, [Here('x')])
        const answers = await Promise.all([0, 1, 2, 3, 4].map((from) => where(sim, from)))
        expect(new Set(answers).size).toBe(1)
        expect(sim.directory.locations(Here('x'))).toEqual([answers[0]])
      },
      { nodes: 5, iterations: 200, placement: 'preferLocal', schedule: 'random' },
    )
    expect(hits(result, 'remote forward')).toBeGreaterThan(400)
  })

  test('with factories that take their time', async () => {
    let made = 0
    const Slow = actor('slow', async (self) => {
      made++
      await wait(50)
      return { where: () => self.node }
    })
    await passes(
      async (sim) => {
        made = 0
        const answers = await Promise.all(sim.nodes.map(({ actors }) => actors.request(Slow('x'), 'where')))
        expect(new Set(answers).size).toBe(1)
        expect(made).toBe(1)
      },
      { nodes: 3, iterations: 50, placement: 'preferLocal' },
    )
  })
})

describe('directory faults', () => {
  const Moving = actor('moving', (self) => ({ where: () => self.node }), { idleMs: 30 })

  test('a stale look-up is forwarded, a failed one goes to placement, a slow one takes longer; none gives two', async () => {
    const result = await passes(
      async (sim) => {
        const refs = ['a', 'b', 'c'].map((key) => Moving(key))
        onlyOneLives(sim, refs)
        for (let i = 0; i < 40; i++) {
          await sim.sleep(sim.random.below(60))
          const from = sim.random.pick(sim.nodes)
          // Without its cache it asks the directory every time.
          if (sim.random.chance(0.2) && from.index > 2) from.restart()
          await eventually(sim, () =>
            from.actors.request(sim.random.pick(refs), 'where', undefined, { timeout: 2_000 }),
          )
        }
      },
      { nodes: 5, iterations: 40, chaos: { directory: 0.4 } },
    )
    const effective = new Map(result.families.map((family) => [family.family, family.effective]))
    for (const family of ['stale lookup', 'lookup failure', 'slow lookup']) {
      expect(effective.get(family), family).toBeGreaterThan(30)
    }
    for (const [site, count] of Object.entries(counts(result))) expect(count, site).toBeGreaterThan(20)
  })
})

test('a call is not forwarded for ever', async () => {
  const failure = await planted<Activations, unknown>(
    Activations.prototype,
    'obtain',
    () =>
      function (this: { node: { id: string } }) {
        // Each node believes that the actor is on the next one.
        const next = { n1: 'n2', n2: 'n3', n3: 'n1' }[this.node.id]
        return Promise.resolve({ kind: 'elsewhere', node: next })
      } as never,
    async () => {
      let error: unknown
      const result = await passes(
        async (sim) => {
          error = await where(sim, 0).catch((reason: unknown) => reason)
        },
        { nodes: 3, iterations: 1 },
      )
      expect(hits(result, 'remote forward')).toBe(4)
      return error
    },
  )
  expect(failure).toMatchObject({
    name: 'ActorUnavailable',
    message: expect.stringContaining('forwarded 4 times') as string,
  })
})

test('the last words of a dead node go nowhere', async () => {
  await passes(
    async (sim) => {
      let answers = 0
      sim.nodes[0]!.bus.handle('die', () => {
        const [node] = sim.nodes
        node!.restart()
        node!.actors.request(Here('x'), 'where').then(
          () => answers++,
          () => answers++,
        )
        node!.actors.send(Here('y'), 'leave')
      })
      const asked = sim.nodes[1]!.bus.request('n1', 'die', 0, { timeout: 200 })
      await expect(asked).rejects.toMatchObject({ name: 'RequestTimeout' })
      await sim.sleep(1_000)
      expect(answers).toBe(0)
      expect(sim.directory.entries().size).toBe(0)
    },
    { nodes: 3 },
  )
})

test('a dead node’s actors cannot be called, and say so', async () => {
  await passes(
    async (sim) => {
      expect(await where(sim, 0)).toBe('n2')
      sim.nodes[0]!.crash()
      const crashed = (key: string): unknown => ({
        name: 'NodeCrashed',
        message: `node 'n1' crashed during request 'where' to 'here/${key}'`,
      })
      for (const key of ['x', 'y']) await expect(where(sim, 0, key)).rejects.toMatchObject(crashed(key) as object)
      // One that dies in the middle says the same, whether it looks for the actor or waits for its answer.
      await where(sim, 2, 'known')
      const calls = ['known', 'new'].map((key) =>
        expect(where(sim, 2, key)).rejects.toMatchObject({
          name: 'NodeCrashed',
          message: `node 'n3' crashed during request 'where' to 'here/${key}'`,
        }),
      )
      sim.nodes[2]!.crash()
      await Promise.all(calls)
    },
    { nodes: 3, placement: () => 'n2' },
  )
})

test('two types of the same name are refused', async () => {
  const Other = actor('here', () => ({ where: () => 'elsewhere' }))
  await passes(async (sim) => {
    const { actors } = sim.node('n')
    await actors.request(Here('x'), 'where')
    await expect(actors.request(Other('x'), 'where')).rejects.toThrow("two actor types of the name 'here'")
  })
})
