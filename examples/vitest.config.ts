import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { fixedCount, simulationPlugin, untilAllSometimesReached } from 'vitest-simulation/plugin'

/** Ten seeds while developing; in CI as many as it takes to see every `sometimes`, 1,000 at most. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  plugins: [
    simulationPlugin({
      iterations: { development: fixedCount(10), ci: untilAllSometimesReached(1000) },
      overrides: [{ test: /slow_simulation_messagebus/, slowTimeout: { period: '180s' } }],
    }),
  ],
  // The second form: run from this folder.
  test: { include: ['examples/**/*.test.ts', '{phase-*,sockets,gallery}/*.test.ts'] },
})
