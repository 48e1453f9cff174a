import { inject } from 'vitest'
import type { ProvidedSimulation } from '../provided.ts'
import { iterationsFromEnvironment, runsAlone, seedFromEnvironment } from '../seed-source.ts'

/** What the plugin provided; without the plugin: what the environment says. */
export function providedSimulation(): ProvidedSimulation {
  const provided = inject('simulation')
  if (provided !== undefined) return provided
  const seed = seedFromEnvironment(process.env)
  const iterations = iterationsFromEnvironment(process.env)
  return {
    version: 1,
    options: { overrides: [] },
    seed: seed ?? { value: freshSeed(), source: 'fresh' },
    alone: seed !== undefined && runsAlone(seed),
    ...(iterations !== undefined && { iterations }),
    ci: process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false',
    root: process.cwd().replaceAll('\\', '/'),
    pool: 'forks',
    reporter: false,
  }
}

let fresh: number | undefined

/** One fresh root seed for all simulations of a worker. */
function freshSeed(): number {
  if (fresh === undefined) {
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
    fresh = (high & 0x1fffff) * 4294967296 + low
  }
  return fresh
}
