/** What the directory promises (see src/actors/directory/host.ts), tested. */
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import type { DirectoryClient } from '../../src/actors/directory/client.ts'
import { leaseMs } from '../../src/actors/directory/lease.ts'
import type { Registration } from '../../src/actors/directory/registration.ts'
import type { Chaos, ChaosOptions } from '../../src/chaos/families.ts'
import type { Latency } from '../../src/network/latency.ts'
import type { SimulationNode as Node } from '../../src/world/door.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from '../verdict/verdict.ts'
import { eventually, fixedLatency, onlyOneLives, outcome, soakSeeds } from './helpers.ts'

const Here = actor('here', (self) => ({ where: () => self.node, leave: () => self.deactivate() }), { idleMs: 200 })

/** A node's own client of the directory. */
const clientOf = (node: Node): DirectoryClient => (node.actors as unknown as { client: DirectoryClient }).client

/** Everything that may go wrong but the loss of disks, and clocks as bad as the directory still bears. */
const everything: ChaosOptions<Latency> = {
  latency: 'drawn',
  slowPairs: [0, 0.2],
  loss: [0, 0.1],
  duplication: [0, 0.1],
  reordering: [0, 0.2],
  clog: true,
  partition: true,
  crash: { wipe: 0, maxDead: 1, every: [500, 6_000], lasts: [10, 4_000] },
  pause: { every: [50, 5_000], lasts: [10, 6_000] },
  clock: { maxDriftPpm: 100_000, maxSkewMs: 10_000, maxJumpMs: 10_000 },
}

/** The same, and n1 loses its disk again and again. More than one lost disk at a time is more than it promises to bear. */
const lostDisks: ChaosOptions<Latency> = {
  ...everything,
  crash: { wipe: 0.7, zones: [['n1']], every: [100, 3_000], lasts: [10, 2_000] },
}

/** Any disk, also of several nodes at a time. */
const anyDisk: ChaosOptions<Latency> = { ...everything, crash: { wipe: 0.7, every: [100, 3_000], lasts: [10, 2_000] } }

