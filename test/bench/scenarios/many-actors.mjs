import { pass } from '../bodies.mjs'
import { row } from '../measure.mjs'

/** 10,000 actors on each of 5 nodes, all active in one seed, and half and a quarter of that: cost must grow in proportion. */
export async function run({ simulator, quick }) {
  const { actor } = simulator
  const Counter = actor(
    'counter',
    () => {
      let value = 0
      return { add: (by) => (value += by) }
    },
    { idleMs: Infinity },
  )
  const nodes = 5
  const parallel = 100

  /** Activates so many; gives back what each took in heap and time. */
  const measure = async (count) => {
    let result
    const body = async (sim) => {
      globalThis.gc()
      const before = process.memoryUsage().heapUsed
      const start = process.hrtime.bigint()
      for (let i = 0; i < count; i += parallel) {
        const calls = Array.from({ length: parallel }, (_, k) =>
          sim.nodes[k % nodes].actors.request(Counter(`a${i + k}`), 'add', 1, { timeout: 60_000 }),
        )
        await Promise.all(calls)
      }
      const micros = Number(process.hrtime.bigint() - start) / 1000
      globalThis.gc()
      const bytes = process.memoryUsage().heapUsed - before
      const active = sim.nodes.reduce((sum, node) => sum + node.actors.count, 0)
      if (active !== count) throw new Error(`${active} actors are active, not ${count}`)
      result = { kilobytes: bytes / 1000 / count, micros: micros / count }
    }
    await pass(simulator, body, { iterations: 1, nodes, placement: 'roundRobin', limits: { drainMs: 0 } })
    return result
  }

  const all = quick ? 2_000 : 50_000
  await measure(all / 10)
  const quarter = await measure(all / 4)
  const half = await measure(all / 2)
  const full = await measure(all)
  const text = (count) => count.toLocaleString('en')
  return [
    row(`${text(all / 4)} actors on 5 nodes, heap per actor`, 'kB', [quarter.kilobytes]),
    row(`  ${text(all / 2)} actors`, 'kB', [half.kilobytes]),
    row(`  ${text(all)} actors`, 'kB', [full.kilobytes], 'actorKilobytes'),
    row(`  ${text(all / 4)} actors, time per actor`, 'µs', [quarter.micros]),
    row(`  ${text(all / 2)} actors`, 'µs', [half.micros]),
    row(`  ${text(all)} actors`, 'µs', [full.micros], 'actorMicros'),
  ]
}
