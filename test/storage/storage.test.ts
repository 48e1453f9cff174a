import { describe, expect, test } from 'vitest'
import type { Node } from '../../src/runner/node.ts'
import { StorageFailed, VersionConflict } from '../../src/nodes/storage.ts'
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

  test('an unsynced write may be torn at a crash, when storage has faults: then nothing of it is left', async () => {
    const seen = new Set<unknown>()
    const result = await passes(
      async (sim) => {
        const node = sim.node('n')
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
        node.crash()
        node.restart()
        await attempt(async () => seen.add((await storage.read('a'))?.value))
      },
      { iterations: 60, chaos: { storage: 0.05 } },
    )
    expect(seen).toEqual(new Set(['before', 'after', undefined]))
    expect(result.families.find(({ family }) => family === 'torn write')!.injected).toBeGreaterThan(5)
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
