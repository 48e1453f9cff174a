import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import { leaseMs } from '../../src/actors/directory/lease.ts'
import { nothingRunsFromDeadNodes, sameSeedSameDigest } from '../laws/laws.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from '../verdict/verdict.ts'
import { eventually, fixedLatency, outcome } from './helpers.ts'

/** An actor whose lives are logged: 'x1+' begins, 'x1-' goes in good order. */
function lives(idleMs = 60_000) {
  const log: string[] = []
  let count = 0
  const type = actor(
    'living',
    (self) => {
      const name = `${self.key}${++count}`
      log.push(`${name}+`)
      self.onDeactivate(async () => {
        await wait(5)
        log.push(`${name}-`)
      })
      return {
        name: () => name,
        where: () => self.node,
        work: (ms: number) => wait(ms, name),
        leave: () => {
          self.deactivate()
          return name
        },
        tick: (ms: number) => void self.every(ms, () => log.push(`${name} tick`)),
        once: (ms: number) => void self.after(ms, () => log.push(`${name} once`)),
      }
    },
    { idleMs },
  )
  return { log, type }
}

describe('an activation', () => {
  test('is made by the first message and stays', async () => {
    await passes(
      async (sim) => {
        const { log, type } = lives()
        expect(log).toEqual([])
        for (const node of sim.nodes) expect(await node.actors.request(type('x'), 'name')).toBe('x1')
        await sim.sleep(30_000)
        expect(await sim.nodes[0]!.actors.request(type('x'), 'name')).toBe('x1')
        expect(log).toEqual(['x1+'])
        const [where] = sim.directory.locations(type('x'))
        expect(sim.directory.registered(type('x'))).toBe(where)
        expect(sim.node(where!).actors.active).toEqual(['living/x'])
        expect([...sim.directory.load.values()].reduce((a, b) => a + b)).toBe(1)
      },
      { nodes: 3 },
    )
  })

  test('goes when it has been idle, with its hooks, and the next message makes a new one', async () => {
    await passes(
      async (sim) => {
        const { log, type } = lives(200)
        const { actors } = sim.nodes[0]!
        for (let i = 0; i < 10; i++) {
          await sim.sleep(150)
          expect(await actors.request(type('x'), 'name')).toBe('x1')
        }
        await sim.sleep(300)
        expect(log).toEqual(['x1+', 'x1-'])
        expect(sim.directory.locations(type('x'))).toEqual([])
        expect(sim.directory.registered(type('x'))).toBeUndefined()
        expect(await actors.request(type('x'), 'name')).toBe('x2')
      },
      { nodes: 3 },
    )
  })

  test('is not idle while a message is handled, and timers do not keep it', async () => {
    await passes(async (sim) => {
      const { log, type } = lives(100)
      const { actors } = sim.node('n')
      expect(await actors.request(type('x'), 'work', 1_000)).toBe('x1')
      await actors.request(type('x'), 'tick', 30)
      await sim.sleep(1_000)
      expect(log.at(-1)).toBe('x1-')
      expect(log.filter((line) => line === 'x1 tick').length).toBeLessThan(5)
    })
  })

  test('with idleMs: Infinity stays for ever', async () => {
    await passes(async (sim) => {
      const { log, type } = lives(Infinity)
      await sim.node('n').actors.request(type('x'), 'name')
      await sim.sleep(3_600_000)
      expect(log).toEqual(['x1+'])
    })
  })

  test('goes at its own wish after the present turn; what waits comes to the next one', async () => {
    await passes(
      async (sim) => {
        const { log, type } = lives()
        const { actors } = sim.nodes[0]!
        await actors.request(type('x'), 'name')
        const calls = [
          actors.request(type('x'), 'work', 20),
          actors.request(type('x'), 'leave'),
          actors.request(type('x'), 'name'),
          actors.request(type('x'), 'name'),
        ]
        expect(await Promise.all(calls)).toEqual(['x1', 'x1', 'x2', 'x2'])
        expect(log).toEqual(['x1+', 'x1-', 'x2+'])
      },
      { nodes: 2, chaos: fixedLatency },
    )
  })

  test('a message that comes while it closes is routed again', async () => {
    await passes(
      async (sim) => {
        const { type } = lives()
        await Promise.all(
          Array.from({ length: 20 }, async (_, i) => {
            await sim.sleep(sim.random.below(40))
            const { actors } = sim.random.pick(sim.nodes)
            await actors.request(type('x'), i % 4 === 0 ? 'leave' : 'name')
          }),
        )
      },
      { nodes: 3, iterations: 100, schedule: 'random' },
    )
  })
})

