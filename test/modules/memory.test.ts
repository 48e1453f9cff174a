/** Module graphs of seeds that are over are not kept. FRESH_GRAPHS says how many there are; 100,000 take some minutes. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runVitest } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const graphs = Number(process.env['FRESH_GRAPHS'] ?? 3_000)
/** How often the heap is measured. */
const samples = 3

const files = {
  'vitest.config.ts': `${configHead}
export default defineConfig({
  resolve: { alias: aliases },
  plugins: [simulationPlugin()],
  test: { pool: 'forks', execArgv: ['--expose-gc'] },
})\n`,
  // Each graph holds 4 KB or so: those of all seeds would be seen.
  'cache.ts': `export const cache = new Map<string, number[]>()
export const put = (key: string): void => void cache.set(key, Array.from({ length: 500 }, (_, i) => i))
setInterval(() => cache.clear(), 60_000)\n`,
  'queue.ts': `import { put } from './cache.ts'
let chain: Promise<unknown> = Promise.resolve()
export const add = (key: string): Promise<void> => {
  const next = chain.then(() => put(key))
  chain = next
  return next
}\n`,
  'memory.test.ts': `import { appendFileSync } from 'node:fs'
import { beforeEach } from 'vitest'
import { simulation } from 'vitest-simulation'
import { add } from './queue.ts'

let seeds = 0
const kept: unknown[] = []
beforeEach(() => {
  if (++seeds % ${Math.floor(graphs / samples)} !== 0) return
  for (let i = 0; i < 3; i++) (globalThis as unknown as { gc(): void }).gc()
  appendFileSync('heap.txt', process.memoryUsage().heapUsed + '\\n')
})

simulation.test('evaluates its modules anew', { iterations: ${graphs}, determinism: 0 }, async (sim) => {
  const node = sim.node('a', (own) => own.bus.handle('add', (key: string) => add(key)))
  if (process.env['LEAKS'] !== undefined) kept.push(add)
  await sim.node('b').bus.request(node.id, 'add', 'key')
})\n`,
}

const roots: string[] = []
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })))

/** By how much the heap has grown from the first sample to the last, MB. */
async function growth(env: Readonly<Record<string, string>>): Promise<number> {
  const root = makeTemporaryProject({ files })
  roots.push(root)
  const { stdout, stderr, exitCode } = await runVitest({ root, env, timeoutMs: 600_000 })
  expect(exitCode, stdout + stderr).toBe(0)
  const heap = readFileSync(join(root, 'heap.txt'), 'utf8').trim().split('\n').map(Number)
  expect(heap).toHaveLength(samples)
  return ((heap.at(-1) ?? 0) - (heap[0] ?? 0)) / 1e6
}

test('the heap stays what it is', { timeout: 600_000 }, async () => {
  expect(await growth({})).toBeLessThan(1)
})

test('and grows where the test keeps a function of each graph', { timeout: 600_000 }, async () => {
  expect(await growth({ LEAKS: '1' })).toBeGreaterThan(4)
})
