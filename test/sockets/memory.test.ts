/** Sockets of seeds that are over are not kept, closed or not. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import http from 'node:http'
import { expect, test } from 'vitest'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Simulation } from '../../src/world/door.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Each seed leaves connections open at both ends, with a request on its way, and 100 KB on the server. */
const body = (ask: (path: string) => Promise<unknown>, kept: unknown[]) => async (sim: Simulation) => {
  sim.node('web', () => {
    const ballast = Array.from({ length: 12_000 }, (_, index) => index)
    kept.push(() => ballast)
    kept.length = Math.min(kept.length, kept === leaking ? 10_000 : 0)
    http.createServer((request, response) => request.url !== '/open' && response.end(`${ballast.length}`)).listen(80)
  })
  await sim.node('client').run(async () => {
    await ask('/a')
    ask('/open').catch(() => {})
    await sim.sleep(20)
  })
}

const leaking: unknown[] = []

const byHttp = (path: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    http.get(`http://web${path}`, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
const byFetch = async (path: string): Promise<unknown> => (await fetch(`http://web${path}`)).text()

async function growth(ask: (path: string) => Promise<unknown>, kept: unknown[]): Promise<number> {
  const run = async (seed: number): Promise<number> => {
    const { failure } = await checkSimulation(body(ask, kept), { iterations: 100, seed, determinism: 0 })
    expect(failure?.failure.message).toBeUndefined()
    collect()
    return process.memoryUsage().heapUsed
  }
  await run(1)
  const before = await run(2)
  await run(3)
  return ((await run(4)) - before) / 1e6
}

test.each([
  ['http', byHttp],
  ['fetch', byFetch],
] as const)('%s: 200 seeds more need no more memory', async (_name, ask) => {
  expect(await growth(ask, [])).toBeLessThan(5)
})

test('what is kept would be seen', async () => {
  expect(await growth(byHttp, leaking)).toBeGreaterThan(10)
})