describe('timers', () => {
  test('run as turns: after, every, and their undo', async () => {
    await passes(async (sim) => {
      const log: string[] = []
      const Timed = actor('timed', (self) => {
        const undo = self.every(10, () => log.push('every'))
        self.after(35, async () => {
          log.push('after')
          undo()
          await wait(30)
          log.push('after, later')
        })
        const never = self.after(5, () => log.push('never'))
        never()
        never()
        return { hello: () => log.push('hello') }
      })
      const { actors } = sim.node('n')
      await actors.request(Timed('x'), 'hello')
      await sim.sleep(40)
      const hello = actors.request(Timed('x'), 'hello')
      await sim.sleep(200)
      await hello
      expect(log).toEqual(['hello', 'every', 'every', 'every', 'after', 'after, later', 'hello'])
    })
  })

  test('die with the activation, also those that wait for their turn', async () => {
    await passes(async (sim) => {
      const { log, type } = lives(100)
      const { actors } = sim.node('n')
      await actors.request(type('x'), 'tick', 10)
      await actors.request(type('x'), 'once', 150)
      const work = actors.request(type('x'), 'work', 50)
      await actors.request(type('x'), 'leave')
      await work
      await sim.sleep(20)
      const ticks = log.length
      await sim.sleep(1_000)
      expect(log.length).toBe(ticks)
      expect(log).not.toContain('x1 once')
    })
  })

  test('that come while the factory runs wait for it; undone while they wait, they do not run', async () => {
    await passes(async (sim) => {
      const log: string[] = []
      const Slow = actor('slow', async (self) => {
        self.after(10, () => log.push('after'))
        self.after(1_000, () => log.push('late'))
        const undo = self.after(20, () => log.push('undone'))
        await wait(100)
        undo()
        return {
          log: () => [...log],
          work: async (ms: number) => {
            const stop = self.after(ms / 2, () => log.push('stopped'))
            await wait(ms)
            stop()
          },
        }
      })
      const { actors } = sim.node('n')
      await actors.request(Slow('x'), 'work', 100)
      expect(await actors.request(Slow('x'), 'log')).toEqual(['after'])
      await sim.sleep(1_000)
      expect(log).toEqual(['after', 'late'])
    })
  })

  test('what a callback throws fails the simulation', async () => {
    const Timed = actor('timed', (self) => ({
      start: (isAsync: boolean) =>
        void self.after(
          1,
          isAsync ? () => Promise.reject(new RangeError('tick')) : () => raise(new RangeError('tick')),
        ),
    }))
    for (const isAsync of [true, false]) {
      const failure = await failureOf(async (sim) => {
        await sim.node('n').actors.request(Timed('x'), 'start', isAsync)
        await sim.sleep(10)
      })
      expect(failure).toMatchObject({ kind: 'UnhandledError', name: 'RangeError' })
    }
  })

  test('refuse what is not a time or a callback', async () => {
    const Bad = actor('bad', (self) => ({
      after: (ms: number) => void self.after(ms, () => undefined),
      nothing: () => void self.every(1, undefined as never),
      hook: () => self.onDeactivate('x' as never),
    }))
    await passes(async (sim) => {
      const { actors } = sim.node('n')
      for (const ms of [-1, Infinity, Number.NaN]) {
        await expect(actors.request(Bad('x'), 'after', ms)).rejects.toThrow('actor timer ms')
      }
      await expect(actors.request(Bad('x'), 'nothing')).rejects.toThrow('actor timer callback')
      await expect(actors.request(Bad('x'), 'hook')).rejects.toThrow('self.onDeactivate(hook)')
    })
  })

  test('the simulation is not quiet in the middle of a timer’s turn', async () => {
    await passes(async (sim) => {
      let inside = false
      const Timed = actor('timed', (self) => ({
        start: () =>
          void self.after(10, async () => {
            inside = true
            await wait(500)
            inside = false
          }),
      }))
      sim.invariant('no turn under way', () => !inside, { when: 'quiet' })
      await sim.node('n').actors.request(Timed('x'), 'start')
      await sim.sleep(20)
      expect(inside).toBe(true)
      await sim.quiesce()
      expect(inside).toBe(false)
    })
  })
})

