import { describe, expect, test } from 'vitest'
import type { SimulationNode as Node } from '../../src/world/door.ts'
import { StorageFailed, VersionConflict } from '../../src/nodes/storage.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import { failureOf, passes } from '../verdict/verdict.ts'

const restarted = (node: Node): Node => {
  node.restart()
  return node
}

describe('a node’s disk', () => {
  test('keeps values with versions; reads and writes are copies and take time', async () => {
    await passes(async (sim) => {
      const { storage } = sim.node('n')
      expect(await storage.read('a')).toBeUndefined()
      expect(sim.now).toBeGreaterThan(0)
      const value = { list: [1] }
      expect(await storage.write('a', value)).toBe(1)
      value.list.push(2)
      const stored = await storage.read<typeof value>('a')
      expect(stored).toEqual({ value: { list: [1] }, version: 1 })
      stored!.value.list.push(3)
      expect(await storage.write('a', 'other')).toBe(2)
      expect(await storage.read('a')).toEqual({ value: 'other', version: 2 })
      await expect(storage.write('a', () => 1)).rejects.toMatchObject({ name: 'PayloadNotCloneable' })
    })
  })

  test('compares and swaps', async () => {
    await passes(async (sim) => {
      const { storage } = sim.node('n')
      expect(await storage.write('a', 'x', { ifVersion: 0 })).toBe(1)
      await expect(storage.write('a', 'y', { ifVersion: 0 })).rejects.toMatchObject({
        name: 'VersionConflict',
        expected: 0,
        actual: 1,
        message: "'a' is at version 1, not 0: somebody else has written",
      })
      expect(await storage.write('a', 'y', { ifVersion: 1 })).toBe(2)
      const both = await Promise.allSettled([
        storage.write('a', 'one', { ifVersion: 2 }),
        storage.write('a', 'two', { ifVersion: 2 }),
      ])
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      await expect(storage.write('a', 1, { ifVersion: -1 })).rejects.toThrow('storage.write ifVersion')
    })
  })

  test('refuses who was fenced off by a later reader', async () => {
    await passes(async (sim) => {
      const { storage } = sim.node('n')
      await storage.read('a', { fence: 5 })
      await storage.write('a', 'five', { fence: 5 })
      await storage.read('a', { fence: 7 })
      await expect(storage.write('a', 'late', { fence: 5 })).rejects.toBeInstanceOf(VersionConflict)
      await expect(storage.write('a', 'late', { fence: 5, ifVersion: 1 })).rejects.toThrow('belongs to somebody newer')
      await storage.read('a', { fence: 6 })
      expect(await storage.write('a', 'seven', { fence: 7, ifVersion: 1 })).toBe(2)
    })
  })

  test('after a crash: what was synced is there, what was not may be', async () => {
    const kept = new Set<string>()
    await passes(
      async (sim) => {
        const node = sim.node('n')
        await node.storage.write('synced', 1)
        await node.storage.write('changed', 'before')
        await node.storage.sync()
        await node.storage.write('changed', 'after')
        await node.storage.write('new', 1)
        node.crash()
        const { storage } = restarted(node)
        expect(await storage.read('synced')).toEqual({ value: 1, version: 1 })
        const changed = await storage.read('changed')
        expect(['before', 'after']).toContain(changed?.value)
        kept.add(`${String(changed?.value)} ${(await storage.read('new')) !== undefined}`)
      },
      { iterations: 50 },
    )
    expect([...kept].toSorted()).toEqual(['after false', 'after true', 'before false', 'before true'])
  })

  describe('a write over a synced value that was not synced itself', () => {
    /** What is there after a crash, in so many seeds. */
    const found = async (chaos: SimulationOptions['chaos'], iterations = 60) => {
      const seen = new Set<unknown>()
      const result = await passes(
        async (sim) => {
          const node = sim.node('n', () => undefined)
          const { storage } = node
          const attempt = async (work: () => Promise<unknown>): Promise<void> => {
            while (
              !(await work().then(
                () => true,
                () => false,
              ))
            );
          }
          await attempt(() => storage.write('a', 'before'))
          await attempt(() => storage.sync())
          await attempt(() => storage.write('a', 'after'))
          node.restart()
          await attempt(async () => seen.add((await storage.read('a'))?.value))
        },
        { iterations, chaos },
      )
      return { seen, torn: result.families.find(({ family }) => family === 'torn write')?.injected ?? 0 }
    }

    test.each<[string, SimulationOptions['chaos']]>([
      ['calm', 'calm'],
      ['a number', { storage: 0.2 }],
      ['a range', { storage: [0.1, 0.9] }],
      ['stalls alone', { storage: { stall: 0.5 } }],
    ])('is there or not, and then the synced one is: %s', async (_what, chaos) => {
      expect(await found(chaos)).toEqual({ seen: new Set(['before', 'after']), torn: 0 })
    })

    test.each([
      [0, 'after'],
      [1, 'before'],
    ])('`lost: %d` leaves no choice', async (lost, left) => {
      expect((await found({ storage: { lost } })).seen).toEqual(new Set([left]))
      expect((await found({ storage: { lost, stall: 0.2, failure: 0.2 } })).seen).toEqual(new Set([left]))
    })

    test('takes the synced one with it where `torn` is asked for', async () => {
      const { seen, torn } = await found({ storage: { torn: 0.5 } })
      expect(seen).toEqual(new Set(['before', 'after', undefined]))
      expect(torn).toBeGreaterThan(15)
      expect((await found({ storage: { torn: 1 } })).seen).toEqual(new Set([undefined]))
    })

    test('never does so in a profile', async () => {
      for (const chaos of ['random', 'swarm'] as const) {
        const crashes = { everySeed: 0 }
        await passes(
          async (sim) => {
            const node = sim.node('n')
            const write = (value: string): Promise<unknown> => node.storage.write('a', value).catch(() => write(value))
            const sync = (): Promise<unknown> => node.storage.sync().catch(sync)
            await write('before')
            await sync()
            await write('after')
            node.restart()
            const read = (): Promise<unknown> => node.storage.read('a').catch(read)
            expect(await read()).toBeDefined()
            crashes.everySeed++
          },
          { iterations: 200, chaos },
        )
        expect(crashes.everySeed).toBeGreaterThanOrEqual(200)
      }
    })
  })

  test.each([
    [{ storage: true }, /storage is true: it must be a probability .* or an object of stall, failure, lost and torn/],
    [{ storage: 1.5 }, /storage is 1.5: it must be a probability/],
    [{ storage: { tear: 1 } }, /storage.tear is 1: there is no such option; known are stall, failure, lost, torn/],
    [{ storage: { lost: [0.5, 0.1] } }, /storage.lost is \[0.5,0.1\]: it must be a probability/],
  ])('%j is refused', async (chaos, message) => {
    // Options are read at once.
    await expect((async () => checkSimulation(() => undefined, { chaos: chaos as never }))()).rejects.toThrow(message)
  })

  test('what storage does in a seed is told', async () => {
    const failing = async (chaos: SimulationOptions['chaos']) => {
      const result = await checkSimulation(() => Promise.reject(new Error('no')), { seed: 7, iterations: 1, chaos })
      return result.failure?.chaos
    }
    expect(await failing({ storage: 0.25 })).toBe('custom: storage (stall 0.250, failure 0.250, lost 0.250)')
    expect(await failing({ storage: { torn: 0.1 } })).toBe('custom: storage (lost 0.500, torn 0.100)')
    expect(await failing({ storage: { lost: 0 } })).toBe('custom: storage (loses nothing)')
  })

  test('work under way at a crash is not done, and its promise settles for nobody', async () => {
    await passes(async (sim) => {
      let settled = 0
      const node = sim.node('n')
      void node.run(() => node.storage.write('a', 1).finally(() => settled++)).catch(() => undefined)
      await sim.sleep(0.05)
      node.crash()
      await sim.sleep(100)
      expect(settled).toBe(0)
      expect(await restarted(node).storage.read('a')).toBeUndefined()
    })
  })

  test('survives a restart, and is empty after a wipe, also of a dead node', async () => {
    await passes(async (sim) => {
      const node = sim.node('n')
      await node.storage.write('a', 1)
      await node.storage.sync()
      expect(await restarted(node).storage.read('a')).toMatchObject({ value: 1 })
      node.crash()
      node.wipe()
      expect(await restarted(node).storage.read('a')).toBeUndefined()
      await node.storage.write('b', 1, { ifVersion: 0 })
      await node.storage.sync()
      node.wipe()
      expect(node.state).toBe('crashed')
      expect(await restarted(node).storage.read('b')).toBeUndefined()
    })
  })
})

