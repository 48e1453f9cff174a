/** What the bench needs of the sources, without Vitest. */
export { copyPayload } from '../../src/bus/payload.ts'
export { checkSimulation } from '../../src/runner/index.ts'
