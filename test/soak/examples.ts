/** What the soak runs: the examples themselves, word for word. `soak.mjs` bundles this with door.ts as 'vitest-simulation'. */
import '../../examples/phase-2-network-failures/network-failures.test.ts'
import '../../examples/phase-3-request-storm/request-storm.test.ts'

export { checkSimulation, collected } from './door.ts'
