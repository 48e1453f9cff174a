import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { actor } from '../../src/actors/actor.ts'
import type { ActorSelf } from '../../src/actors/actor.ts'
import { failureOf, passes } from '../verdict/verdict.ts'
import { eventually, fixedLatency } from './helpers.ts'

/** An actor that says when each of its turns begins and ends. */
const slow = (reentrant: boolean) => {
  const log: string[] = []
  const type = actor(
    'slow',
    () => ({
      async work(name: string) {
        log.push(`${name}+`)
        await wait(10)
        log.push(`${name}-`)
        return name
      },
      quick: (name: string) => log.push(name),
    }),
    { reentrant },
  )
  return { log, type }
}

describe('turns', () => {
  test('one message at a time, in the order in which they came', async () => {
    await passes(async (sim) => {
      const { log, type } = slow(false)
      const node = sim.node('n')
      const calls = ['a', 'b', 'c'].map((name) => node.actors.request(type('x'), 'work', name))
      const quick = node.actors.request(type('x'), 'quick', 'q')
      expect(await Promise.all(calls)).toEqual(['a', 'b', 'c'])
      await quick
      expect(log).toEqual(['a+', 'a-', 'b+', 'b-', 'c+', 'c-', 'q'])
    })
  })

  test('of a reentrant actor interleave at every await', async () => {
    await passes(async (sim) => {
      const { log, type } = slow(true)
      const node = sim.node('n')
      await Promise.all(['a', 'b', 'c'].map((name) => node.actors.request(type('x'), 'work', name)))
      expect(log).toEqual(['a+', 'b+', 'c+', 'a-', 'b-', 'c-'])
    })
  })

  test('never overlap, whoever calls from wherever, and none is lost', async () => {
    let [inside, most, done] = [0, 0, 0]
    const Guarded = actor('guarded', (self) => {
      self.every(3, async () => {
        most = Math.max(most, ++inside)
        await wait(1)
        inside--
      })
      return {
        async enter(ms: number) {
          most = Math.max(most, ++inside)
          await wait(ms)
          inside--
          done++
        },
      }
    })
    await passes(
      async (sim) => {
        ;[inside, most, done] = [0, 0, 0]
        const calls = Array.from({ length: 40 }, async () => {
          await sim.sleep(sim.random.below(50))
          await sim.random
            .pick(sim.nodes)
            .actors.request(Guarded('x'), 'enter', sim.random.below(4), { timeout: 60_000 })
        })
        await Promise.all(calls)
        expect([most, done]).toEqual([1, 40])
      },
      { nodes: 3, iterations: 50, schedule: 'random' },
    )
  })

  test('a method that throws ends its turn and fails its caller only', async () => {
    await passes(async (sim) => {
      const Failing = actor('failing', () => ({
        later: async () => {
          await wait(1)
          throw new RangeError('too late')
        },
        now: () => {
          throw new TypeError('at once')
        },
        fine: () => 'fine',
        odd: () => Promise.reject('a string'),
      }))
      const { actors } = sim.node('n')
      const ref = Failing('x')
      const results = await Promise.allSettled([
        actors.request(ref, 'later'),
        actors.request(ref, 'now'),
        actors.request(ref, 'odd'),
        actors.request(ref, 'fine'),
      ])
      expect(results).toMatchObject([
        { reason: { name: 'RemoteError', remoteName: 'RangeError', message: 'too late', method: 'failing/x.later' } },
        { reason: { name: 'RemoteError', remoteName: 'TypeError', message: 'at once' } },
        { reason: { name: 'RemoteError', remoteName: 'Error', message: 'a string' } },
        { value: 'fine' },
      ])
      await expect(actors.request(ref, 'unknown' as 'fine')).rejects.toMatchObject({
        remoteName: 'TypeError',
        message: "actor failing/x has no method 'unknown'; it has later, now, fine, odd",
      })
      await expect(actors.request(ref, 'toString' as 'fine')).rejects.toMatchObject({ remoteName: 'TypeError' })
    })
  })

  test('payloads and results are copies', async () => {
    await passes(async (sim) => {
      const kept: { list: number[] }[] = []
      const Keeper = actor('keeper', () => ({
        keep: (what: { list: number[] }) => {
          kept.push(what)
          return what
        },
        bad: () => () => 1,
      }))
      const node = sim.node('n')
      const mine = { list: [1] }
      const back = await node.actors.request(Keeper('x'), 'keep', mine)
      mine.list.push(2)
      back.list.push(3)
      expect(kept).toEqual([{ list: [1] }])
      await expect(node.actors.request(Keeper('x'), 'bad')).rejects.toMatchObject({ remoteName: 'PayloadNotCloneable' })
      await expect(node.actors.request(Keeper('x'), 'keep', { list: () => 1 } as never)).rejects.toMatchObject({
        name: 'PayloadNotCloneable',
      })
    })
  })
})

