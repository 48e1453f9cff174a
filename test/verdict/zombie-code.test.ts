import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter, once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { always } from 'vitest-simulation'
import type { Simulation, SimulationNode } from '../../src/world/door.ts'
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import { contextIsFree } from '../../src/virtual/own-storage.ts'
import { failureOf, passes } from './verdict.ts'

/** Hands out a lock in the order of asking, as every mutex of npm does: it knows nothing of nodes. */
class Mutex {
  private isHeld = false
  private readonly waiting: (() => void)[] = []

  async lock(): Promise<void> {
    if (this.isHeld) await new Promise<void>((resolve) => this.waiting.push(resolve))
    this.isHeld = true
  }

  release(): void {
    this.isHeld = false
    this.waiting.shift()?.()
  }
}

type End = (node: SimulationNode) => void
const ends: readonly (readonly [string, End])[] = [
  ['dead', (node) => node.crash()],
  ['dead', (node) => node.restart()],
  ['dead', (node) => void node.stop(0)],
  ['paused', (node) => node.pause()],
]

/** What a's code does when it has got the lock. */
const acts: readonly (readonly [string, (node: SimulationNode, sim: Simulation) => unknown])[] = [
  ['writes its disk', (node) => node.storage.write('balance', 1)],
  ['sends', (node) => node.bus.send('b', 'hello')],
  ['asks', (node) => node.bus.request('b', 'hello')],
  ['waits', (_node, sim) => sim.sleep(1)],
  ['sets a timer', () => setTimeout(() => {}, 1)],
  ['asserts', () => always(true, 'has the lock')],
]

/** a waits for what b holds; then it comes to its end, and b lets go. */
function body(mutexOf: () => [Mutex, Mutex], end: End, act: (node: SimulationNode, sim: Simulation) => unknown) {
  return async (sim: Simulation): Promise<void> => {
    const [ofA, ofB] = mutexOf()
    const a = sim.node('a', (node) => {
      node.bus.handle('work', async () => {
        await ofA.lock() // a waits
        await act(node, sim)
      })
    })
    const b = sim.node('b', (node) => {
      node.bus.handle('hello', () => {})
      node.bus.handle('hold', async () => {
        await ofB.lock()
        await sim.sleep(100)
        ofB.release() // b lets go
      })
    })
    const client = sim.node('client')
    void client.bus.send('b', 'hold')
    await sim.sleep(40)
    void client.bus.send('a', 'work')
    await sim.sleep(40)
    end(a)
    await sim.sleep(100)
    if (a.state === 'paused') a.resume()
    await b.run(() => {})
  }
}

const shared = (): [Mutex, Mutex] => {
  const mutex = new Mutex()
  return [mutex, mutex]
}
const apart = (): [Mutex, Mutex] => [new Mutex(), new Mutex()]
const once1 = { iterations: 1, determinism: 1 } as const

describe('code of a node that must not run is found behind what another node settles', () => {
  test.each(ends)('of one that is %s', async (state, end) => {
    const failure = await failureOf(body(shared, end, writes), once1)
    expect(failure).toMatchObject({ kind: 'ZombieCode', name: `code of a ${state} node`, owner: 'b' })
    expect(failure.message).toContain(`code of 'a', which is ${state}, has gone on in an event of 'b'`)
    // Both places, and that at which it acts.
    expect(failure.message).toMatch(/'a' waited at .*Mutex\.lock \(.*zombie-code\.test\.ts:\d+:\d+\)/)
    expect(failure.message).toMatch(/'b' settled that at Mutex\.release \(.*zombie-code\.test\.ts:\d+:\d+\)/)
    expect(failure.message).toContain("modules: 'node'")
    expect(failure.stack).toContain('zombie-code.test.ts')
  })

  test.each(acts)('when it %s', async (_what, act) => {
    expect(
      await failureOf(
        body(shared, (node) => node.crash(), act),
        once1,
      ),
    ).toMatchObject({ kind: 'ZombieCode' })
  })

  test.each(acts)('and not, where each has its own, when it %s', async (_what, act) => {
    await passes(
      body(apart, (node) => node.crash(), act),
      once1,
    )
  })

  test.each(ends)('nor one that is %s and only comes back', async (_state, end) => {
    await passes(
      body(shared, end, () => 'done'),
      once1,
    )
  })
})

const writes = (node: SimulationNode): Promise<unknown> => node.storage.write('balance', 1)
const crashes: End = (node) => node.crash()

