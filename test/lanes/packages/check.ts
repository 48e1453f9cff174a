import { createHash } from 'node:crypto'
import { afterAll } from 'vitest'
import { type Simulation, type SimulationOptions, simulation } from 'vitest-simulation'

/** What the bodies of one package returned, seed by seed; made once for a test file. */
const outcomes = new Map<string, Map<number, string>>()

/**
 * One package under 100 seeds, each of them twice. The outcome of each seed is data; a hash of all is printed, so that other
 * pools and versions of Node can be compared.
 */
export function check(name: string, body: (sim: Simulation) => unknown, options: SimulationOptions = {}): void {
  const ofPackage = new Map<number, string>()
  outcomes.set(name, ofPackage)
  simulation.test(name, { ...options, determinism: 1 }, async (sim) => {
    const outcome = JSON.stringify(await body(sim))
    const known = ofPackage.get(sim.seed)
    if (known !== undefined && known !== outcome) throw new Error(`seed ${sim.seed}: ${known}, then ${outcome}`)
    ofPackage.set(sim.seed, outcome)
  })
}

afterAll(() => {
  for (const [name, bySeed] of outcomes) {
    const hash = createHash('sha256')
    for (const seed of [...bySeed.keys()].sort((a, b) => a - b)) hash.update(`${seed} ${bySeed.get(seed)}\n`)
    const [last] = [...bySeed].slice(-1)
    process.stdout.write(`last ${name} ${last?.[0]} ${last?.[1]}\n`)
    process.stdout.write(`outcome ${name} ${bySeed.size} ${hash.digest('hex').slice(0, 16)}\n`)
  }
})
