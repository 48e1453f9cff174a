/** The simulator and the storm, for a process of its own. */
export { checkSimulation } from '../../src/runner/check-simulation.ts'
export { installVirtualGlobals } from '../../src/virtual/install.ts'
export { stormBody } from './storm-body.ts'
