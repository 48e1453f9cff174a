/** What `npm run bench:bugs` needs of the sources, without Vitest. */
export { plantedBugs } from '../planted/registry.ts'
export { checkSimulation } from '../../src/runner/check-simulation.ts'
export { installVirtualGlobals } from '../../src/virtual/install.ts'
