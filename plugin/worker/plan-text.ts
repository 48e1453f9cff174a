import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { badInput } from '../../src/engine/errors.ts'
import { type ReplayPlan, checkReplayPlan } from '../../src/runner/replay-plan.ts'

/** Longest plan that goes into a command line, in characters. */
const textMax = 6_000

/** A plan as one word for the environment; undefined: it is too long to be pasted. */
export function planToText(plan: ReplayPlan): string | undefined {
  const text = deflateRawSync(JSON.stringify(plan), { level: 9 }).toString('base64url')
  return text.length <= textMax ? text : undefined
}

/** The plan of SIMULATION_PLAN; undefined: it is not set. Throws SimulationError (BAD_INPUT) when it is damaged. */
export function planFromEnvironment(environment: Readonly<Record<string, string | undefined>>): ReplayPlan | undefined {
  const text = environment.SIMULATION_PLAN
  if (text === undefined || text === '') return undefined
  let plan: unknown
  try {
    plan = JSON.parse(inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: 64_000_000 }).toString())
  } catch {
    throw badInput('SIMULATION_PLAN', text, 'it must be copied whole from the replay command of a failure')
  }
  return checkReplayPlan(plan, 'SIMULATION_PLAN')
}
