import { askServer, pass } from '../bodies.mjs'
import { row } from '../measure.mjs'

/** The heap after a collection, early and late in 100,000 iterations of phase 1: it must not grow. */
export async function run({ simulator, quick }) {
  const all = quick ? 1_000 : 100_000
  const heap = new Map([all / 10, all / 2, all].map((number) => [number, 0]))
  const beforeIteration = (number) => {
    if (!heap.has(number)) return
    globalThis.gc()
    heap.set(number, process.memoryUsage().heapUsed / 1_000_000)
  }
  const sometimes = ['request sent', 'response received', 'callback completed']
  await pass(simulator, askServer(10), { iterations: all, sometimes, chaos: { buggify: true } }, { beforeIteration })
  const [before, middle, after] = heap.values()
  return [
    row('heap used, a tenth through phase 1', 'MB', [before], 'heapBefore'),
    row('  half through', 'MB', [middle], 'heapMiddle'),
    row(`  at iteration ${all.toLocaleString('en')}`, 'MB', [after], 'heapAfter'),
  ]
}