describe('registration is linearizable', () => {
  interface Change {
    readonly from: number
    readonly to: number
    readonly begun: number
    readonly ended: number
    readonly isKnown: boolean
  }

  /** Several nodes replace one register's value by compare and swap; returns what each saw and did. */
  async function replaceAll(sim: Simulation, each: number): Promise<Change[]> {
    const history: Change[] = []
    let numbers = 0
    const work = async (node: Node): Promise<void> => {
      for (let i = 0; i < each; i++) {
        await sim.sleep(sim.random.below(400))
        if (!node.alive) continue
        const mine: Registration = { activation: ++numbers, node: node.id, lease: 1 }
        const begun = sim.now
        let from: number | undefined
        const change = node.run(() =>
          clientOf(node).change('register', ({ value }) => {
            const present = value?.activation ?? 0
            from ??= present
            // Compare and swap, also when it has to be tried again; its own first attempt may have got there already.
            return present === from || present === mine.activation ? mine : value
          }),
        )
        const done = await change.then(
          ({ value }) => value?.activation === mine.activation,
          () => false,
        )
        history.push({ from: from ?? 0, to: mine.activation, begun, ended: done ? sim.now : Infinity, isKnown: done })
      }
    }
    await Promise.all(sim.nodes.map(work))
    return history
  }

  /** Puts the changes into the one order that the values dictate, and compares it with real time. */
  function check(history: readonly Change[], last: number): void {
    const byTo = new Map(history.map((change) => [change.to, change]))
    const order: Change[] = []
    for (let at = last; at !== 0;) {
      const change = byTo.get(at)
      if (change === undefined) throw new Error(`the value ${at} was never written`)
      if (order.includes(change)) throw new Error(`the value ${at} was written twice`)
      order.unshift(change)
      at = change.from
    }
    for (const change of history) {
      if (change.isKnown && !order.includes(change)) {
        throw new Error(`the change ${change.from} → ${change.to} was acknowledged and is not there`)
      }
    }
    for (const [i, one] of order.entries()) {
      for (const later of order.slice(i + 1)) {
        if (later.ended < one.begun) throw new Error(`${later.to} ended before ${one.to} began, and is after it`)
      }
    }
  }

  const body = async (sim: Simulation): Promise<void> => {
    expect(sim.directory.hosts).toHaveLength(3)
    const history = await replaceAll(sim, 6)
    await sim.quiesce()
    const { value } = await sim.nodes[0]!.run(() =>
      clientOf(sim.nodes[0]!).change('register', ({ value: present }) => present),
    )
    check(history, value?.activation ?? 0)
    successes += history.filter(({ isKnown }) => isKnown).length
    all += history.length
  }
  let [successes, all] = [0, 0]
  // Its registrations belong to no activation.
  const invariants = { registered: false, shutdown: false } as const

  test('of one register on a calm network, under everything at once, and with lost disks', async () => {
    await passes(body, { nodes: 4, iterations: 30, schedule: 'random', invariants })
    expect(successes / all).toBeGreaterThan(0.9)
    for (const chaos of [everything, lostDisks]) {
      successes = all = 0
      await passes(body, { nodes: 4, iterations: soakSeeds(150), chaos, invariants })
      expect(successes / all).toBeGreaterThan(0.3)
      expect(successes / all).toBeLessThan(1)
    }
  }, 3_600_000)

  test('and a directory that forgets what a host promised is caught', async () => {
    const { DirectoryHost } = await import('../../src/actors/directory/host.ts')
    const { prepare } = DirectoryHost.prototype
    DirectoryHost.prototype.prepare = function (message) {
      const answer = prepare.call(this, message)
      ;(this as unknown as { register(actor: string): { promised: number } }).register(message.actor).promised = 0
      return { ...answer, ok: true }
    }
    try {
      const failure = await failureOf(body, { nodes: 4, iterations: 300, schedule: 'random', invariants })
      expect(failure.message).toMatch(/is not there|written twice|is after it/)
    } finally {
      DirectoryHost.prototype.prepare = prepare
    }
  }, 3_600_000)
})

describe('at most one activation holds a registration and a lease, at every event', () => {
  const refs = ['a', 'b', 'c'].map((key) => Here(key))

  const body = async (sim: Simulation): Promise<void> => {
    onlyOneLives(sim, refs)
    const client = async (): Promise<void> => {
      for (let i = 0; i < 25; i++) {
        const node = sim.random.pick(sim.nodes)
        const method = sim.random.chance(0.2) ? 'leave' : 'where'
        const timeout = sim.random.pick([200, 1_000, 4_000])
        await outcome<unknown>(node.actors.request(sim.random.pick(refs), method, undefined, { timeout }))
        if (sim.random.chance(0.5)) await sim.sleep(sim.random.below(1_500))
      }
    }
    await Promise.all([client(), client(), client()])
    await sim.quiesce()
    // And when everything is mended, everything works again.
    for (const ref of refs) {
      const where = await eventually(sim, () => sim.nodes[0]!.actors.request(ref, 'where'))
      // It may be idle again before its answer is here.
      for (const place of sim.directory.locations(ref)) expect(place).toBe(where)
    }
  }

  const profiles: Readonly<Record<string, Chaos<Latency>>> = {
    random: 'random',
    swarm: 'swarm',
    'everything, with bad clocks': everything,
    'the loss of one disk again and again': lostDisks,
    'the loss of any disks': anyDisk,
    'partitions and pauses longer than a lease': {
      partition: { every: [500, 3_000], lasts: [1_000, 10_000], inFlight: 'hold' },
      pause: { every: [500, 3_000], lasts: [1_000, 10_000] },
      clock: { maxDriftPpm: 100_000 },
    },
  }
  for (const [name, chaos] of Object.entries(profiles)) {
    test(`under ${name}`, async () => {
      await passes(body, { nodes: 5, placement: 'preferLocal', iterations: soakSeeds(60), chaos })
    }, 3_600_000)
  }

  test('in the single-host form, too', async () => {
    await passes(body, { nodes: 2, placement: 'random', iterations: soakSeeds(60), chaos: everything })
  }, 3_600_000)
})

