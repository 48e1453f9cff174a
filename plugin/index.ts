/** The package door `vitest-simulation/plugin`: what a user adds to `vitest.config.ts`. */
export { simulationPlugin } from './plugin.ts'
export { random, swarm } from '../src/chaos/profiles.ts'
export {
  fixedCount,
  timeLimit,
  untilAllSometimesReached,
  untilCoverageStable,
} from '../src/runner/iteration-control.ts'
export type { IterationControl } from '../src/runner/iteration-control.ts'
export type {
  ChaosOption,
  IterationsOption,
  OverrideOption,
  SimulationPluginOptions,
  SimulationProjectOptions,
  SlowTimeoutOption,
} from './options/options.ts'
export type { ProvidedSimulation } from './options/provided.ts'
