import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { simulationPlugin } from './plugin/index.ts'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where `.ci/run` wants the numbers of this run; unset in everyday use. */
const jsonReport = process.env['CI_JSON_REPORT']

/** Our own suite runs on the sources: the package's doors lead there, so the development loop needs no build. */
export default defineConfig({
  plugins: [simulationPlugin({ seed: 42 })],
  resolve: {
    alias: [
      { find: /^vitest-simulation\/plugin$/, replacement: source('plugin/index.ts') },
      { find: /^vitest-simulation\/reporter$/, replacement: source('reporter/index.ts') },
      { find: /^vitest-simulation\/setup$/, replacement: source('plugin/setup.ts') },
      { find: /^vitest-simulation\/history$/, replacement: source('src/history/door.ts') },
      { find: /^vitest-simulation\/tcp-bus$/, replacement: source('src/tcp-bus/door.ts') },
      { find: /^vitest-simulation\/sdk$/, replacement: source('src/assertions/sdk.ts') },
      { find: /^vitest-simulation$/, replacement: source('plugin/api.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    // Minutes long: `npm run test:watchdog`.
    exclude: [
      '**/node_modules/**',
      'test/**/fixtures/**',
      // Installs packages: `npm run test:packages`.
      'test/lanes/{packages,network}/**',
      '.ci/**',
      ...(process.env['WATCHDOG_MATRIX'] ? [] : ['test/watchdog/matrix.test.ts']),
    ],
    // Much of the suite waits for a Vitest of its own.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 180_000,
    reporters: jsonReport ? ['default', ['json', { outputFile: jsonReport }]] : ['default'],
  },
})