describe('it works while a majority of its hosts is up', () => {
  test('after the crash of any one of three, for actors that are active and new ones', async () => {
    for (const victim of [0, 1, 2]) {
      await passes(
        async (sim) => {
          const others = sim.nodes.filter((_, i) => i !== victim)
          const ask = (key: string) => others[0]!.actors.request(Here(key), 'where', undefined, { timeout: 10_000 })
          const keys = ['a', 'b', 'c', 'd', 'e', 'f']
          for (const key of keys) await ask(key)
          sim.nodes[victim]!.crash()
          await sim.sleep(leaseMs * 1.5)
          for (const key of [...keys, 'new 1', 'new 2']) {
            const where = await eventually(sim, () => ask(key))
            expect(where).not.toBe(sim.nodes[victim]!.id)
          }
        },
        { nodes: 3, iterations: 10, placement: 'roundRobin' },
      )
    }
  })

  test('and when one has lost its disk, it learns from the others before it answers', async () => {
    await passes(
      async (sim) => {
        const ask = (from: number) =>
          sim.nodes[from]!.actors.request(Here('x'), 'where', undefined, { timeout: 10_000 })
        expect(await ask(3)).toBe('n4')
        for (const index of [0, 1, 2]) {
          sim.nodes[index]!.wipe()
          sim.nodes[index]!.restart()
          await sim.quiesce()
          // The registration has outlived the disk of each host in turn.
          expect(sim.directory.registered(Here('x'))).toBe('n4')
          expect(await ask(index)).toBe('n4')
        }
      },
      { nodes: 4, iterations: 20, placement: () => 'n4' },
    )
  })

  test('a host that crashes while it learns begins again', async () => {
    await passes(
      async (sim) => {
        const ask = () => sim.nodes[3]!.actors.request(Here('x'), 'where', undefined, { timeout: 10_000 })
        await ask()
        sim.nodes[0]!.wipe()
        sim.nodes[0]!.restart()
        await sim.sleep(1)
        sim.nodes[0]!.restart()
        await sim.quiesce()
        sim.nodes[1]!.crash()
        // Now n1 and n3 are the majority: n1 must know what it had forgotten.
        expect(await ask()).toBe('n4')
        expect(await sim.nodes[2]!.actors.request(Here('x'), 'where', undefined, { timeout: 10_000 })).toBe('n4')
      },
      { nodes: 4, iterations: 20, placement: () => 'n4', chaos: fixedLatency },
    )
  })

  test('without a majority nothing is registered; the caller learns that it did not run', async () => {
    await passes(
      async (sim) => {
        sim.nodes[0]!.crash()
        sim.nodes[1]!.crash()
        const call = sim.nodes[2]!.actors.request(Here('x'), 'where', undefined, { timeout: 60_000 })
        await expect(call).rejects.toMatchObject({
          name: 'ActorUnavailable',
          actor: 'here/x',
          message: expect.stringMatching(/^actor here\/x cannot be reached: the directory did not answer/) as string,
        })
      },
      { nodes: 3 },
    )
  })

  test('boots of the hosts that wait for an actor wait for each other, and hear who gave no lease', async () => {
    await passes(
      async (sim) => {
        const messages: string[] = []
        for (const id of ['a', 'b', 'c']) {
          sim.node(id, (node) =>
            node.actors
              .request(Here('x'), 'where', undefined, { timeout: 60_000 })
              .then(String, (error: Error) => error.message)
              .then((text) => void messages.push(text)),
          )
        }
        sim.node('user')
        await sim.sleep(50_000)
        expect(messages).toHaveLength(3)
        for (const message of messages) {
          expect(message).toMatch(
            /^actor here\/x cannot be reached: the directory did not answer: no majority of a, b, c gave user a lease$/,
          )
        }
      },
      { placement: () => 'user' },
    )
  })

  test('with one or two nodes there is one host', async () => {
    await passes(
      async (sim) => {
        expect(sim.directory.hosts).toEqual(['n1'])
        const ask = () => sim.nodes[1]!.actors.request(Here('x'), 'where', undefined, { timeout: 20_000 })
        expect(await ask()).toMatch(/n[12]/)
        sim.nodes[0]!.restart()
        expect(await eventually(sim, ask)).toMatch(/n[12]/)
      },
      { nodes: 2, iterations: 10 },
    )
  })
})

