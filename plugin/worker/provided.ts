import { inject } from 'vitest'
import { packageName } from '../../reporter/contract.ts'
import { drawSeed, isCi } from '../options/environment.ts'
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
    seed: seed ?? { value: (fresh ??= drawSeed()), source: 'fresh' },
    alone: seed !== undefined && runsAlone(seed),
    ...(iterations !== undefined && { iterations }),
    ci: isCi(process.env),
    root: process.cwd().replaceAll('\\', '/'),
    pool: 'forks',
    reporter: false,
  }
}

/** One for all simulations of a worker. */
let fresh: number | undefined

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
