/** Runs a simulation until a seed fails, and its minimal form by itself, through the door that everybody uses. */
import { expect } from 'vitest'
import type { RunContext } from '../../src/runner/run-context.ts'
import { type SimulationResult, checkSimulation } from '../../src/runner/check-simulation.ts'
import type { SeedFailure } from '../../src/runner/seed-failure.ts'
import { failureStory } from '../../src/runner/failure-text.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { ReplayPlan } from '../../src/world/replay-plan.ts'
import type { Shrunk } from '../../src/shrink/shrink.ts'
import type { IterationResult } from '../../src/world/iteration-result.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'

installVirtualGlobals()

/** A failing seed whose minimal form was found. */
export interface Found extends SeedFailure {
  readonly run: IterationResult
  readonly minimal: Shrunk
}

/** The first failing seed; there must be one, and a minimal form of it. */
export async function find(body: Body, options: SimulationOptions, context: RunContext = {}): Promise<Found> {
  const { failure } = await search(body, options, context)
  expect(failure?.minimal, 'a minimal form').toBeDefined()
  return failure as Found
}

export async function search(
  body: Body,
  options: SimulationOptions,
  context: RunContext = {},
): Promise<SimulationResult & { readonly failure: SeedFailure }> {
  const result = await checkSimulation(body, { iterations: 300, seed: 1, determinism: 0, ...options }, context)
  expect(result.failure, 'a seed that fails').toBeDefined()
  return result as SimulationResult & { readonly failure: SeedFailure }
}

/** What one seed does under a plan that was written down and read again. */
export async function replay(
  body: Body,
  options: SimulationOptions,
  seed: number,
  plan: ReplayPlan,
): Promise<IterationResult> {
  const results: IterationResult[] = []
  const read = JSON.parse(JSON.stringify(plan)) as ReplayPlan
  const { iterations: _all, seed: _root, ...rest } = options
  const context = { alone: true, plan: read, seed, onResult: (result: IterationResult) => void results.push(result) }
  await checkSimulation(body, { ...rest, determinism: 0, shrink: false }, context)
  expect(results).toHaveLength(1)
  return results[0] as IterationResult
}

export function sizeOf({ faults = [], operations = [] }: ReplayPlan): number {
  return faults.length + operations.length
}

/** Every plan with one fault or one operation less. */
export function withoutOne(plan: ReplayPlan): ReplayPlan[] {
  const { faults = [], operations = [] } = plan
  return [
    ...faults.map((out) => ({ ...plan, faults: faults.filter((one) => one !== out) })),
    ...operations.map((out) => ({ ...plan, operations: operations.filter((one) => one !== out) })),
  ]
}

/** The story of a failure, without the commands. */
export function storyOf(failure: SeedFailure): string {
  return failureStory(failure, null, { seed: '', minimal: undefined })
}

/** 'InvariantViolation: a bill is paid once'. */
export function titleOf(run: IterationResult): string {
  return run.failure === undefined ? run.status : `${run.failure.kind}: ${run.failure.name}`
}
