import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Simulation } from '../../src/world/door.ts'
import { defaultDrive } from '../../src/world/drive.ts'
import { failureOf, passes } from './verdict.ts'

class Planted extends Error {
  override name = 'Planted'
}
const plant = (): never => {
  throw new Planted('nobody catches this')
}

/** Runs `bug` as code of a node, 10 ms after it booted. */
const onNode =
  (bug: () => unknown) =>
  async (sim: Simulation): Promise<void> => {
    sim.node('faulty', () => void setTimeout(bug, 10))
    await sim.sleep(100)
  }

const bugs: Record<string, () => unknown> = {
  'a virtual timer throws': plant,
  'a nextTick throws': () => process.nextTick(plant),
  'a nested nextTick throws': () => process.nextTick(() => process.nextTick(plant)),
  'a queueMicrotask throws': () => queueMicrotask(plant),
  'a promise rejects': () => void Promise.reject(new Planted('nobody catches this')),
  'an async function rejects after a wait': async () => {
    await wait(3)
    plant()
  },
  'a setImmediate throws': () => setImmediate(plant),
  'a setInterval throws': () => setInterval(plant, 5),
  'a listener of an abort signal throws': () => AbortSignal.timeout(4).addEventListener('abort', plant),
}

for (const trampoline of [false, true]) {
  const context = { drive: { ...defaultDrive, trampoline } }
  describe(trampoline ? 'drained by the trampoline' : 'drained at once', () => {
    for (const [what, bug] of Object.entries(bugs)) {
      test(`${what} on a node: the seed fails, with its owner`, async () => {
        const failure = await failureOf(onNode(bug), {}, context)
        expect(failure).toMatchObject({ name: 'Planted', message: 'nobody catches this', owner: 'faulty' })
        expect(failure.kind).toBe('UnhandledError')
        expect(failure.time).toBeGreaterThanOrEqual(10_000)
        expect(failure.time, 'it ends at once').toBeLessThan(20_000)
      })
    }

    test('the same in the test body: the owner is the test', async () => {
      for (const bug of Object.values(bugs)) {
        const failure = await failureOf(
          async (sim) => {
            bug()
            await sim.sleep(100)
          },
          {},
          context,
        ).catch((error: unknown) => error)
        expect(failure).toMatchObject({ name: 'Planted', owner: 'test' })
      }
    })

    test('errors that are caught in time fail nothing', async () => {
      const caught = async (): Promise<void> => {
        await wait(2)
          .then(plant)
          .catch(() => undefined)
        const late = Promise.reject(new Planted('handled in the same drain'))
        queueMicrotask(() => void late.catch(() => undefined))
        try {
          plant()
        } catch {
          // as intended
        }
      }
      await passes(onNode(caught), {}, context)
      await passes(caught, {}, context)
    })
  })
}

test('a one-way handler that throws fails the seed: nobody else could notice', async () => {
  const body = (bug: () => unknown) => async (sim: Simulation) => {
    sim.node('server', (node) => node.bus.handle('note', bug))
    await sim.node('client').bus.send('server', 'note', 1)
  }
  expect(await failureOf(body(plant))).toMatchObject({ kind: 'UnhandledError', name: 'Planted', owner: 'server' })
  const late = (): Promise<never> => wait(4).then(plant)
  expect(await failureOf(body(late))).toMatchObject({ kind: 'UnhandledError', name: 'Planted', owner: 'server' })
  await passes(body(() => 'fine'))
})

test('a request handler that throws is an error of the caller: unhandled it fails, caught it does not', async () => {
  const body = (ask: (answer: Promise<unknown>) => unknown) => async (sim: Simulation) => {
    sim.node('server', (node) => node.bus.handle('ask', plant))
    await ask(sim.node('client').bus.request('server', 'ask', 1))
  }
  expect(await failureOf(body((answer) => answer))).toMatchObject({ kind: 'BodyFailed', name: 'RemoteError' })
  const forgotten = await failureOf(async (sim) => {
    sim.node('server', (node) => node.bus.handle('ask', plant))
    sim.node('client', (node) => void node.bus.request('server', 'ask', 1))
    await sim.sleep(100)
  })
  expect(forgotten).toMatchObject({ kind: 'UnhandledError', name: 'RemoteError', owner: 'client' })
  await passes(body((answer) => expect(answer).rejects.toMatchObject({ name: 'RemoteError', remoteName: 'Planted' })))
})

test('a boot function that fails fails the seed', async () => {
  const body = (boot: () => unknown) => async (sim: Simulation) => {
    sim.node('faulty', boot)
    await sim.sleep(50)
  }
  expect(await failureOf(body(plant))).toMatchObject({ kind: 'UnhandledError', name: 'Planted', owner: 'faulty' })
  const late = (): Promise<never> => wait(4).then(plant)
  expect(await failureOf(body(late))).toMatchObject({ kind: 'UnhandledError', name: 'Planted', owner: 'faulty' })
  await passes(body(() => wait(4)))
})

test('a node task that fails is an error of who awaits it; when nobody does, it fails the seed', async () => {
  const forgotten = await failureOf(async (sim) => {
    void sim.node('worker').run(plant)
    await sim.sleep(10)
  })
  expect(forgotten).toMatchObject({ kind: 'UnhandledError', name: 'Planted' })
  expect(await failureOf((sim) => sim.node('worker').run(() => wait(4).then(plant)))).toMatchObject({
    kind: 'BodyFailed',
    name: 'Planted',
    time: 4_000,
  })
  await passes((sim) => expect(sim.node('worker').run(plant)).rejects.toBeInstanceOf(Planted))
})

test('one iteration that ends by an escaped error leaves the next ones alone', async () => {
  const result = await passes(
    onNode(() => undefined),
    { iterations: 5 },
  )
  expect(result.iterations).toBe(5)
  await failureOf(onNode(() => process.nextTick(plant)))
  expect(
    (
      await passes(
        onNode(() => undefined),
        { iterations: 5 },
      )
    ).iterations,
  ).toBe(5)
})
