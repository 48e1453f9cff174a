import type { Simulation } from 'vitest-simulation'
import { check } from '../packages/check.ts'

/** A server and a client that know nothing of each other but a name and a port. */
export interface Pair {
  /** Boots on the node 'server', and again after each of its crashes. */
  server(sim: Simulation): unknown
  /** Runs on the node 'client'; what it returns is the outcome of the seed. */
  client(sim: Simulation): Promise<unknown>
}

const swarm = { chaos: 'swarm', limits: { virtualMs: 3_600_000 } } as const

/**
 * The same pair in a calm network, where the client must get what it wants, and under every fault, where it may get an error
 * instead: of that kind, and the same each time the seed runs.
 */
export function exchange(name: string, { server, client }: Pair, expected: unknown): void {
  check(`${name}:calm`, async (sim) => {
    sim.node('server', () => server(sim))
    const outcome = await sim.node('client').run(() => client(sim))
    if (JSON.stringify(outcome) !== JSON.stringify(expected)) throw new Error(`got ${JSON.stringify(outcome)}`)
    return outcome
  })
  check(
    `${name}:swarm`,
    async (sim) => {
      sim.node('server', () => server(sim))
      const running = sim.node('client').run(() => within(30_000, client(sim)))
      return running.catch((error: Error & { code?: string }) => `failed: ${error.code ?? error.name}`)
    },
    swarm,
  )
}

/** A client without a timeout of its own waits for ever for a machine that is gone. */
function within<T>(ms: number, promise: Promise<T>): Promise<T | 'too late'> {
  return Promise.race([promise, new Promise<'too late'>((resolve) => setTimeout(() => resolve('too late'), ms))])
}
