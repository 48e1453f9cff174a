import { defineConfig } from 'tsdown'
import simulator from './tsdown.config.ts'

/** The planted bugs with the simulator they run in; `build.mjs` gives the folder. */
export default defineConfig({ ...(simulator as object), entry: { bugs: 'test/bench/bugs-entry.ts' } })