test('two that compete for a register on slow links both get through, one after the other', async () => {
  await passes(
    async (sim) => {
      const change = (node: Node, activation: number): Promise<unknown> =>
        node.run(() => clientOf(node).change('x', () => ({ activation, node: node.id, lease: 1 })))
      const begun = sim.now
      await Promise.all(sim.nodes.map((node, i) => change(node, 101 + i)))
      expect(sim.now - begun).toBeLessThan(100_000)
    },
    {
      nodes: 3,
      iterations: 100,
      chaos: { latency: { kind: 'uniform', min: 300, max: 600 } },
      invariants: { registered: false, shutdown: false },
    },
  )
})

test('once slow links have healed, a change that was waiting long for its next attempt goes on soon', async () => {
  let attempts = 0
  await passes(
    async (sim) => {
      const setLatency = (ms: number): void => {
        for (const from of sim.nodes) {
          for (const to of sim.nodes) {
            if (from !== to) sim.network.link(from.id, to.id).set({ latency: { kind: 'constant', ms } })
          }
        }
      }
      const node = sim.nodes[0]!
      await node.actors.request(Here('x'), 'where')
      setLatency(900)
      const stop = sim.network.rule(({ method }) => (method === '$directory.accept' ? 'drop' : 'pass'))
      const change = async (): Promise<unknown> => {
        for (;;) {
          attempts++
          const changed = clientOf(node).change('y', () => ({ activation: 101, node: node.id, lease: 1 }))
          const result = await changed.catch(() => undefined)
          if (result !== undefined) return result
        }
      }
      const changed = node.run(change)
      await sim.sleep(sim.random.integer(40_000, 80_000))
      stop()
      setLatency(2)
      const healed = sim.now
      await changed
      expect(sim.now - healed).toBeLessThan(4_500)
    },
    { nodes: 3, iterations: 60, placement: () => 'n1', invariants: { registered: false, shutdown: false } },
  )
  expect(attempts).toBeGreaterThan(60)
})

test('an activation can take out its own registration only', async () => {
  await passes(
    async (sim) => {
      const [n1, n2] = sim.nodes
      const mine: Registration = { activation: 101, node: 'n1', lease: 1 }
      const newer: Registration = { activation: 102, node: 'n2', lease: 2 }
      await n1!.run(() => clientOf(n1!).change('x', () => mine))
      await n2!.run(() => clientOf(n2!).change('x', () => newer))
      // What Activations.clear does, late.
      await n1!.run(() => clientOf(n1!).change('x', ({ value }) => (value?.activation === 101 ? null : value)))
      expect(sim.directory.registered('x')).toBe('n2')
      await n2!.run(() => clientOf(n2!).change('x', ({ value }) => (value?.activation === 102 ? null : value)))
      expect(sim.directory.registered('x')).toBeUndefined()
    },
    { nodes: 3, invariants: { registered: false, shutdown: false } },
  )
})

test('looking on changes nothing: the digest is the same whether somebody looks or not', async () => {
  const digests: string[][] = []
  for (const looks of [false, true]) {
    const seen: string[] = []
    await passes(
      async (sim) => {
        sim.invariant('look', () => {
          if (looks) sim.directory.locations(Here('x'))
          return true
        })
        for (let i = 0; i < 10; i++) {
          await outcome(sim.random.pick(sim.nodes).actors.request(Here('x'), 'where', undefined, { timeout: 500 }))
          await sim.sleep(sim.random.below(2_000))
        }
      },
      { nodes: 4, iterations: 10, chaos: 'random' },
      { onResult: ({ digest }) => void seen.push(digest) },
    )
    digests.push(seen)
  }
  expect(digests[1]).toEqual(digests[0])
})