describe('a factory', () => {
  test('that throws fails the call; the method has not run, and the next call tries again', async () => {
    await passes(
      async (sim) => {
        let tries = 0
        const Shy = actor('shy', async () => {
          await wait(3)
          if (++tries < 3) throw new RangeError(`try ${tries}`)
          return { hello: () => 'hello' }
        })
        const { actors } = sim.nodes[0]!
        for (const message of ['try 1', 'try 2']) {
          await expect(actors.request(Shy('x'), 'hello')).rejects.toMatchObject({ remoteName: 'RangeError', message })
          expect(sim.directory.registered(Shy('x'))).toBeUndefined()
        }
        expect(await actors.request(Shy('x'), 'hello')).toBe('hello')
      },
      { nodes: 3 },
    )
  })

  test('runs once however many messages wait for it', async () => {
    await passes(
      async (sim) => {
        let made = 0
        const Slow = actor('slow', async () => {
          made++
          await wait(100)
          return { hello: () => made }
        })
        const all = sim.nodes.flatMap(({ actors }) => [1, 2, 3].map(() => actors.request(Slow('x'), 'hello')))
        expect(new Set(await Promise.all(all))).toEqual(new Set([1]))
      },
      { nodes: 4, iterations: 20, placement: 'random', schedule: 'random' },
    )
  })
})

describe('when its node', () => {
  test('crashes, an activation just ends: no hook, no timer, no turn; another node takes over after the lease', async () => {
    await passes(
      async (sim) => {
        const { log, type } = lives()
        const caller = sim.nodes[2]!
        await caller.actors.request(type('x'), 'tick', 10)
        const node = sim.node(await caller.actors.request(type('x'), 'where'))
        const work = caller.actors.request(type('x'), 'work', 1_000, { timeout: 500 })
        const queued = caller.actors.request(type('x'), 'leave', undefined, { timeout: 500 })
        await sim.sleep(50)
        node.crash()
        node.restart()
        const before = log.length
        await expect(work).rejects.toMatchObject({ name: 'RequestTimeout' })
        await expect(queued).rejects.toMatchObject({ name: 'RequestTimeout' })
        expect(log.length).toBe(before)
        await sim.sleep(leaseMs * 1.5)
        expect(await eventually(sim, () => caller.actors.request(type('x'), 'name'))).toBe('x2')
        expect(log.filter((line) => line === 'x1-' || line === 'x1 tick').length).toBe(
          log.slice(0, before).filter((line) => line === 'x1 tick').length,
        )
      },
      { nodes: 3, placement: () => 'n1', chaos: fixedLatency },
    )
  })

  test('is stopped, its activations go in good order and callers do not notice', async () => {
    await passes(
      async (sim) => {
        const { log, type } = lives()
        const { actors } = sim.nodes[2]!
        expect(await actors.request(type('x'), 'where')).toBe('n1')
        const work = actors.request(type('x'), 'work', 100)
        await sim.sleep(20)
        const stopped = sim.nodes[0]!.stop()
        await sim.sleep(10)
        const next = actors.request(type('x'), 'name')
        expect(await work).toBe('x1')
        expect(await next).toBe('x2')
        expect(log).toEqual(['x1+', 'x1-', 'x2+'])
        await stopped
        expect(await actors.request(type('x'), 'where')).toBe('n2')
      },
      { nodes: 3, iterations: 20, placement: ({ nodes }) => nodes[0]! },
    )
  })

  test('is cut off, its activations end with the lease, before others may begin', async () => {
    let cut = false
    await passes(
      async (sim) => {
        cut = false
        const { log, type } = lives()
        const [n1, n2] = sim.nodes
        await n2!.actors.request(type('x'), 'tick', 50)
        await sim.sleep(1_000)
        const work = n1!.actors.request(type('x'), 'work', 10_000, { timeout: 60_000 })
        const waiting = n1!.actors.request(type('x'), 'name', undefined, { timeout: 60_000 })
        const outcomes = Promise.allSettled([work, waiting])
        sim.network.isolate('n1')
        cut = true
        await sim.sleep(leaseMs + 1_200)
        const ticks = log.length
        expect(sim.directory.locations(type('x'))).toEqual([])
        expect(await eventually(sim, () => n2!.actors.request(type('x'), 'name'))).toBe('x2')
        await sim.sleep(2_000)
        expect(log.slice(ticks)).toEqual(['x2+'])
        expect(sim.directory.locations(type('x'))).toEqual(['n2'])
        sim.network.heal()
        // The turn that was under way ran on; the message that waited was refused, and n1 could reach nobody.
        expect(await outcomes).toMatchObject([{ value: 'x1' }, { reason: { name: 'ActorUnavailable' } }])
      },
      // Each node places it on itself, but the first time it goes to n1.
      { nodes: 3, placement: ({ local, load }) => (load('n1') + load('n2') === 0 && !cut ? 'n1' : local) },
    )
  })
})