describe('one-way messages', () => {
  test('do not wait, arrive, and may go round in a circle', async () => {
    await passes(async (sim) => {
      const heard: string[] = []
      const Ping: ReturnType<typeof make> = make()
      function make() {
        return actor('ping', (self) => ({
          hit: (left: number) => {
            heard.push(`${self.key} ${left}`)
            if (left > 0) self.send(Ping(self.key === 'a' ? 'b' : 'a'), 'hit', left - 1)
          },
        }))
      }
      sim.node('n').actors.send(Ping('a'), 'hit', 3)
      expect(heard).toEqual([])
      await sim.quiesce()
      expect(heard).toEqual(['a 3', 'b 2', 'a 1', 'b 0'])
    })
  })

  test('what is thrown there fails the simulation', async () => {
    const Failing = actor('failing', () => ({
      fail: () => {
        throw new RangeError('nobody waits')
      },
    }))
    const body = (names: string) => async (sim: Parameters<Parameters<typeof failureOf>[0]>[0]) => {
      sim.node('n').actors.send(Failing('x'), names as 'fail')
      await sim.sleep(100)
    }
    expect(await failureOf(body('fail'))).toMatchObject({ kind: 'UnhandledError', message: 'nobody waits' })
    expect(await failureOf(body('nothing'))).toMatchObject({ kind: 'UnhandledError' })
    const bad = await failureOf(async (sim) => {
      sim.node('n').actors.send(Failing('x') as never, 'fail' as never, (() => 1) as never)
      await sim.sleep(100)
    })
    expect(bad).toMatchObject({ kind: 'UnhandledError', name: 'PayloadNotCloneable' })
  })

  test('one that is lost, or whose actor cannot load its state, is nobody’s failure', async () => {
    const Loading = actor('loading', async (self) => {
      const state = await self.load(0)
      return { add: (by: number) => (state.value += by) }
    })
    await passes(
      async (sim) => {
        for (let i = 0; i < 30; i++) sim.random.pick(sim.nodes).actors.send(Loading(`x${i}`), 'add', 1)
        await sim.sleep(1_000)
      },
      { nodes: 3, iterations: 20, chaos: { storage: 0.5, sendFailure: 0.3, loss: 0.2 } },
    )
  })
})

describe('call cycles', () => {
  /** `route`: whom each actor calls next. */
  const Chain = (reentrant: boolean) => {
    const Link: ReturnType<typeof make> = make()
    function make() {
      return actor(
        'link',
        (self) => ({
          go: async (route: string[]): Promise<string> => {
            const [next, ...rest] = route
            if (next === undefined) return self.key
            return `${self.key} ${await self.request(Link(next), 'go', rest, { timeout: 500 })}`
          },
        }),
        { reentrant },
      )
    }
    return Link
  }

  test('are detected at once, on one node and across nodes, and name the chain', async () => {
    for (const nodes of [1, 4]) {
      await passes(
        async (sim) => {
          const Link = Chain(false)
          const [node] = sim.nodes
          expect(await node!.actors.request(Link('a'), 'go', ['b', 'c', 'd'])).toBe('a b c d')
          const begun = sim.now
          const cycle = node!.actors.request(Link('a'), 'go', ['b', 'c', 'b'])
          await expect(cycle).rejects.toMatchObject({
            name: 'CallCycle',
            chain: ['a', 'b', 'c', 'b'].map((k) => `link/${k}`),
          })
          await expect(node!.actors.request(Link('a'), 'go', ['a'])).rejects.toMatchObject({ name: 'CallCycle' })
          expect(sim.now - begun).toBeLessThan(200)
        },
        { nodes, iterations: 10 },
      )
    }
  })

  test('of reentrant actors are no cycles', async () => {
    await passes(
      async (sim) => {
        const Link = Chain(true)
        expect(await sim.nodes[0]!.actors.request(Link('a'), 'go', ['b', 'a', 'a', 'b'])).toBe('a b a a b')
      },
      { nodes: 2 },
    )
  })

  test('through a reentrant actor are detected, too', async () => {
    await passes(
      async (sim) => {
        const Middle = actor(
          'middle',
          (self) => ({
            back: (): Promise<string> => self.request(Outer('x'), 'hello'),
            wait: (ms: number) => wait(ms),
          }),
          { reentrant: true },
        )
        const Outer: ReturnType<typeof outer> = outer()
        function outer() {
          return actor('outer', (self) => ({
            hello: () => 'hello',
            round: (): Promise<string> => self.request(Middle('x'), 'back'),
          }))
        }
        const { actors } = sim.nodes[0]!
        const begun = sim.now
        await expect(actors.request(Outer('x'), 'round')).rejects.toMatchObject({
          name: 'CallCycle',
          chain: ['outer/x', 'middle/x', 'outer/x'],
        })
        expect(sim.now - begun).toBeLessThan(200)
        expect(await actors.request(Middle('x'), 'back')).toBe('hello')
        // While turns interleave nobody can tell whose call it is: then it times out.
        actors.send(Middle('x'), 'wait', 20_000)
        await sim.sleep(100)
        await expect(actors.request(Outer('x'), 'round')).rejects.toMatchObject({ name: 'RequestTimeout' })
        await sim.sleep(20_000)
        expect(await actors.request(Middle('x'), 'back')).toBe('hello')
      },
      { nodes: 2, iterations: 5 },
    )
  })

  test('a caller that has stopped waiting is in no cycle', async () => {
    await passes(
      async (sim) => {
        const Back = actor('back', (self: ActorSelf) => ({
          late: async (): Promise<string> => {
            await wait(100)
            return self.request(Front('x'), 'hello')
          },
        }))
        const Front: ReturnType<typeof front> = front()
        function front() {
          return actor('front', (self) => ({
            hello: () => 'hello',
            impatient: () => self.request(Back('x'), 'late', undefined, { timeout: 50 }).catch((e: Error) => e.name),
            busy: () => wait(200),
          }))
        }
        const { actors } = sim.nodes[0]!
        const heard = sim.nodes[1]!.actors.request(Back('x'), 'late')
        expect(await actors.request(Front('x'), 'impatient')).toBe('RequestTimeout')
        await actors.request(Front('x'), 'busy')
        expect(await heard).toBe('hello')
        await sim.quiesce()
      },
      { nodes: 2, iterations: 20 },
    )
  })

  test('two chains that wait for each other time out', async () => {
    await passes(async (sim) => {
      const Pair: ReturnType<typeof make> = make()
      function make() {
        return actor('pair', (self) => ({
          cross: async (other: string): Promise<string> => {
            await wait(20)
            return self.request(Pair(other), 'hello', undefined, { timeout: 100 }).catch((error: Error) => error.name)
          },
          hello: () => 'hello',
        }))
      }
      const { actors } = sim.node('n')
      const both = [actors.request(Pair('a'), 'cross', 'b'), actors.request(Pair('b'), 'cross', 'a')]
      expect(await Promise.all(both)).toContain('RequestTimeout')
    })
  })
})

