import { describe, expect, test } from 'vitest'
import type { CrashEpisodes } from '../../src/chaos/families.ts'
import type { Simulation } from '../../src/world/door.ts'
import { nothingRunsFromDeadNodes, sameSeedSameDigest } from '../laws/laws.ts'
import { passes } from '../verdict/verdict.ts'

const often = { every: [10, 100], lasts: [20, 200] } as const

/** How many nodes were dead together, which, and how often each incarnation began. */
async function watch(sim: Simulation, ms: number, look: (dead: string[]) => void): Promise<void> {
  for (const node of sim.nodes) {
    node.start(() => void setInterval(() => undefined, 7))
  }
  for (let i = 0; i < ms; i += 5) {
    look(sim.nodes.filter((node) => !node.alive).map((node) => node.id))
    await sim.sleep(5)
  }
}

describe('crash episodes', () => {
  test('kill, and bring back; never more than maxDead at a time', async () => {
    for (const maxDead of [1, 2, 3]) {
      let [most, restarts] = [0, 0]
      const chaos = { crash: { ...often, maxDead } }
      const result = await passes(
        async (sim) => {
          await watch(sim, 2_000, (dead) => (most = Math.max(most, dead.length)))
          await sim.quiesce()
          expect(sim.nodes.every((node) => node.state === 'running')).toBe(true)
          restarts += sim.nodes.reduce((sum, node) => sum + node.incarnation - 1, 0)
        },
        { nodes: 5, iterations: 20, chaos },
      )
      expect(most).toBe(maxDead)
      expect(restarts).toBeGreaterThan(100)
      const { injected, effective } = result.families.find(({ family }) => family === 'crash')!
      expect(injected).toBe(effective)
    }
  })

  test('count those that the test itself has killed', async () => {
    let most = 0
    await passes(
      async (sim) => {
        sim.nodes[0]!.crash()
        await watch(sim, 1_000, (dead) => (most = Math.max(most, dead.length)))
      },
      { nodes: 5, iterations: 10, chaos: { crash: { ...often, maxDead: 1 } } },
    )
    expect(most).toBe(1)
  })

  test('with zones, whole zones die together', async () => {
    const zones = [['n1', 'n2'], ['n3', 'n4'], ['n5']]
    const seen = new Set<string>()
    const chaos = { crash: { ...often, zones, graceful: 0 } }
    await passes((sim) => watch(sim, 2_000, (dead) => seen.add(dead.join())), { nodes: 5, iterations: 20, chaos })
    expect([...seen].toSorted()).toEqual(['', 'n1,n2', 'n3,n4', 'n5'])
    seen.clear()
    const small = { crash: { ...often, zones, maxDead: 1 } }
    await passes((sim) => watch(sim, 2_000, (dead) => seen.add(dead.join())), {
      nodes: 5,
      iterations: 20,
      chaos: small,
    })
    expect([...seen].toSorted()).toEqual(['', 'n5'])
  })

  test('wipe and stop in the shares that are asked for', async () => {
    const count = async (crash: CrashEpisodes): Promise<Record<string, number>> => {
      const { families } = await passes((sim) => watch(sim, 3_000, () => {}), {
        nodes: 3,
        iterations: 20,
        chaos: { crash },
      })
      return Object.fromEntries(families.map(({ family, injected }) => [family, injected]))
    }
    const wipes = await count({ ...often, wipe: 1 })
    expect(wipes).toMatchObject({ crash: 0, wipe: expect.any(Number) as number })
    expect(wipes['graceful stop']).toBeUndefined()
    const stops = await count({ ...often, wipe: 0, graceful: 1 })
    expect(stops['graceful stop']).toBeGreaterThan(50)
    expect(stops['wipe']).toBeUndefined()
    const mixed = await count({ ...often, wipe: [0.2, 0.4], graceful: [0.3, 0.5] })
    const all = mixed['crash']! + mixed['wipe']! + mixed['graceful stop']!
    expect(mixed['wipe']! / all).toBeGreaterThan(0.15)
    expect(mixed['wipe']! / all).toBeLessThan(0.45)
    expect(mixed['graceful stop']! / all).toBeGreaterThan(0.15)
  })

  test('take no more disks of a seed than a system must bear, unless a share of wipes is asked for', async () => {
    /** The largest number of nodes that came back with an empty disk, over all seeds. */
    const mostWiped = async (crash: CrashEpisodes): Promise<number> => {
      let most = 0
      await passes(
        async (sim) => {
          const wiped = new Set<string>()
          for (const node of sim.nodes) {
            node.start(async () => {
              if (node.incarnation > 1 && (await node.storage.read('mark')) === undefined) wiped.add(node.id)
              await node.storage.write('mark', true)
              await node.storage.sync()
            })
          }
          await sim.sleep(6_000)
          most = Math.max(most, wiped.size)
        },
        { nodes: 5, iterations: 30, chaos: { crash } },
      )
      return most
    }
    expect(await mostWiped(often)).toBe(1)
    expect(await mostWiped({ ...often, maxDead: 2 })).toBe(2)
    expect(await mostWiped({ ...often, zones: [['n1', 'n2'], ['n3', 'n4'], ['n5']] })).toBe(2)
    expect(await mostWiped({ ...often, wipe: 0.3 })).toBe(5)
    expect(await mostWiped({ ...often, wipe: 0 })).toBe(0)
  })

  test('spare nodes without a boot function: a test’s own client', async () => {
    await passes(
      async (sim) => {
        const client = sim.node('client')
        sim.node('server', () => undefined)
        await sim.sleep(5_000)
        expect(client.incarnation).toBe(1)
        expect(sim.node('server').incarnation).toBeGreaterThan(1)
      },
      { chaos: { crash: often } },
    )
  })

  test('with peers: reset end requests at once, else peers see silence', async () => {
    const outcomes = async (peers: 'silence' | 'reset'): Promise<Set<string>> => {
      const names = new Set<string>()
      await passes(
        async (sim) => {
          sim.node('server', (node) => node.bus.handle('ask', () => new Promise((done) => setTimeout(done, 10))))
          const client = sim.node('client')
          for (let i = 0; i < 50; i++) {
            await client.bus.request('server', 'ask', 0, { timeout: 60 }).catch((error: Error) => names.add(error.name))
          }
        },
        { iterations: 10, chaos: { crash: { ...often, peers, graceful: 0 } } },
      )
      return names
    }
    expect([...(await outcomes('silence'))]).toEqual(['RequestTimeout'])
    expect(await outcomes('reset')).toContain('ConnectionReset')
  })

  test('recovery takes as long as `lasts` says', async () => {
    const times: number[] = []
    await passes(
      async (sim) => {
        let since = -1
        await watch(sim, 3_000, (dead) => {
          if (dead.length > 0 && since < 0) since = sim.now
          if (dead.length === 0 && since >= 0) {
            times.push(sim.now - since)
            since = -1
          }
        })
      },
      { nodes: 3, iterations: 10, chaos: { crash: { every: [50, 100], lasts: [100, 150], graceful: 0 } } },
    )
    expect(times.length).toBeGreaterThan(50)
    expect(Math.min(...times)).toBeGreaterThanOrEqual(95)
    expect(Math.max(...times)).toBeLessThanOrEqual(155)
  })
})

