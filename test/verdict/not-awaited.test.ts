import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Body } from '../../src/world/iteration.ts'
import type { Simulation } from '../../src/world/door.ts'
import { failureOf, passes } from './verdict.ts'

const alphabet = {
  work: { run: (sim: Simulation) => sim.node('n').run(() => sim.sleep(5)) },
}
const workload = (sim: Simulation): Promise<unknown> =>
  sim.workload(alphabet, { operations: 10, concurrency: 1, thinkTime: [1, 5] })

/** What a body may forget to await, and what it is called. */
const owed: Record<string, [call: (sim: Simulation) => Promise<unknown>, name: string]> = {
  workload: [workload, 'sim.workload(…)'],
  quiesce: [(sim) => sim.quiesce(), 'sim.quiesce()'],
  run: [(sim) => sim.node('n').run(() => sim.sleep(5)), "run(…) of node 'n'"],
}

describe.each(Object.keys(owed))('a promise of %s', (what) => {
  const [call, name] = owed[what]!

  test('that the body has not awaited when it returns fails the seed, and says where', async () => {
    const bodies: Body[] = [
      (sim) => void call(sim),
      async (sim) => {
        await sim.sleep(3)
        void call(sim)
      },
      // A reference alone is no look.
      async (sim) => {
        const promise = call(sim)
        await Promise.resolve()
        return { promise }
      },
    ]
    for (const body of bodies) {
      const failure = await failureOf(body)
      expect(failure).toMatchObject({ kind: 'NotAwaited', name, owner: 'test' })
      expect(failure.message).toContain(`the body has returned, and nobody awaits ${name}, called at`)
      expect(failure.stack).toContain('not-awaited.test.ts')
    }
  })

  test('that somebody looks at fails nothing', async () => {
    const looks: Body[] = [
      (sim) => call(sim),
      async (sim) => void (await call(sim)),
      async (sim) => void (await Promise.all([call(sim), sim.sleep(1)])),
      async (sim) => void (await Promise.race([call(sim), sim.sleep(1)])),
      (sim) => void call(sim).then(() => undefined),
      (sim) => void call(sim).catch(() => undefined),
      (sim) => void Promise.allSettled([call(sim)]),
      (sim) => void (async () => await call(sim))(),
    ]
    for (const look of looks) await passes(look)
  })

  test('that has settled before the body returns fails nothing', () =>
    passes(async (sim) => {
      void call(sim)
      await sim.sleep(500)
      // A quiesce takes part when something of it is awaited.
      await sim.quiesce()
    }))

  test('is a promise like any other', () =>
    passes(async (sim) => {
      const promise = call(sim)
      expect(promise).toBeInstanceOf(Promise)
      expect(promise.then(() => 1).constructor).toBe(Promise)
      await promise.finally(() => undefined)
    }))
})

test('a workload that is looked at but not awaited runs to its end, and its errors count', async () => {
  let done = 0
  const body =
    (fails: boolean): Body =>
    (sim) => {
      const run = async (): Promise<void> => {
        await sim.sleep(20)
        if (fails && ++done % 10 === 0) throw new Error('the tenth')
      }
      const options = { operations: 10, concurrency: 1, thinkTime: [100, 200] } as const
      void Promise.all([sim.workload({ run: { run } }, options), sim.sleep(1)])
    }
  await passes(body(false), { determinism: 0 })
  expect(await failureOf(body(true), { determinism: 0 })).toMatchObject({ message: 'the tenth' })
})

test('code of a node owes nobody anything', () =>
  passes(async (sim) => {
    const other = sim.node('other')
    sim.node('n', () => void other.run(() => sim.sleep(50)))
    await sim.sleep(1)
  }))

describe('async code of the body that still sleeps when the body has returned', () => {
  const sleeps: Record<string, (sim: Simulation, ms: number) => Promise<unknown>> = {
    'sim.sleep': (sim, ms) => sim.sleep(ms),
    'timers/promises': (_sim, ms) => wait(ms),
    'a promise of setTimeout': (_sim, ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    'a promise of a callback that resolves': (_sim, ms) =>
      new Promise<void>((resolve) => {
        setTimeout(() => resolve(), ms)
      }),
    'one with braces': (_sim, ms) =>
      new Promise<number>((done) => {
        setTimeout(function () {
          done(1)
        }, ms)
      }),
    'a request': async (sim, ms) => {
      sim.node(`server ${ms}`.replace(' ', '-'))
      await sim.sleep(ms)
      await sim
        .node('client')
        .bus.request('nobody', 'x')
        .catch(() => undefined)
    },
    quiesce: async (sim, ms) => {
      await sim.sleep(ms)
      await sim.quiesce()
    },
  }
  test.each(Object.keys(sleeps))('in %s: it runs on, and its error fails the seed', async (name) => {
    const sleep = sleeps[name]!
    const body =
      (turns: number, fails: boolean): Body =>
      (sim) => {
        void (async () => {
          for (let i = 0; i < turns; i++) await sleep(sim, 100)
          if (fails) throw new RangeError('floats')
        })()
      }
    for (const turns of [1, 3, 20]) {
      const failure = await failureOf(body(turns, true))
      expect(failure).toMatchObject({ kind: 'UnhandledError', name: 'RangeError', message: 'floats', owner: 'test' })
      expect(failure.time).toBeGreaterThanOrEqual(turns * 100_000)
      await passes(body(turns, false))
    }
  })

  test('forEach with an async function, the usual way to lose an expectation', async () => {
    const body =
      (right: number): Body =>
      (sim) => {
        sim.node('server', (node) => {
          node.bus.handle('add', (n: number) => n + 1)
        })
        const client = sim.node('client')
        // oxlint-disable-next-line typescript/no-misused-promises -- that is the bug
        ;[1, 2].forEach(async (n) => {
          await sim.sleep(n * 10)
          expect(await client.bus.request('server', 'add', n)).toBe(n + right)
        })
      }
    expect(await failureOf(body(2))).toMatchObject({ kind: 'UnhandledError', name: 'AssertionError' })
    await passes(body(1))
  })

  test('healthy: what loses a race, polls in an endless loop, or is a timer with a callback', async () => {
    let polls = 0
    const calls: string[] = []
    const started: Body = async (sim) => {
      sim.node('server', (node) => {
        node.bus.handle('ask', () => 1)
        setInterval(() => void node.bus.send('client', 'beat'), 50)
      })
      sim.node('client', (node) => node.bus.handle('beat', () => undefined))
      const client = sim.node('client')
      setInterval(() => void client.bus.request('server', 'ask'), 20)
      setTimeout(() => void calls.push('a timer'), 60_000)
      void (async () => {
        for (;;) {
          await sim.sleep(10)
          polls++
          await client.bus.request('server', 'ask')
        }
      })()
      await Promise.race([client.bus.request('server', 'ask'), sim.sleep(3_600_000)])
      await Promise.race([client.bus.request('server', 'ask'), sim.sleep(10_000).then(() => calls.push('late'))])
    }
    const result = await passes(started, { chaos: { slowPeer: true }, iterations: 5 })
    expect(polls / 5, 'it ends soon').toBeLessThan(500)
    expect(result.virtualMs / 5).toBeLessThan(60_000)
    expect(calls).not.toContain('a timer')
  })
})
