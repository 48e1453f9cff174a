import { fileURLToPath } from 'node:url'
import { defineConfig } from 'tsdown'
import simulator from '../bench/tsdown.config.ts'

const door = fileURLToPath(new URL('door.ts', import.meta.url))

/** The examples and the simulator, for the soak alone: not one of the package's doors. `soak.mjs` gives the folder. */
export default defineConfig({
  ...(simulator as object),
  entry: { examples: 'test/soak/examples.ts' },
  // A plugin, because the `paths` of tsconfig.json would win over an alias.
  plugins: [{ name: 'door', resolveId: (id: string) => (id === 'vitest-simulation' ? door : null) }],
  // Without this the bundler applies our manifest's `sideEffects` to the examples and drops them.
  treeshake: { moduleSideEffects: (id, external) => !external && id.endsWith('.ts') },
  deps: { neverBundle: [/^node:/, /^seedrandom(\/|$)/, /^vitest(\/|$)/] },
})
