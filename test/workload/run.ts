/** Runs a body and hands out what its workloads did. */
import { expect } from 'vitest'
import { Coverage } from '../../src/assertions/coverage.ts'
import { Driver } from '../../src/world/drive.ts'
import { type Body, Iteration } from '../../src/world/iteration.ts'
import type { IterationPlan } from '../../src/world/iteration-plan.ts'
import type { IterationResult } from '../../src/world/iteration-result.ts'
import { plainHost } from '../../src/virtual/host.ts'
import type { ReplayPlan } from '../../src/world/replay-plan.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { SimulationNode as Node } from '../../src/world/door.ts'
import { type SimulationOptions, resolveOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import type { Alphabet } from '../../src/workload/operation.ts'
import type { WorkloadOptions } from '../../src/workload/options.ts'
import type { WorkloadOutcome } from '../../src/workload/outcome.ts'

installVirtualGlobals()

export type AnyAlphabet = Alphabet<Simulation, Node>

/** What the workload did in each of `options.iterations` seeds (default 1); none may fail. */
export async function outcomes(
  alphabet: AnyAlphabet | ((sim: Simulation) => AnyAlphabet),
  workload: WorkloadOptions,
  options: SimulationOptions = {},
): Promise<WorkloadOutcome[]> {
  const found: WorkloadOutcome[] = []
  const body = async (sim: Simulation): Promise<void> => {
    found.push(await sim.workload(typeof alphabet === 'function' ? alphabet(sim) : alphabet, workload))
  }
  const result = await checkSimulation(body, { iterations: 1, seed: 7, determinism: 0, ...options })
  expect(result.failure?.failure).toBeUndefined()
  return found
}

/** The one seed's outcome. */
export async function outcome(...given: Parameters<typeof outcomes>): Promise<WorkloadOutcome> {
  const [one] = await outcomes(...given)
  return one as WorkloadOutcome
}

/** The outcome of one seed that runs by a plan. */
export async function replayed(
  alphabet: AnyAlphabet,
  workload: WorkloadOptions,
  plan: ReplayPlan,
  options: SimulationOptions = {},
): Promise<WorkloadOutcome> {
  let found: WorkloadOutcome | undefined
  const body = async (sim: Simulation): Promise<void> => {
    found = await sim.workload(alphabet, workload)
  }
  const result = await checkSimulation(body, { seed: 7, ...options }, { plan, alone: true })
  expect(result.failure?.failure).toBeUndefined()
  return found as unknown as WorkloadOutcome
}

/** One seed by itself with recording, maybe by a plan. */
export async function recorded(
  body: Body,
  seed: number,
  options: SimulationOptions = {},
  replay?: ReplayPlan,
): Promise<IterationResult> {
  const resolved = resolveOptions(options)
  const nodes = replay?.nodes ?? resolved.nodes
  const plan = { ...resolved, seed, nodes, number: 1, coverage: new Coverage(), mask: new Set(), recording: true }
  const iteration = new Iteration(body, { ...plan, plan: replay } as unknown as IterationPlan)
  const driver = new Driver(plainHost)
  await driver.run(iteration)
  await driver.leave()
  return iteration.result()
}
