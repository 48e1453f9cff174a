/** Bugs planted in the actor system itself; each is found by a built-in invariant, and the system as it is passes. */
import { describe, expect, test } from 'vitest'
import type { Activation } from '../../../src/actors/activation.ts'
import { Activations } from '../../../src/actors/activations.ts'
import { actor } from '../../../src/actors/actor.ts'
import { DirectoryClient } from '../../../src/actors/directory/client.ts'
import { Lease } from '../../../src/actors/directory/lease.ts'
import { Locator } from '../../../src/actors/locator.ts'
import type { Found } from '../../../src/actors/directory/client.ts'
import type { Registration } from '../../../src/actors/directory/registration.ts'
import type { Failure } from '../../../src/engine/failure.ts'
import { LifeCycle } from '../../../src/nodes/life-cycle.ts'
import type { Body } from '../../../src/world/iteration.ts'
import type { SimulationOptions } from '../../../src/runner/options.ts'
import { eventually, outcome, soakSeeds } from '../../actors/helpers.ts'
import { failureOf, passes } from '../../verdict/verdict.ts'
import { planted, seedsToFind } from './plant.ts'

const Short = actor('short', (self) => ({ where: () => self.node, leave: () => self.deactivate() }), { idleMs: 100 })

/** Everybody calls a few actors that come and go. */
const busy: Body = async (sim) => {
  const client = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      const node = sim.random.pick(sim.nodes)
      const ref = Short(sim.random.pick(['a', 'b']))
      const method = sim.random.chance(0.3) ? 'leave' : 'where'
      await outcome<unknown>(node.actors.request(ref, method, undefined, { timeout: 1_000 }))
      await sim.sleep(sim.random.below(300))
    }
  }
  await Promise.all([client(), client(), client()])
}

const lossy: SimulationOptions = {
  nodes: 5,
  placement: 'random',
  chaos: { loss: 0.15, duplication: 0.05, crash: { wipe: 0 }, pause: true },
}

const jumping: SimulationOptions = {
  nodes: 4,
  placement: 'preferLocal',
  chaos: { clock: { maxJumpMs: 20_000, maxSkewMs: 0, maxDriftPpm: 0 }, partition: true, pause: true },
}

/** One node is stopped for good; the others go on. */
const oneLeaves: Body = async (sim) => {
  const [, second, third] = sim.nodes
  for (const node of sim.nodes) await node.actors.request(Short('x'), 'where')
  await sim.nodes[3]!.stop()
  for (const node of [second!, third!]) {
    await eventually(sim, () => node.actors.request(Short('x'), 'where', undefined, { timeout: 1_000 }))
  }
}

type Change = (
  this: DirectoryClient,
  actor: string,
  decide: (found: Found) => Registration | null,
  settle?: boolean,
) => unknown

