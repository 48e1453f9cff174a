/** What the bench needs of the sources, without Vitest. */
export { copyPayload } from '../../src/bus/payload.ts'
export { actor, checkSimulation, operation } from '../../src/runner/index.ts'
