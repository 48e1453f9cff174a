/** What a test file imports: `import { simulation, sometimes, … } from 'vitest-simulation'`. */
import './setup.ts'
import { installBodySites } from './worker/body-sites.ts'
import { adaptHostClock } from './worker/host-clock.ts'
import { createSimulationTest } from './worker/simulation-test.ts'
import { prepareSimulations } from './worker/suite-hooks.ts'
import type { SimulationTest } from './worker/types.ts'

installBodySites()
prepareSimulations()
adaptHostClock()

/** Defines a simulation test: `simulation.test(name, options?, body)`. */
export const simulation: SimulationTest = createSimulationTest()
/** The same under a name that static collectors recognise without the plugin. */
export const simulationTest: SimulationTest = simulation
/** The same: for `import { test } from 'vitest-simulation'`. */
export const test: SimulationTest = simulation

export {
  fixedCount,
  timeLimit,
  untilAllSometimesReached,
  untilCoverageStable,
  type IterationControl,
} from '../src/runner/iteration-control.ts'
export { random, swarm } from '../src/chaos/profiles.ts'
export * from '../src/assertions/sdk.ts'
export { actor } from '../src/actors/actor.ts'
export type { Actor, ActorRef } from '../src/actors/actor.ts'
export type { ActorSelf, ActorState } from '../src/actors/actor.ts'
export { ActorUnavailable, CallCycle } from '../src/actors/errors.ts'
export { StorageFailed, VersionConflict } from '../src/nodes/storage.ts'
export { checkSimulation } from '../src/runner/check-simulation.ts'
export type { RunContext } from '../src/runner/run-context.ts'
export type { SimulationResult } from '../src/runner/check-simulation.ts'
export type { SeedFailure } from '../src/runner/seed-failure.ts'
export { operation } from '../src/world/operation.ts'
export type { WorkloadOutcome } from '../src/workload/outcome.ts'
export type { WorkloadOptions } from '../src/workload/options.ts'
export type { SimulationOptions } from '../src/runner/options.ts'
export type { Simulation } from '../src/world/simulation.ts'
export type { Node } from '../src/world/node.ts'
export type { SimulationTest } from './worker/types.ts'
export type { SimulationTestOptions } from './worker/test-options.ts'
export { ConnectionReset, PayloadNotCloneable, RemoteError, RequestTimeout, SendFailed } from '../src/bus/errors.ts'
export { NodeCrashed } from '../src/nodes/errors.ts'
export { SimulationError } from '../src/engine/errors.ts'
export { deriveSeed } from '../src/random/seed.ts'