describe('whatever it waits behind', () => {
  /** a awaits what `wait` gives, then acts; it crashes, and `settle` runs on b. */
  const behind =
    (wait: () => Promise<unknown>, settle: () => unknown) =>
    async (sim: Simulation): Promise<void> => {
      const a = sim.node('a')
      const b = sim.node('b')
      void a
        .run(async () => {
          await wait()
          await writes(a)
        })
        .catch(() => {})
      await sim.sleep(1)
      a.crash()
      await b.run(settle)
    }

  test('an emitter', async () => {
    const emitter = new EventEmitter()
    const body = behind(
      () => once(emitter, 'free'),
      () => emitter.emit('free'),
    )
    expect(await failureOf(body, once1)).toMatchObject({ kind: 'ZombieCode' })
  })

  test('a signal', async () => {
    let controller = new AbortController()
    const body = behind(
      () => {
        controller = new AbortController()
        return new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()))
      },
      () => controller.abort(),
    )
    expect(await failureOf(body, once1)).toMatchObject({ kind: 'ZombieCode' })
  })

  test('in a context of its own', async () => {
    const storage = new AsyncLocalStorage<string>()
    let free = (): void => {}
    const body = behind(
      () => storage.run('a request', () => new Promise<void>((resolve) => (free = resolve))),
      () => storage.run('another', () => free()),
    )
    const failure = await failureOf(body, once1)
    expect(failure).toMatchObject({ kind: 'ZombieCode' })
  })

  test('what the test settles', async () => {
    let free = (): void => {}
    const body = async (sim: Simulation): Promise<void> => {
      const a = sim.node('a')
      const gate = new Promise<void>((resolve) => (free = resolve))
      void a.run(() => gate.then(() => writes(a))).catch(() => {})
      await sim.sleep(1)
      a.crash()
      free()
      await sim.sleep(1)
    }
    const { message } = await failureOf(body, once1)
    expect(message).toContain('in an event of the test, which')
    expect(message).toMatch(/the test settled that at .*zombie-code\.test\.ts/)
  })
})

test('the last words of code that was running when its node died are no finding', async () => {
  await passes(async (sim) => {
    const mutex = new Mutex()
    const a = sim.node('a')
    const words = a.run(async () => {
      await mutex.lock()
      a.crash()
      mutex.release()
      void writes(a)
    })
    await expect(words).rejects.toThrow('a')
  }, once1)
})

test('nor is code that goes on in another event while its node lives', async () => {
  await passes(
    body(
      shared,
      () => {},
      (node) => writes(node),
    ),
    once1,
  )
})

describe('a seed that fails in another way where nobody looks', () => {
  /** The dead node takes the lock, and b never gets it back. */
  const stuck = async (sim: Simulation): Promise<void> => {
    const mutex = new Mutex()
    const a = sim.node('a')
    const b = sim.node('b')
    await b.run(() => mutex.lock())
    void a.run(() => mutex.lock().then(() => writes(a))).catch(() => {})
    await sim.sleep(1)
    a.crash()
    await b.run(() => mutex.release())
    await b.run(() => mutex.lock())
  }

  test('is told by its cause', async () => {
    const failure = await failureOf(stuck, { iterations: 1, determinism: 0 })
    expect(failure).toMatchObject({ kind: 'ZombieCode' })
    if (!contextIsFree) expect(failure.message).toMatch(/where nobody looks for that, the seed fails with Deadlock: /)
  })

  test('and is the same in a replay', async () => {
    const found = await checkSimulation(stuck, { iterations: 1, seed: 7, determinism: 0 })
    const { digest } = found.failure ?? { digest: '' }
    const expected = { failure: 'ZombieCode: code of a dead node', digest }
    const again = await checkSimulation(stuck, { seed: 7 }, { alone: true, expected })
    expect(again.notReproducible).toBeUndefined()
    expect(again.failure?.failure.kind).toBe('ZombieCode')
  })
})

test('the crash that it takes is the minimal plan', async () => {
  const options = { iterations: 50, determinism: 1, chaos: { crash: { every: [50, 200] } } } as const
  const { failure } = await checkSimulation(
    async (sim) => {
      const mutex = new Mutex()
      const nodes = ['a', 'b', 'c'].map((id) =>
        sim.node(id, (node) => {
          node.bus.handle('work', async () => {
            await mutex.lock()
            mutex.release()
            await writes(node)
          })
        }),
      )
      const client = sim.node('client')
      for (let round = 0; round < 20; round++) {
        for (const { id } of nodes) void client.bus.send(id, 'work')
        await client.run(async () => {
          await mutex.lock()
          await sim.sleep(20)
          mutex.release()
        })
      }
    },
    { seed: 7, ...options },
  )
  expect(failure?.failure.kind).toBe('ZombieCode')
  expect(failure?.minimal?.plan.faults?.every((key) => key.startsWith('crash'))).toBe(true)
  expect(failure?.minimal?.run.failure?.message).toContain('settled that at')
})

test.runIf(contextIsFree)('where context is free each run looks', async () => {
  const options = { iterations: 1, determinism: 0 }
  expect((await failureOf(body(shared, crashes, writes), options)).kind).toBe('ZombieCode')
})

test.skipIf(contextIsFree)('elsewhere only runs that are compared or recorded', async () => {
  const options = { iterations: 1, determinism: 0 }
  await passes(body(shared, crashes, writes), options)
})
