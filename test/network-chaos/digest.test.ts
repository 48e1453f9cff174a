/** The digest laws with every fault on. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'tsdown'
import { expect, test } from 'vitest'
import { scheduleStrategies } from '../../src/chaos/schedule.ts'
import { fingerprints, sameSeedSameDigest } from '../laws/laws.ts'
import { passes } from './check.ts'
import { stormBody } from './storm-body.ts'

const options = { iterations: 200, seed: 11, determinism: 0.02 } as const

test.each(['random', 'swarm'] as const)('%s: one digest a seed, however the loop is cut and drained', async (chaos) => {
  const prints = await sameSeedSameDigest(stormBody, { ...options, chaos })
  expect(prints.length).toBe(200)
  expect(new Set(prints).size).toBe(200)
  for (const print of prints) expect(print).toMatch(/ passed$/)
})

test.each(scheduleStrategies)('schedule %s: one digest a seed', async (schedule) => {
  await sameSeedSameDigest(stormBody, { ...options, iterations: 20, chaos: 'random', schedule })
})

test('every network fault of the profiles injects and is effective', async () => {
  const { families } = await passes(stormBody, { ...options, chaos: 'random' })
  const network = ['loss', 'duplication', 'reordering', 'send failure', 'clog', 'partition', 'slow pair', 'slow peer']
  for (const name of [...network, 'buggify', 'crash', 'pause']) {
    const { effective = 0 } = families.find(({ family }) => family === name) ?? {}
    expect(effective, name).toBeGreaterThan(20)
  }
})

test('a seed run alone gives the digest it has in a row of seeds', async () => {
  const prints = await fingerprints(stormBody, { ...options, iterations: 30, chaos: 'swarm' })
  for (const print of prints.slice(20)) {
    const seed = Number(print.split(' ')[0])
    expect(await fingerprints(stormBody, { seed, chaos: 'swarm', determinism: 0 })).toEqual([print])
  }
})

const script = `
import { checkSimulation, installVirtualGlobals, stormBody } from './fresh-process.js'
installVirtualGlobals()
for (const chaos of ['random', 'swarm']) {
  await checkSimulation(stormBody, { iterations: 200, seed: 11, determinism: 0.02, chaos }, {
    onResult: ({ seed, digest, status }) => console.log(seed, digest, status),
  })
}`

test('a fresh process gives the same digests', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'vitest-simulation-fresh-'))
  try {
    await build({
      config: false,
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      entry: { 'fresh-process': 'test/network-chaos/fresh-process.ts' },
      outDir: dir,
      format: 'esm',
      platform: 'node',
      target: 'node20.19',
      fixedExtension: false,
      dts: false,
      logLevel: 'error',
      deps: { alwaysBundle: [/^seedrandom/] },
    })
    await writeFile(join(dir, 'run.mjs'), script)
    const { stdout } = await promisify(execFile)(process.execPath, [join(dir, 'run.mjs')])
    const here = [
      ...(await fingerprints(stormBody, { ...options, chaos: 'random' })),
      ...(await fingerprints(stormBody, { ...options, chaos: 'swarm' })),
    ]
    expect(stdout.trim().split('\n')).toEqual(here)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})
