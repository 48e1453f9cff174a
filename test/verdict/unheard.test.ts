/** An error that a handler throws into an answer that reaches nobody. */
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

/** An order is taken once; `again` is what happens to the second delivery. */
const orders =
  (again: () => unknown): Body =>
  async (sim) => {
    sim.node('shop', ({ bus }) => {
      const open = new Set(['a', 'b', 'c'])
      bus.handle('take', (order: string) => (open.delete(order) ? order : again()))
    })
    for (const order of ['a', 'b', 'c']) {
      await sim
        .node('client')
        .bus.request('shop', 'take', order, { timeout: 300 })
        .catch(() => undefined)
    }
  }

const mistakes: Record<string, () => unknown> = {
  'a TypeError': () => (undefined as unknown as { order: { id: string } }).order.id,
  'a ReferenceError': () => {
    throw new ReferenceError('order is not defined')
  },
  'a RangeError': () => new Array(-1),
  'a SyntaxError': () => JSON.parse('{') as unknown,
  'an answer that has no copy': () => ({ close: () => undefined }),
  'one that comes later': async () => {
    await new Promise((resolve) => setTimeout(resolve, 2))
    throw new TypeError('late')
  },
}

describe('a handler that breaks on its second delivery fails the seed', () => {
  const chaos = { duplication: 0.5 }
  test.each(Object.entries(mistakes))('with %s', async (_what, again) => {
    const failure = await failureOf(orders(again), { iterations: 30, chaos })
    expect(failure.kind).toBe('UnhandledError')
    expect(failure.owner).toBe('shop')
    expect(failure.message).toContain("thrown by 'take' of shop; its answer to client was late, lost or a second one")
  })

  test('and not one that bears it', async () => {
    await passes(
      orders(() => 'taken already'),
      { iterations: 100, chaos },
    )
    // Nobody can break on what does not come.
    await passes(orders(mistakes['a TypeError'] as () => unknown), { iterations: 30 })
  })

  test('one that refuses is counted: method, node, name, how often, and the first seed', async () => {
    class Refused extends Error {
      override readonly name = 'Refused'
    }
    const refuse = (): never => {
      throw new Refused('taken already')
    }
    const { unheard } = await passes(orders(refuse), { iterations: 30, chaos })
    expect(unheard).toEqual([
      {
        node: 'shop',
        method: 'take',
        name: 'Refused',
        count: expect.any(Number) as number,
        seed: expect.any(Number) as number,
      },
    ])
    expect(unheard[0]?.count).toBeGreaterThan(20)
    expect((await passes(orders(refuse), { iterations: 10 })).unheard).toEqual([])
  })
})

const broken = ({ bus }: ReturnType<Simulation['node']>): void =>
  bus.handle('ask', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    throw new TypeError('x is not a function')
  })

const cases: Record<string, { readonly body: Body; readonly options?: SimulationOptions }> = {
  'an answer after the timeout': {
    body: (sim) => {
      sim.node('server', broken)
      return sim
        .node('client')
        .bus.request('server', 'ask', 1, { timeout: 20 })
        .catch(() => undefined)
    },
  },
  'an answer that is lost': {
    body: (sim) => {
      sim.node('server', broken)
      sim.network.rule(({ kind }) => (kind === 'response' ? 'drop' : 'pass'))
      return sim
        .node('client')
        .bus.request('server', 'ask', 1, { timeout: 200 })
        .catch(() => undefined)
    },
  },
  'an answer to a node that is dead': {
    body: async (sim) => {
      sim.node('server', broken)
      sim
        .node('client')
        .bus.request('server', 'ask')
        .catch(() => undefined)
      await sim.sleep(30)
      sim.node('client').crash()
    },
  },
  'an answer to a node that has been restarted': {
    body: async (sim) => {
      sim.node('server', broken)
      sim
        .node('client')
        .bus.request('server', 'ask')
        .catch(() => undefined)
      await sim.sleep(30)
      sim.node('client').restart()
    },
  },
  'a method of an actor, after the timeout': {
    options: { nodes: 3 },
    body: (sim) => {
      const Broken = actor('broken', () => ({
        ask: async (): Promise<void> => {
          await new Promise((resolve) => setTimeout(resolve, 400))
          throw new TypeError('x is not a function')
        },
      }))
      return sim.nodes[0]!.actors.request(Broken('x'), 'ask', undefined as never, { timeout: 300 }).catch(
        () => undefined,
      )
    },
  },
  'the factory of an actor, after the timeout': {
    options: { nodes: 3 },
    body: (sim) => {
      const Broken = actor('broken', async (): Promise<{ ask(): number }> => {
        await new Promise((resolve) => setTimeout(resolve, 400))
        throw new TypeError('x is not a function')
      })
      return sim.nodes[0]!.actors.request(Broken('x'), 'ask', undefined as never, { timeout: 300 }).catch(
        () => undefined,
      )
    },
  },
}

describe('nobody hears', () => {
  test.each(Object.entries(cases))('%s', async (_what, { body, options }) => {
    const failure = await failureOf(body, options)
    expect(failure).toMatchObject({ kind: 'UnhandledError', name: 'TypeError' })
    expect(failure.message).toContain('x is not a function (thrown by')
  })
})

describe('somebody hears', () => {
  test('who waits long enough: then it is the caller’s', async () => {
    await passes(async (sim) => {
      sim.node('server', broken)
      const outcome = sim.node('client').bus.request('server', 'ask')
      await expect(outcome).rejects.toMatchObject({ name: 'RemoteError', remoteName: 'TypeError' })
    })
  })

  test('who asks again after the answer was lost, by retry or by itself', async () => {
    for (const retry of [{ attempts: 50 }, { attempts: 50, idempotencyKey: true }]) {
      await passes(
        async (sim) => {
          sim.node('server', broken)
          const outcome = sim.node('client').bus.request('server', 'ask', 1, { timeout: 100, retry })
          await expect(outcome).rejects.toMatchObject({ remoteName: 'TypeError' })
        },
        { iterations: 50, chaos: { loss: 0.3, duplication: 0.3 } },
      )
    }
  })

  test('a second answer to who has heard the first', async () => {
    await passes(
      async (sim) => {
        sim.node('server', broken)
        await expect(sim.node('client').bus.request('server', 'ask')).rejects.toThrow('x is not a function')
      },
      { iterations: 20, chaos: { duplication: 1 } },
    )
  })
})