test('errors of a method’s own calls are the method’s, not the routing’s: it did run', async () => {
  await passes(
    async (sim) => {
      let runs = 0
      const Never = actor('never', () => ({ answer: () => new Promise(() => {}) }))
      const Middle = actor('middle', (self) => ({
        timeout: () => {
          runs++
          return self.request(Never('x'), 'answer', undefined, { timeout: 50 })
        },
        nowhere: async () => {
          runs++
          await sim.nodes[0]!.bus.request('nowhere', 'x')
        },
      }))
      const { actors } = sim.nodes[0]!
      for (const [method, remoteName] of [
        ['timeout', 'RequestTimeout'],
        ['nowhere', 'SendFailed'],
      ] as const) {
        await expect(actors.request(Middle('x'), method)).rejects.toMatchObject({ name: 'RemoteError', remoteName })
      }
      expect(runs).toBe(2)
      sim.nodes.forEach((node) => node.crash())
    },
    { nodes: 2, chaos: fixedLatency },
  )
})

test('an AssertionError in a method fails the simulation, whoever catches it', async () => {
  const Asserting = actor('asserting', () => ({ check: () => expect(1).toBe(2) }))
  const failure = await failureOf(async (sim) => {
    await sim
      .node('n')
      .actors.request(Asserting('x'), 'check')
      .catch(() => undefined)
  })
  expect(failure).toMatchObject({ kind: 'UnhandledError', name: 'AssertionError' })
})

test('a timeout is the caller’s, and its error names the actor and the method', async () => {
  await passes(
    async (sim) => {
      const Slow = actor('slow', () => ({ work: (ms: number) => wait(ms) }))
      const { actors } = sim.nodes[0]!
      const begun = sim.now
      await expect(actors.request(Slow('x'), 'work', 10_000, { timeout: 300 })).rejects.toMatchObject({
        name: 'RequestTimeout',
        message: "request 'work' to 'slow/x' got no response within 300 ms (it may have been delivered)",
      })
      expect(sim.now - begun).toBeCloseTo(300, 0)
      await actors.request(Slow('y'), 'work', 20_000, { timeout: 60_000 })
      await actors.request(Slow('z'), 'work', 20_000, { timeout: Infinity })
      for (const timeout of [0, -1, Number.NaN, '5' as never]) {
        await expect(actors.request(Slow('x'), 'work', 1, { timeout })).rejects.toThrow('actor request timeout')
      }
    },
    { nodes: 3 },
  )
})

test('finding the actor takes no longer than the timeout either, and is not finding it then', async () => {
  const Here = actor('here', (self) => ({ where: () => self.node }))
  for (const chaos of [{}, { directory: 1, placement: 1 }]) {
    await passes(
      async (sim) => {
        const { actors } = sim.nodes[3]!
        sim.network.isolate('n4')
        for (const timeout of [50, 300, 1_000, 7_000]) {
          const begun = sim.now
          await expect(actors.request(Here(`${timeout}`), 'where', undefined, { timeout })).rejects.toMatchObject({
            name: expect.stringMatching(/^(ActorUnavailable|RequestTimeout)$/) as string,
          })
          expect(sim.now - begun).toBeLessThanOrEqual(timeout + 0.01)
        }
        sim.network.heal()
        await sim.quiesce()
        expect(await eventually(sim, () => actors.request(Here('300'), 'where'))).toMatch(/^n[1-4]$/)
      },
      { nodes: 4, iterations: 20, chaos },
    )
  }
})
