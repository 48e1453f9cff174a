import { Buffer } from 'node:buffer'
import { badInput } from '../../../src/engine/errors.ts'
import { strideOf } from '../../../src/engine/trace.ts'
import { hashString } from '../../../src/random/hash.ts'
import type { ExpectedRun } from '../../../src/runner/reproduction.ts'

/** Samples of a run in an expectation: as many bytes in the command line. */
export const expectationSamples = 16

const headLength = 16

/** What a whole seed is expected to do again, as one short word for the environment; `testName` is 'suite > test'. */
export function expectationToText(testName: string, { digest, trail }: ExpectedRun): string {
  const head = Buffer.alloc(headLength)
  head.writeInt32BE(hashString(testName), 0)
  head.write(digest, 4, 'hex')
  head.writeUInt32BE(trail?.events ?? 0, 12)
  return Buffer.concat([head, Buffer.from(trail?.samples ?? '', 'hex')]).toString('base64url')
}

/**
 * The expectation of SIMULATION_EXPECT; undefined: it is not set, or for another test that the command runs, too. Throws
 * SimulationError (BAD_INPUT) when it is damaged.
 */
export function expectationFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  testName: string,
): ExpectedRun | undefined {
  const text = environment.SIMULATION_EXPECT
  if (text === undefined || text === '') return undefined
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < headLength || bytes.length > headLength + expectationSamples || !/^[\w-]+$/.test(text)) {
    throw badInput('SIMULATION_EXPECT', text, 'it must be copied whole from the replay command of a failure')
  }
  if (bytes.readInt32BE(0) !== hashString(testName)) return undefined
  const digest = bytes.toString('hex', 4, 12)
  const events = bytes.readUInt32BE(12)
  if (events === 0) return { failure: undefined, digest }
  const stride = strideOf(events, expectationSamples)
  return { failure: undefined, digest, trail: { events, stride, samples: bytes.toString('hex', headLength) } }
}