describe('a planted bug in the directory', () => {
  test('register without compare and swap: two activations', async () => {
    const failure = await planted<DirectoryClient, Failure>(
      DirectoryClient.prototype,
      'change',
      (original) =>
        function (
          this: DirectoryClient,
          name: string,
          decide: (found: Found) => Registration | null,
          settle?: boolean,
        ) {
          // What is there is looked up first, and then written over.
          let seen: Registration | null | undefined
          return (original as Change).call(
            this,
            name,
            (found) => {
              if (seen === undefined) seen = decide({ value: null, ended: false })
              return settle === true ? decide(found) : seen
            },
            settle,
          )
        } as never,
      () => failureOf(busy, { ...lossy, placement: 'preferLocal', iterations: seedsToFind }),
    )
    expect(failure).toMatchObject({
      kind: 'InvariantViolation',
      name: 'an actor has at most one live registered activation',
    })
  })

  test('unregister without activation id: a late one deletes a newer registration', async () => {
    const failure = await planted<DirectoryClient, Failure>(
      DirectoryClient.prototype,
      'change',
      (original) =>
        function (
          this: DirectoryClient,
          name: string,
          decide: (found: Found) => Registration | null,
          settle?: boolean,
        ) {
          return (original as Change).call(this, name, settle === true ? () => null : decide, settle)
        } as never,
      () => failureOf(busy, { ...lossy, iterations: seedsToFind }),
    )
    expect(failure).toMatchObject({ kind: 'InvariantViolation' })
    expect(failure.message).toMatch(/at most one live|registered activations are alive/)
  })

  test('a cache that is never invalidated: a node that has left is called for ever', async () => {
    const stubborn = (run: () => Promise<Failure>): Promise<Failure> =>
      planted<Locator, Failure>(
        Locator.prototype,
        'forget',
        () => () => undefined,
        () =>
          planted<Locator, Failure>(
            Locator.prototype,
            'learn',
            (original) =>
              function (this: Locator, name: string, node: string) {
                if (this.cached(name) === undefined) (original as Locator['learn']).call(this, name, node)
              } as never,
            run,
          ),
      )
    const options: SimulationOptions = { nodes: 4, placement: ({ nodes }) => nodes.at(-1)!, iterations: seedsToFind }
    const failure = await stubborn(() => failureOf(oneLeaves, options))
    expect(failure).toMatchObject({ kind: 'BodyFailed', name: 'RequestTimeout' })
    await passes(oneLeaves, { ...options, iterations: soakSeeds(500) })
  })

  test('a lease that ignores clock skew: it is counted on the wall clock', async () => {
    const failure = await planted<LifeCycle, Failure>(
      LifeCycle.prototype,
      'monotonicMs',
      () =>
        function (this: LifeCycle & { engine: { now: number } }) {
          return this.clock.dateMs(this.engine.now)
        } as never,
      () =>
        planted<Lease, Failure>(
          Lease.prototype,
          'isHeld',
          () =>
            function (this: Lease, lease: number) {
              return lease !== 0 && this.number === lease
            } as never,
          () => failureOf(busy, { ...jumping, iterations: seedsToFind }),
        ),
    )
    expect(failure).toMatchObject({
      kind: 'InvariantViolation',
      name: 'an actor has at most one live registered activation',
    })
  })

  test('as it is, it passes all of this', async () => {
    for (const options of [lossy, { ...lossy, placement: 'preferLocal' as const }, jumping]) {
      await passes(busy, { ...options, iterations: soakSeeds(170) })
    }
  }, 3_600_000)
})

describe('each built-in invariant finds its bug', () => {
  const calm: SimulationOptions = { nodes: 3, iterations: 20 }

  test('when quiet, exactly the registered activations are alive', async () => {
    const failure = await planted<Activations, Failure>(
      Activations.prototype,
      'clear',
      () => () => Promise.resolve(),
      () => failureOf(busy, calm),
    )
    expect(failure).toMatchObject({ name: 'when quiet, exactly the registered activations are alive' })
    expect(failure.message).toMatch(/short\/[ab] is registered on n\d but not active there/)
    await planted<Activations, unknown>(
      Activations.prototype,
      'clear',
      () => () => Promise.resolve(),
      () => passes(busy, { ...calm, invariants: { registered: false, shutdown: false } }),
    )
  })

  test('every activation is deactivated cleanly at shutdown', async () => {
    const failure = await planted<Activations, Failure>(
      Activations.prototype,
      'deactivate',
      () => () => Promise.resolve(),
      () => failureOf((sim) => sim.nodes[0]!.actors.request(Short('x'), 'where'), calm),
    )
    expect(failure).toMatchObject({ name: 'every activation is deactivated cleanly at shutdown' })
    expect(failure.message).toMatch(/short\/x on n\d is still active/)
  })

  test('no message is handled by a deactivated activation', async () => {
    const failure = await planted<Activations, Failure>(
      Activations.prototype,
      'ready',
      () =>
        function (this: { known?: Map<string, Activation> } & { byId: Map<string, Activation> }, id: string) {
          // It remembers what it has once found.
          this.known ??= new Map()
          const found = this.byId.get(id)
          if (found?.state === 'active') this.known.set(id, found)
          return this.known.get(id)
        } as never,
      () => failureOf(busy, calm),
    )
    expect(failure).toMatchObject({ name: 'no message is handled by a deactivated activation' })
  })

  test('and the system as it is violates none', async () => {
    await passes(busy, { ...calm, iterations: 100 })
  })
})
