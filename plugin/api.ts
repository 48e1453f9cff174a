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
export { checkSimulation, type SimulationOutcome } from './check-simulation.ts'
export { deriveSeed } from '../src/random/seed.ts'
export { random, swarm } from '../src/chaos/profiles.ts'
export * from '../src/assertions/sdk.ts'
export { actor } from '../src/actors/actor.ts'
export { operation } from '../src/world/operation.ts'
export { ActorUnavailable, CallCycle } from '../src/actors/errors.ts'
export { ConnectionReset, PayloadNotCloneable, RemoteError, RequestTimeout, SendFailed } from '../src/bus/errors.ts'
export { NodeCrashed } from '../src/nodes/errors.ts'
export { StorageFailed, VersionConflict } from '../src/nodes/storage-errors.ts'
export { SimulationError } from '../src/engine/errors.ts'

// What a test defines and gets.
export type { SimulationBody, SimulationContext, SimulationTest } from './worker/types.ts'
export type { SimulationTestOptions } from './worker/test-options.ts'
export type { SlowTimeoutOption } from './options/options.ts'
export type { Boot, Simulation, SimulationNode } from '../src/world/door.ts'
export type { InvariantCheck, InvariantTime } from '../src/world/invariants.ts'
export type { EventuallyOptions } from '../src/world/eventuals.ts'
export type { Random } from '../src/random/door.ts'
export type { BusMetrics } from '../src/bus/pending.ts'
export type { NodeBus } from '../src/bus/door.ts'
export type { Handler, MessageContext } from '../src/bus/handler.ts'
export type { RequestOptions, RetryOptions, SendOptions } from '../src/bus/request-options.ts'
export type { Network } from '../src/network/door.ts'
export type { LinkHandle, LinkSettings, PartitionOptions } from '../src/network/door.ts'
export type { Rule, RuleVerdict, RuleView } from '../src/network/rule.ts'
export type { Clock, NodeStorage } from '../src/nodes/door.ts'
export type { Stored, WriteOptions } from '../src/nodes/door.ts'
export type { CrashOptions, NodeState } from '../src/nodes/life-cycle.ts'
export type { ActorDirectory, NodeActors } from '../src/actors/door.ts'
export type { Actor, ActorCallOptions, ActorOptions, ActorRef, ActorSelf, ActorState } from '../src/actors/actor.ts'
export type { Alphabet, DrawView, Operation } from '../src/workload/operation.ts'
export type { HistoryEntry, WorkloadOutcome } from '../src/workload/outcome.ts'
export type { WorkloadOptions } from '../src/workload/options.ts'

// What options are made of.
export type { SimulationOptions } from '../src/runner/options.ts'
export type { Limits } from '../src/engine/limits.ts'
export type { ShrinkBudget } from '../src/shrink/shrink.ts'
export type { InvariantsOption } from '../src/world/builtin-invariants.ts'
export type { Placement, PlacementName, PlacementView } from '../src/actors/placement.ts'
export type { ScheduleStrategy } from '../src/chaos/schedule.ts'
export type { Latency } from '../src/network/latency.ts'
export type {
  AmendedProfile,
  Chaos,
  ChaosOptions,
  ChaosProfile,
  ClockOptions,
  CrashEpisodes,
  EpisodeOptions,
  Intensity,
  PartitionEpisodes,
  PartitionShape,
  StorageOptions,
} from '../src/chaos/families.ts'
