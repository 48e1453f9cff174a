import { fileURLToPath } from 'node:url'
import { defineConfig } from 'tsdown'

/** The simulator without Vitest, for the bench alone: not one of the package's doors. `build.mjs` gives the folder. */
export default defineConfig({
  entry: { simulator: 'test/bench/simulator.ts' },
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  fixedExtension: false,
  dts: false,
  logLevel: 'warn',
  deps: { neverBundle: [/^node:/, /^seedrandom(\/|$)/] },
})
