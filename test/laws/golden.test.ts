import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import { fingerprints } from './laws.ts'
import { mixedBody } from './mixed-body.ts'
import { workloadBody } from './workload-body.ts'

const path = fileURLToPath(new URL('golden.json', import.meta.url))

const requestResponse: Body = async (sim) => {
  sim.node('server', (node) => {
    node.bus.handle('increment', (n: number) => n + 1)
  })
  const client = sim.node('client')
  for (let n = 0; n < 10; n++) expect(await client.bus.request('server', 'increment', n)).toBe(n + 1)
}

const crashing: Body = async (sim) => {
  sim.node('server', (node) => {
    let total = 0
    node.bus.handle('add', (n: number) => (total += n))
    setInterval(() => total++, 10)
  })
  const client = sim.node('client')
  for (let n = 0; n < 10; n++) {
    if (n === 4) sim.node('server').crash()
    if (n === 7) sim.node('server').restart()
    await client.bus.request('server', 'add', n, { timeout: 25 }).catch(() => undefined)
  }
}

const runs: Readonly<Record<string, [Body, SimulationOptions]>> = {
  'request and response': [requestResponse, {}],
  'request and response with buggify': [requestResponse, { chaos: { buggify: true } }],
  'request and response with send failures': [mixedBody, { chaos: { sendFailure: [0, 0.5], buggify: 0.5 } }],
  'a bit of everything': [mixedBody, {}],
  'crash and restart': [crashing, {}],
  'actors and a workload, every fault': [workloadBody, { nodes: 5, chaos: 'random' }],
  'actors and a workload, a swarm of faults': [workloadBody, { nodes: 5, chaos: 'swarm' }],
}

const seeds = { seed: 42, iterations: 4, determinism: 0 }

test('the digests of a few seeds stay what they were', async () => {
  const digests: Record<string, string[]> = {}
  for (const [name, [body, options]] of Object.entries(runs)) {
    digests[name] = await fingerprints(body, { ...options, ...seeds })
  }
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, `${JSON.stringify(digests, null, 2)}\n`)
  const golden: unknown = JSON.parse(readFileSync(path, 'utf8'))
  expect(
    digests,
    'Digests have moved: every printed seed and every kept failing seed now means another run. If that is intended, ' +
      'run `UPDATE_GOLDEN=1 npx vitest run test/laws/golden.test.ts`, commit golden.json and say in the commit why',
  ).toEqual(golden)
})

test('the golden runs are sensitive: another seed, another digest', async () => {
  const golden = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string[]>
  const all = Object.values(golden).flat()
  expect(new Set(all).size).toBe(all.length)
  expect(all.every((print) => print.endsWith(' passed'))).toBe(true)
  expect(Object.keys(golden)).toEqual(Object.keys(runs))
})
