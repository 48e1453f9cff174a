import { defineConfig } from 'vitest/config'
import { simulationPlugin } from 'vitest-simulation/plugin'

const seeds = Number(process.env['PACKAGE_SEEDS'] ?? 100)

export default defineConfig({
  plugins: [simulationPlugin({ seed: 20, iterations: seeds, reporter: false, keepFailures: false, traceFiles: false })],
  test: { testTimeout: 0 },
})
