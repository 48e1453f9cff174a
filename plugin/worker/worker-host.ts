import { type Host, plainHost } from '../../src/virtual/host.ts'
import type { ProvidedSimulation } from '../provided.ts'

/** The host of a Vitest worker. */
export function workerHost(_provided: ProvidedSimulation, _drainMs: number | undefined): Host {
  return plainHost
}
