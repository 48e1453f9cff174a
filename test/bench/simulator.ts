/** What the bench needs of the sources, without Vitest. */
export { installSockets } from '../../src/sockets/node/install.ts'
export { installVirtualGlobals } from '../../src/virtual/install.ts'
export { copyPayload } from '../../src/bus/payload.ts'
export { actor, checkSimulation, operation } from '../../src/runner/index.ts'
