import { inject } from 'vitest'
import { packageName } from '../../reporter/contract.ts'
import type { ProvidedSimulation } from '../options/provided.ts'
import { iterationsFromEnvironment, runsAlone, seedFromEnvironment } from '../options/seed-source.ts'

/** What the plugin provided; without the plugin: what the environment says. */
export function providedSimulation(): ProvidedSimulation {
  const provided = inject('simulation')
  if (provided !== undefined) return provided
  warnOnce()
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

const forgotten = `${packageName}: this file defines simulations, but its configuration has no simulationPlugin(): they run with \
the defaults, and without a report, a seed for the run, \`-- --seed=N\` and the required coverage. Add it to vitest.config.ts:

    import { simulationPlugin } from '${packageName}/plugin'
    export default defineConfig({ plugins: [simulationPlugin()] })

A project needs it among its own plugins, or \`extends: true\`.`

let warned = false

/** Once a file: Vitest loads this module anew for each. */
function warnOnce(): void {
  // oxlint-disable-next-line no-console -- Vitest shows it with the file it comes from
  if (!warned) console.warn(forgotten)
  warned = true
}
