import { defineConfig } from 'tsdown'
import examples from '../soak/tsdown.config.ts'

/** An example with the simulator it runs in; `build.mjs` gives the folder. */
export default defineConfig({ ...(examples as object), entry: { example: 'test/bench/example-entry.ts' } })
