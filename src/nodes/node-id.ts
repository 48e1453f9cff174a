import { SimulationError } from '../engine/errors.ts'

/** Checks a node id; throws SimulationError (BAD_INPUT). */
export function checkNodeId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || id === '' || /[\s>|]/.test(id)) {
    throw new SimulationError(
      'BAD_INPUT',
      `node id is ${typeof id === 'string' ? `'${id}'` : String(id)}: it must be a string without spaces, '>' and '|'`,
    )
  }
}
