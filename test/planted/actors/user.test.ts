/** Bugs in small systems of users, each beside the correct twin. */
import { describe, expect, test } from 'vitest'
import { type ActorSelf, actor, always } from 'vitest-simulation'
import { Bus } from '../../../src/bus/bus.ts'
import type { Message } from '../../../src/network/message.ts'
import type { Body } from '../../../src/world/iteration.ts'
import type { SimulationOptions } from '../../../src/runner/options.ts'
import type { Simulation } from '../../../src/world/door.ts'
import { eventually, outcome, soakSeeds } from '../../actors/helpers.ts'
import { failureOf, passes } from '../../verdict/verdict.ts'
import { seedsToFind } from './plant.ts'
import type { Node } from '../../../src/world/node.ts'

describe('a timer that outlives its activation', () => {
  /** An actor that beats; only the living activation may. */
  const beating = (start: (self: ActorSelf, beat: () => void) => void): Body => {
    return async (sim) => {
      const Heart = actor(
        'heart',
        (self) => {
          const beat = (): void => {
            always(sim.directory.locations(self.id).includes(self.node), 'only an activation that lives beats')
          }
          start(self, beat)
          return { touch: () => self.node }
        },
        { idleMs: 100 },
      )
      for (let i = 0; i < 6; i++) {
        await outcome(sim.random.pick(sim.nodes).actors.request(Heart('x'), 'touch', undefined, { timeout: 500 }))
        await sim.sleep(sim.random.below(400))
      }
    }
  }
  const options: SimulationOptions = { nodes: 3, chaos: 'swarm' }

  test('is found', async () => {
    const body = beating((_self, beat) => void setInterval(beat, 20))
    const failure = await failureOf(body, { ...options, iterations: seedsToFind })
    expect(failure).toMatchObject({ kind: 'AlwaysViolated', name: 'only an activation that lives beats' })
  })

  test('and self.every passes', async () => {
    const body = beating((self, beat) => void self.every(20, beat))
    await passes(body, { ...options, iterations: soakSeeds(500) })
  }, 3_600_000)
})

describe('an acknowledgement before the save is durable', () => {
  const ledger = (waits: boolean): Body => {
    const Ledger = actor('ledger', async (self) => {
      const state = await self.load<string[]>([])
      return {
        add: async (id: string) => {
          state.value.push(id)
          const saved = state.save()
          if (waits) await saved
          else saved.catch(() => undefined)
        },
        ids: () => state.value,
      }
    })
    return async (sim) => {
      const acknowledged: string[] = []
      for (let i = 0; i < 8; i++) {
        const { actors } = sim.random.pick(sim.nodes)
        const add = actors.request(Ledger('x'), 'add', `o${i}`, { timeout: 500 }).then(() => acknowledged.push(`o${i}`))
        await outcome(add, [
          'RequestTimeout',
          'SendFailed',
          'ActorUnavailable',
          'NodeCrashed',
          'StorageFailed',
          'VersionConflict',
        ])
        await sim.sleep(sim.random.below(500))
      }
      await sim.quiesce()
      const kept = await eventually(sim, () => sim.nodes[0]!.actors.request(Ledger('x'), 'ids'))
      expect(kept, 'what was acknowledged is kept').toEqual(expect.arrayContaining(acknowledged))
    }
  }
  const options: SimulationOptions = { nodes: 3, chaos: { crash: { every: [50, 2_000] }, storage: [0, 0.1] } }

  test('is found', async () => {
    const failure = await failureOf(ledger(false), { ...options, iterations: seedsToFind })
    expect(failure).toMatchObject({ kind: 'BodyFailed' })
    expect(failure.message).toContain('what was acknowledged is kept')
  })

  test('and waiting for the save passes', async () => {
    await passes(ledger(true), { ...options, iterations: soakSeeds(500) })
  }, 3_600_000)
})

