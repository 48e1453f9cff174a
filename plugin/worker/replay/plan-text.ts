import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { badInput } from '../../../src/engine/errors.ts'
import { type ReplayPlan, checkReplayPlan } from '../../../src/world/replay-plan.ts'
import type { ExpectedRun } from '../../../src/runner/reproduction.ts'

/** Longest plan that goes into a command line, in characters. */
const textMax = 6_000
/** Longest plan that is unpacked, in bytes: such a text of real faults and operations becomes a hundredth of it. */
const unpackedMax = 2_000_000

/** A plan as it is pasted: for which test it is, and what came of it. */
export interface PastedPlan {
  /** 'suite > test': others that the command runs, too, have nothing to do with it. */
  readonly test: string
  readonly plan: ReplayPlan
  readonly expected?: ExpectedRun | undefined
}

/** A plan as one word for the environment; undefined: it is too long to be pasted. */
export function planToText(pasted: PastedPlan): string | undefined {
  const text = deflateRawSync(JSON.stringify(pasted), { level: 9 }).toString('base64url')
  return text.length <= textMax ? text : undefined
}

/** The plan of SIMULATION_PLAN; undefined: it is not set. Throws SimulationError (BAD_INPUT) when it is damaged. */
export function planFromEnvironment(environment: Readonly<Record<string, string | undefined>>): PastedPlan | undefined {
  const text = environment.SIMULATION_PLAN
  if (text === undefined || text === '') return undefined
  if (text.length > textMax) {
    throw badInput('SIMULATION_PLAN', text, `a plan has at most ${textMax} characters, this one ${text.length}`)
  }
  let pasted: Partial<PastedPlan> | null
  try {
    const json = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: unpackedMax }).toString()
    pasted = JSON.parse(json) as Partial<PastedPlan> | null
  } catch (error) {
    const isBig = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    const allowed = isBig
      ? `it unpacks to more than ${unpackedMax} bytes, which no plan of a failure does`
      : 'it must be copied whole from the replay command of a failure'
    throw badInput('SIMULATION_PLAN', text, allowed)
  }
  if (typeof pasted?.test !== 'string') {
    throw badInput('SIMULATION_PLAN', text, 'it must be copied from the replay command of a failure, by this version')
  }
  const { test, plan, expected } = pasted
  return { test, plan: checkReplayPlan(plan, 'SIMULATION_PLAN'), expected: checkExpected(expected) }
}

/** What is not as it should be is left out: it only serves to say more. */
export function checkExpected(given: ExpectedRun | undefined): ExpectedRun | undefined {
  if (typeof given?.failure !== 'string' || typeof given.digest !== 'string') return undefined
  const { failure, digest, trail } = given
  const isTrail =
    Number.isSafeInteger(trail?.events) && Number.isSafeInteger(trail?.stride) && typeof trail?.samples === 'string'
  return { failure, digest, ...(isTrail && trail.stride > 0 && { trail }) }
}