describe('storage faults', () => {
  test('operations fail and stall; a failed write may have been done, a failed sync a part of it', async () => {
    const [done, synced] = [new Set<boolean>(), new Set<number>()]
    let stalls = 0
    const result = await passes(
      async (sim) => {
        const node = sim.node('n')
        const { storage } = node
        for (let i = 0; i < 20; i++) {
          const begun = sim.now
          const failed = await storage.write(`k${i}`, i).then(
            () => false,
            (error: unknown) => error instanceof StorageFailed,
          )
          if (sim.now - begun > 5) stalls++
          const there = await storage.read(`k${i}`).catch(() => 'unknown')
          if (failed && there !== 'unknown') done.add(there !== undefined)
          if (!failed && there !== 'unknown') expect(there).toBeDefined()
        }
        const isSynced = await storage.sync().then(
          () => true,
          () => false,
        )
        if (isSynced) return
        await sim.quiesce()
        node.crash()
        node.restart()
        let left = 0
        for (let i = 0; i < 20; i++) if ((await node.storage.read(`k${i}`)) !== undefined) left++
        synced.add(left)
      },
      { iterations: 60, chaos: { storage: 0.3 } },
    )
    expect(done).toEqual(new Set([true, false]))
    expect(stalls).toBeGreaterThan(100)
    expect(synced.size).toBeGreaterThan(2)
    for (const family of ['storage failure', 'storage stall']) {
      const { injected, effective } = result.families.find((count) => count.family === family)!
      expect([family, effective]).toEqual([family, injected])
      expect(injected).toBeGreaterThan(100)
    }
  })

  test('stop in the quiet phase', async () => {
    await passes(
      async (sim) => {
        const { storage } = sim.node('n')
        await sim.quiesce()
        for (let i = 0; i < 20; i++) await storage.write('a', i)
      },
      { chaos: { storage: 1 } },
    )
  })

  test('a planted bug, an answer before the sync, is caught; the right order passes', async () => {
    const server = (syncFirst: boolean) => (node: Node) => {
      node.bus.handle('put', async (value: number) => {
        await node.storage.write('value', value)
        if (syncFirst) await node.storage.sync()
        return value
      })
      node.bus.handle('get', async () => (await node.storage.read<number>('value'))?.value ?? 0)
    }
    const body = (syncFirst: boolean) => async (sim: Parameters<Parameters<typeof passes>[0]>[0]) => {
      const node = sim.node('server', server(syncFirst))
      const client = sim.node('client')
      let acknowledged = 0
      for (let i = 1; i <= 5; i++) {
        acknowledged = await client.bus.request<number>('server', 'put', i)
        if (sim.random.chance(0.3)) node.restart()
        const read = await client.bus.request<number>('server', 'get')
        if (read < acknowledged) throw new Error(`acknowledged ${acknowledged}, read ${read}`)
      }
    }
    expect((await failureOf(body(false), { iterations: 50 })).message).toContain('acknowledged')
    await passes(body(true), { iterations: 300 })
  })
})
