import { current } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'

/**
 * The engine of the running simulation; undefined: `api` answers for real.
 *
 * Where a simulation is suspended between two of its slices, it is told of the call: real work may have woken code of it,
 * which would go on in the host's time.
 */
export function simulating(api: string): Engine | undefined {
  const { engine } = current
  if (engine === undefined) current.suspended?.called(api)
  return engine as Engine | undefined
}
