/** The digest laws for actors and workloads with every fault on; golden.test.ts has them for fresh processes and other Nodes. */
import { expect, test } from 'vitest'
import { fingerprints, sameSeedSameDigest } from '../laws/laws.ts'
import { workloadBody } from '../laws/workload-body.ts'
import { passes } from '../verdict/verdict.ts'

const options = { nodes: 5, seed: 5, determinism: 0.1 } as const

test.each(['random', 'swarm'] as const)('%s: one digest a seed, however the loop is cut and drained', async (chaos) => {
  const prints = await sameSeedSameDigest(workloadBody, { ...options, chaos, iterations: 25 })
  expect(new Set(prints).size).toBe(25)
  for (const print of prints) expect(print).toMatch(/ passed$/)
})

test('a seed run alone gives the digest it has in a row of seeds', async () => {
  const prints = await fingerprints(workloadBody, { ...options, chaos: 'swarm', iterations: 20 })
  for (const print of prints.slice(12)) {
    const seed = Number(print.split(' ')[0])
    expect(await fingerprints(workloadBody, { ...options, seed, chaos: 'swarm', determinism: 0 })).toEqual([print])
  }
})

test('every fault of actors, disks and clocks happens', async () => {
  const { families } = await passes(workloadBody, { ...options, chaos: 'random', iterations: 60 })
  const own = ['slow lookup', 'lookup failure', 'stale lookup', 'slow placement', 'placement failure', 'clock']
  for (const name of [...own, 'storage stall', 'storage failure', 'crash', 'wipe', 'pause', 'partition']) {
    const { effective = 0 } = families.find(({ family }) => family === name) ?? {}
    expect(effective, name).toBeGreaterThan(0)
  }
})
