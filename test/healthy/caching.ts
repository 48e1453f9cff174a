/** Caches with leases (Gray and Cheriton, 1989): a write is done when no cache can serve the old value any more. */
import type { SimulationNode as Node } from '../../src/world/door.ts'
import { type Healthy, persistently, tried } from './kit.ts'

interface Loaded {
  readonly version: number
  readonly isCacheable: boolean
}

const caches = ['c1', 'c2', 'c3']
const keys = ['k1', 'k2']

export const caching: Healthy = {
  name: 'caches with invalidation',
  bug: 'a write does not wait for the leases of caches that it cannot reach',
  body: async (sim, isBroken) => {
    const versions = new Map(keys.map((key) => [key, 0]))
    const seen = new Map<string, number>()

    const database = sim.node('database')
    const leases = new Map(keys.map((key) => [key, new Map<string, number>()]))
    const queues = new Map(keys.map((key) => [key, Promise.resolve()]))
    const writing = new Map<string, number>()
    const invalidate = async (key: string, version: number, cache: string, until: number): Promise<void> => {
      while (performance.now() < until) {
        const answer = await tried(database.bus.request(cache, 'invalidate', { key, version }, { timeout: 100 }))
        if (answer !== undefined || isBroken) return
      }
    }
    const apply = async (key: string, version: number): Promise<void> => {
      if (version <= (versions.get(key) as number)) return
      writing.set(key, version)
      const holders = leases.get(key) as Map<string, number>
      await Promise.all([...holders].map(([cache, until]) => invalidate(key, version, cache, until)))
      holders.clear()
      versions.set(key, version)
      writing.delete(key)
    }
    database.bus.handle('write', ({ key, version }: { key: string; version: number }) => {
      const turn = (queues.get(key) as Promise<void>).then(() => apply(key, version))
      queues.set(key, turn)
      return turn
    })
    database.bus.handle('load', ({ key, cache }: { key: string; cache: string }): Loaded => {
      const isCacheable = !writing.has(key)
      if (isCacheable) leases.get(key)?.set(cache, performance.now() + 200)
      return { version: versions.get(key) as number, isCacheable }
    })

    const cache = (node: Node): void => {
      const entries = new Map<string, { version: number; until: number }>()
      /** Older versions must not be kept, however late they come. */
      const oldest = new Map<string, number>()
      const read = async (key: string): Promise<number> => {
        const entry = entries.get(key)
        const asked = performance.now()
        if (entry !== undefined && asked < entry.until) return entry.version
        const question = { key, cache: node.id }
        const { version, isCacheable } = await node.bus.request<Loaded>('database', 'load', question, { timeout: 100 })
        if (isCacheable && version >= (oldest.get(key) ?? 0)) entries.set(key, { version, until: asked + 150 })
        return version
      }
      node.bus.handle('read', read)
      node.bus.handle('invalidate', ({ key, version }: { key: string; version: number }) => {
        oldest.set(key, Math.max(version, oldest.get(key) ?? 0))
        entries.delete(key)
        return true
      })
      const show = async (): Promise<void> => {
        for (const key of keys) seen.set(`${node.id} ${key}`, (await tried(read(key))) ?? -1)
      }
      setInterval(() => void show(), 50)
    }
    for (const id of caches) sim.node(id, cache)

    /** Versions whose write has ended. */
    const written = new Map(keys.map((key) => [key, 0]))
    let isOver = false
    const client = sim.node('client')
    const write = async (key: string): Promise<void> => {
      for (let version = 1; version <= 5; version++) {
        const how = { timeout: 150, retry: { attempts: 8 } }
        const done = await tried(client.bus.request('database', 'write', { key, version }, how).then(() => true))
        if (done) written.set(key, version)
        await sim.sleep(sim.random.below(100))
      }
    }
    const look = async (): Promise<void> => {
      while (!isOver) {
        const [to, key] = [sim.random.pick(caches), sim.random.pick(keys)]
        const before = written.get(key) as number
        const version = await tried(client.bus.request<number>(to, 'read', key, { timeout: 120 }))
        if (version !== undefined && version < before) {
          throw new Error(`${to} answers ${key} version ${version}, ${before} was written before it was asked`)
        }
        await sim.sleep(sim.random.below(20))
      }
    }
    const readers = [look(), look()]
    await Promise.all(keys.map(write))
    isOver = true
    await Promise.all(readers)
    // During the chaos a link may be too slow for this timeout; then it succeeds when the system is mended.
    const last = { key: 'k1', version: 6 }
    await client.run(() => void persistently(() => client.bus.request('database', 'write', last, { timeout: 200 })))
    await sim.eventually('every cache shows the last version', () => {
      for (const id of caches)
        for (const key of keys)
          if (seen.get(`${id} ${key}`) !== versions.get(key)) return `${id} shows ${key} ${seen.get(`${id} ${key}`)}`
      return versions.get('k1') === 6
    })
  },
}