test('pause episodes freeze nodes and let them go on', async () => {
  let frozen = 0
  const result = await passes(
    async (sim) => {
      await watch(sim, 2_000, () => {
        frozen += sim.nodes.filter((node) => node.state === 'paused').length
      })
      await sim.quiesce()
      expect(sim.nodes.every((node) => node.state === 'running')).toBe(true)
    },
    { nodes: 3, iterations: 10, chaos: { pause: often } },
  )
  expect(frozen).toBeGreaterThan(100)
  expect(result.families.find(({ family }) => family === 'pause')!.effective).toBeGreaterThan(50)
})

test('laws under attrition: nothing runs from dead nodes, and the same seed gives the same digest', async () => {
  const body = async (sim: Simulation): Promise<void> => {
    for (const node of sim.nodes) {
      node.start(() => {
        setInterval(() => void node.bus.request('n1', 'ask', 0, { timeout: 20 }).catch(() => undefined), 200)
        node.bus.handle('ask', () => new Promise((done) => setTimeout(done, 5)))
        void (async () => {
          for (;;) {
            await node.storage.write('k', performance.now()).catch(() => undefined)
            await node.storage.sync().catch(() => undefined)
            await new Promise((done) => setTimeout(done, 10))
          }
        })()
      })
    }
    await sim.sleep(600)
  }
  const options = {
    nodes: 4,
    chaos: { crash: { ...often, zones: [['n1', 'n2'], ['n3']] }, pause: often, clock: true, storage: 0.1 },
  } as const
  const seeds = Array.from({ length: 10 }, (_, seed) => seed)
  expect(await nothingRunsFromDeadNodes(body, seeds, options)).toBeGreaterThan(20)
  await sameSeedSameDigest(body, { ...options, seed: 5, iterations: 3 })
})
