/** Runs a simulation in-process and answers what it found, for the laws of the network. */
import { Coverage } from '../../src/assertions/coverage.ts'
import { type ScheduleStrategy, scheduleStrategies } from '../../src/chaos/schedule.ts'
import type { Latency } from '../../src/network/latency.ts'
import { Driver } from '../../src/world/drive.ts'
import { type Body, Iteration } from '../../src/world/iteration.ts'
import type { IterationPlan } from '../../src/world/iteration-plan.ts'
import { type SimulationOptions, resolveOptions } from '../../src/runner/options.ts'
import type { IterationResult } from '../../src/world/iteration-result.ts'
import { RandomStreams } from '../../src/random/streams.ts'
import { plainHost } from '../../src/virtual/host.ts'
import { verdictsOver } from '../verdict/verdict.ts'

/** Twenty seeds from 7 on, unless the test says otherwise. */
export const { failureOf, passes } = verdictsOver(20)

/** One seed by itself, and the iteration it ran in. */
export async function runSeed(
  body: Body,
  seed: number,
  options: SimulationOptions = {},
  how: { mask?: ReadonlySet<string>; recording?: boolean } = {},
): Promise<{ iteration: Iteration; result: IterationResult }> {
  const resolved = resolveOptions(options)
  const { mask = new Set<string>(), recording = false } = how
  // Whatever else a plan has is left out, as it usually is.
  const plan = { ...resolved, seed, number: 1, coverage: new Coverage(), mask, recording } as unknown as IterationPlan
  const iteration = new Iteration(body, plan)
  const driver = new Driver(plainHost)
  await driver.run(iteration)
  await driver.leave()
  return { iteration, result: iteration.result() }
}

/** One of each kind. */
export const latencies: readonly Latency[] = [
  { kind: 'constant', ms: 10 },
  { kind: 'uniform', min: 1, max: 100 },
  { kind: 'exponential', min: 0.5, mean: 20 },
  { kind: 'bimodal', fast: [1, 5], slow: [50, 200], slowShare: 0.2 },
  { kind: 'heavyTail', min: 0.5, max: 2_000 },
]

/** Every latency under every schedule strategy. */
export const settings: readonly { readonly latency: Latency; readonly schedule: ScheduleStrategy }[] =
  latencies.flatMap((latency) => scheduleStrategies.map((schedule) => ({ latency, schedule })))

/** The names of the streams from which something was drawn in that iteration. */
export function drawnStreams({ world }: Iteration): string[] {
  const { seed, streams } = world.engine
  const fresh = new RandomStreams(seed)
  return [...streams['byName']].filter(([name, stream]) => stream.state !== fresh.get(name).state).map(([name]) => name)
}
