import { badInput } from '../../../src/engine/errors.ts'
import type { ReplayPlan } from '../../../src/world/replay-plan.ts'
import type { ExpectedRun } from '../../../src/runner/reproduction.ts'
import { readCorpus } from './corpus.ts'
import { expectationFromEnvironment } from './expected-run-text.ts'
import { checkExpected, planFromEnvironment } from './plan-text.ts'
import type { TestSettings } from '../settings.ts'

/** What a seed that runs alone is to do, and what came of it before. */
export interface Replay {
  readonly plan?: ReplayPlan
  readonly expected?: ExpectedRun
  /** The test that SIMULATION_PLAN is for, and whether it is this one. */
  readonly pasted?: { readonly test: string; readonly used: boolean }
}

/**
 * What the environment and the kept failures say about the seed of a test. `testName` is 'suite > test'.
 *
 * SIMULATION_PLAN belongs to the seed of the command line or environment: without one it would be ignored unseen.
 */
export function replayFor({ alone, seedSource, seed }: TestSettings, testFile: string, testName: string): Replay {
  const pasted = planFromEnvironment(process.env)
  const wanted = expectationFromEnvironment(process.env, testName)
  const isGiven = alone && seedSource !== 'test'
  if (!isGiven) {
    if (pasted === undefined && wanted === undefined) return {}
    throw badInput(
      pasted === undefined ? 'SIMULATION_EXPECT' : 'SIMULATION_PLAN',
      'set',
      'it needs SIMULATION_SEED and no SIMULATION_ITERATIONS: paste the whole replay command of a failure',
    )
  }
  if (pasted?.test === testName) {
    const { plan, expected } = pasted
    return { plan, ...(expected && { expected }), pasted: { test: testName, used: true } }
  }
  const kept = keptRun(testFile, testName, seed)
  // What is kept says more, when it is the same run.
  const expected = wanted === undefined || kept?.digest === wanted.digest ? kept : wanted
  return { ...(expected && { expected }), ...(pasted && { pasted: { test: pasted.test, used: false } }) }
}

/** A file that cannot be read is no reason not to replay a seed. */
export function keptRun(testFile: string, testName: string, seed: number): ExpectedRun | undefined {
  try {
    return checkExpected(readCorpus(testFile, testName).find((kept) => kept.seed === seed)?.run)
  } catch {
    return undefined
  }
}
