/** What the tests of actors share. */
import type { ActorRef } from '../../src/actors/actor.ts'
import type { Simulation } from '../../src/world/door.ts'

/** Links of exactly 4 ms, for tests that count milliseconds. */
export const fixedLatency = { latency: { kind: 'constant', ms: 4 } } as const

/** Names of the errors that faults bring: the outcome of a call that nobody can promise. */
export const losses: readonly string[] = [
  'RequestTimeout',
  'SendFailed',
  'ActorUnavailable',
  'ConnectionReset',
  'NodeCrashed',
]

/** The result, or the name of the error that faults have brought; other errors are thrown. */
export async function outcome<T>(call: Promise<T>, allowed: readonly string[] = losses): Promise<T | string> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if (allowed.includes(error.name)) return error.name
    const remote = (error as { remoteName?: string }).remoteName
    if (remote !== undefined && allowed.includes(remote)) return remote
    throw error
  }
}

/** Asks again and again until the call works; for the quiet phase, in which it must. */
export async function eventually<T>(sim: Simulation, call: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt >= 10 || !(error instanceof Error) || !losses.includes(error.name)) throw error
      await sim.sleep(1_000)
    }
  }
}

/** The strict invariant, looked at from outside at every event. */
export function onlyOneLives(sim: Simulation, refs: readonly (ActorRef<never> | ActorRef)[]): void {
  sim.invariant('seen from outside, each actor lives on at most one node', () => {
    for (const ref of refs) {
      const nodes = sim.directory.locations(ref)
      if (nodes.length > 1) return `${ref.id} on ${nodes.join(' and ')}`
    }
    return true
  })
}

/** How many seeds a correct system is to pass: `usual` in the suite; 10,000 in `npm run soak:actors`. */
export const soakSeeds = (usual: number): number => Math.max(usual, Number(process.env['SOAK_SEEDS'] ?? 0))
