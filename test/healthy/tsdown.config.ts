import { defineConfig } from 'tsdown'
import simulator from '../bench/tsdown.config.ts'

/** The healthy protocols and the simulator, for the soak alone: not one of the package's doors. `soak.mjs` gives the folder. */
export default defineConfig({ ...(simulator as object), entry: { run: 'test/healthy/run.ts' } })
