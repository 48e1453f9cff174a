/** Five toy races: small systems with a real bug, each of which one schedule strategy finds and plain fifo does not. */
import type { Simulation } from '../../src/world/door.ts'

/**
 * A token goes round eight nodes; each passes it on at its tick if it has it. The bug: no limit for one tick.
 *
 * Needs all eight ticks in the order of boot: fifo always, a random order one time in 40,320.
 */
export async function ring(sim: Simulation): Promise<void> {
  const size = 8
  const hops: number[] = []
  let holder = 0
  for (let i = 0; i < size; i++) {
    sim.node(`n${i}`, () => {
      setInterval(() => {
        if (holder !== i) return
        holder = (i + 1) % size
        hops.push(sim.now)
      }, 100)
    })
  }
  sim.invariant('a token goes round in more than one tick', () => {
    const atOnce = hops.filter((at) => at === hops.at(-1)).length
    return atOnce < size || `${atOnce} hops at ${hops.at(-1)} ms`
  })
  await sim.sleep(250)
}

/**
 * A lease ends at 100 ms; another node looks at 100 ms whether it is free. The bug: it looks once and never again.
 *
 * Needs two timers of the same instant in the other order.
 */
export async function lease(sim: Simulation): Promise<void> {
  let held: string | undefined
  sim.node('holder', () => {
    held = 'holder'
    setTimeout(() => (held = undefined), 100)
  })
  sim.node('next', () => {
    setTimeout(() => (held ??= 'next'), 100)
  })
  sim.invariant('somebody holds the lease in the end', () => held !== undefined, { when: 'quiet' })
  await sim.sleep(200)
}

/**
 * A configuration is sent to a replica; 50 ms later a client, told by the leader, reads there. The bug: time as proof.
 *
 * Needs one message that straggles by more than 40 ms.
 */
export async function staleRead(sim: Simulation): Promise<void> {
  sim.node('replica', (node) => {
    let version = 0
    node.bus.handle('configure', (to: number) => void (version = to))
    node.bus.handle('read', () => version)
  })
  const [leader, client] = [sim.node('leader'), sim.node('client')]
  for (let version = 1; version <= 20; version++) {
    await leader.bus.send('replica', 'configure', version)
    await sim.sleep(50)
    const read = await client.bus.request<number>('replica', 'read')
    if (read < version) throw new Error(`read version ${read} after ${version} was configured`)
  }
}

/**
 * A monitor declares a node dead after five pings in a row without an answer in 60 ms, and gives its shard away. The bug:
 * the node is alive and still serves it.
 *
 * Needs one node that is slow for 300 ms (or one straggler that holds its whole link up so long).
 */
export async function failureDetector(sim: Simulation): Promise<void> {
  const workers = ['w1', 'w2', 'w3', 'w4']
  for (const id of workers) sim.node(id, (node) => node.bus.handle('ping', () => 'pong'))
  const monitor = sim.node('monitor')
  const missed = new Map<string, number>()
  for (let round = 0; round < 10; round++) {
    await Promise.all(
      workers.map(async (id) => {
        const answered = await monitor.bus.request(id, 'ping', 0, { timeout: 60 }).then(
          () => true,
          () => false,
        )
        missed.set(id, answered ? 0 : (missed.get(id) ?? 0) + 1)
        if (missed.get(id) === 5) throw new Error(`the shard of ${id} is given away, and ${id} still serves it`)
      }),
    )
  }
}

/**
 * A leader drops the replica that acknowledges more than 30 ms after the fastest, three rounds in a row. The bug: it does
 * so twice, and loses the majority of three.
 *
 * Needs two nodes that are slow in different degree, all the time: one slow peer is one drop, and stragglers do not last.
 */
export async function majority(sim: Simulation): Promise<void> {
  const replicas = new Set(['r1', 'r2', 'r3'])
  for (const id of replicas) sim.node(id, (node) => node.bus.handle('append', () => sim.now))
  const leader = sim.node('leader')
  const behind = new Map<string, number>()
  for (let round = 0; round < 12; round++) {
    const times = new Map<string, number>()
    await Promise.all(
      [...replicas].map(async (id) => {
        times.set(id, await leader.bus.request<number>(id, 'append', round))
      }),
    )
    const fastest = Math.min(...times.values())
    const [slowest, at] = [...times].reduce((one, other) => (other[1] > one[1] ? other : one))
    for (const id of replicas) if (id !== slowest || at - fastest <= 30) behind.set(id, 0)
    if (at - fastest > 30) behind.set(slowest, (behind.get(slowest) ?? 0) + 1)
    if (behind.get(slowest) === 3) replicas.delete(slowest)
    if (replicas.size < 2) throw new Error(`no majority: only ${[...replicas].join(', ')} of three is left`)
  }
}