describe('a response sent by a crashed node', () => {
  /** A bus whose delayed messages leave even when their node has died meanwhile. */
  class ZombieBus extends Bus {
    static {
      const place = this.prototype as unknown as { transmit(message: Message): unknown }
      const { transmit } = Bus.prototype as unknown as { transmit(message: Message): unknown }
      place.transmit = function (this: ZombieBus, message: Message) {
        const { owner } = (this as unknown as { node: Node }).node
        if (message.kind !== 'response') return transmit.call(this, message)
        // The bug: the wait before sending belongs to nobody.
        this.engine.scheduleAt(
          this.engine.now + 5_000,
          { name: 'send late', code: 1, describe: () => '' },
          0,
          this.address,
          () => {
            if (owner.alive) transmit.call(this, message)
            else this.shared.network.send(message)
          },
          undefined,
        )
        return undefined
      }
    }
  }

  const body = async (sim: Simulation): Promise<void> => {
    sim.network.rule(({ from, kind }) => {
      always(sim.node(from).alive, `no dead node sends a ${kind}`)
      return 'pass'
    })
    sim.node('server', (node) => node.bus.handle('ask', () => 1))
    const client = sim.node('client')
    for (let i = 0; i < 10; i++) await outcome(client.bus.request('server', 'ask', 0, { timeout: 30 }))
  }
  const options: SimulationOptions = { chaos: { crash: { every: [10, 100], lasts: [10, 50] }, buggify: true } }

  test('is found', async () => {
    const failure = await failureOf(body, { ...options, iterations: seedsToFind }, { busClass: ZombieBus })
    expect(failure).toMatchObject({ kind: 'AlwaysViolated', name: 'no dead node sends a response' })
  })

  test('and our bus, which also sends late, passes', async () => {
    const result = await passes(body, { ...options, iterations: soakSeeds(500) })
    expect(result.sites.find(({ name }) => name === 'bus: response sent late')!.hits).toBeGreaterThan(50)
  }, 3_600_000)
})

describe('a lease that ignores clock skew', () => {
  const leaseMs = 300

  /** A server that grants one lease at a time, and clients that believe what they were granted. */
  const locking = (ignoresSkew: boolean): Body => {
    return async (sim) => {
      const holders = new Set<string>()
      const now = (): number => (ignoresSkew ? Date.now() : performance.now())
      sim.node('server', (node) => {
        // After a restart nobody knows who has a lease: wait until it must have ended.
        let until = node.incarnation === 1 ? 0 : now() + leaseMs * 1.25
        node.bus.handle('lease', () => {
          if (now() < until) return null
          // With wall clocks: a time at which it ends. Else: for how long, and the server waits a bit longer.
          until = now() + (ignoresSkew ? leaseMs : leaseMs * 1.25)
          return ignoresSkew ? until : leaseMs
        })
      })
      for (const id of ['a', 'b', 'c']) {
        sim.node(id, (node) => {
          const work = async (): Promise<void> => {
            for (;;) {
              const asked = now()
              const granted = await node.bus
                .request<number | null>('server', 'lease', 0, { timeout: 100 })
                .catch(() => null)
              if (granted !== null) {
                const end = ignoresSkew ? granted : asked + granted
                while (now() < end) {
                  holders.add(id)
                  always(holders.size === 1, 'one holder at a time', () => [...holders])
                  await pause(1)
                  holders.delete(id)
                  await pause(4)
                }
              }
              await pause(20)
            }
          }
          void work()
        })
      }
      await sim.sleep(3_000)
    }
  }
  const options: SimulationOptions = { chaos: { clock: { maxSkewMs: 200, maxDriftPpm: 10_000, maxJumpMs: 500 } } }

  test('is found', async () => {
    const failure = await failureOf(locking(true), { ...options, iterations: seedsToFind })
    expect(failure).toMatchObject({ kind: 'AlwaysViolated', name: 'one holder at a time' })
  })

  test('and one that counts durations, with a margin, passes', async () => {
    await passes(locking(false), { ...options, iterations: soakSeeds(500) })
  }, 3_600_000)
})

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