describe('a hook', () => {
  test('that throws fails the simulation', async () => {
    const Bad = actor('bad', (self) => {
      self.onDeactivate(() => raise(new RangeError('no farewell')))
      return { hello: () => 1 }
    })
    const failure = await failureOf(async (sim) => {
      await sim.node('n').actors.request(Bad('x'), 'hello')
    })
    expect(failure).toMatchObject({ kind: 'UnhandledError', message: 'no farewell' })
  })

  test('may call other actors, even at the very end', async () => {
    const log: string[] = []
    const Registry = actor('registry', (self) => {
      const members = new Set<string>()
      self.onDeactivate(() => log.push(`registry with ${members.size}`))
      return {
        join: (name: string) => void members.add(name),
        leave: (name: string) => {
          members.delete(name)
          log.push(`left ${name}`)
        },
      }
    })
    const Member = actor('member', async (self) => {
      await self.request(Registry('r'), 'join', self.key)
      self.onDeactivate(() => self.request(Registry('r'), 'leave', self.key))
      return { hello: () => 1 }
    })
    await passes(
      async (sim) => {
        log.length = 0
        for (let i = 0; i < 5; i++) await sim.random.pick(sim.nodes).actors.request(Member(`m${i}`), 'hello')
      },
      { nodes: 3, iterations: 30 },
    )
    expect(log.filter((line) => line.startsWith('left')).toSorted()).toEqual([0, 1, 2, 3, 4].map((i) => `left m${i}`))
  })

  test('that calls the actor itself is a cycle, also when it is reentrant', async () => {
    for (const reentrant of [false, true]) {
      let heard: unknown
      const Selfish = actor(
        'selfish',
        (self) => {
          const me: typeof Selfish = Selfish
          self.onDeactivate(() =>
            self.request(me(self.key), 'hello').catch((error: Error) => {
              heard = error.name
            }),
          )
          return { hello: (): number => 1 }
        },
        { reentrant },
      )
      await passes((sim) => sim.node('n').actors.request(Selfish('x'), 'hello'))
      expect(heard).toBe('CallCycle')
    }
  })
})

test('code of nodes that call actors for ever does not disturb the end', async () => {
  const Counter = actor('counter', () => {
    let n = 0
    return { add: () => ++n }
  })
  await passes(
    async (sim) => {
      for (const node of sim.nodes) {
        node.start(() => {
          // Not caught: an error would fail the simulation.
          setInterval(() => void node.actors.request(Counter('x'), 'add'), 40)
        })
      }
      await sim.sleep(1_000)
    },
    { nodes: 3, iterations: 20 },
  )
})

test('laws: nothing runs from dead nodes, the same seed gives the same digest', async () => {
  const { type } = lives(300)
  const body = async (sim: Simulation): Promise<void> => {
    const calls = Array.from({ length: 3 }, async () => {
      for (let i = 0; i < 12; i++) {
        const node = sim.random.pick(sim.nodes)
        const ref = type(`x${sim.random.below(4)}`)
        const method = sim.random.pick(['name', 'leave', 'where'] as const)
        if (sim.random.chance(0.2)) node.actors.send(ref, 'tick', 20)
        await outcome(node.actors.request(ref, method, undefined, { timeout: 300 }))
        await sim.sleep(sim.random.below(200))
      }
    })
    await Promise.all(calls)
  }
  const options = { nodes: 4, chaos: 'random' } as const
  const seeds = Array.from({ length: 12 }, (_, seed) => seed)
  expect(await nothingRunsFromDeadNodes(body, seeds, options)).toBeGreaterThan(10)
  await sameSeedSameDigest(body, { ...options, seed: 3, iterations: 3 })
})

function raise(error: Error): never {
  throw error
}
