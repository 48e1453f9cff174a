import { describe, expect, test } from 'vitest'
import { always } from '../../src/assertions/sdk.ts'
import type { Simulation } from '../../src/world/door.ts'
import { defaultDrive } from '../../src/world/drive.ts'
import { failureOf, passes } from './verdict.ts'

const throwing = (): never => {
  throw new Error('not to be looked at')
}
const trap = new Proxy(
  {},
  { get: throwing, getPrototypeOf: throwing, has: throwing, ownKeys: throwing, getOwnPropertyDescriptor: throwing },
)

/** An error of which nothing can be read. */
function errorWithout(): Error {
  const getter = { get: throwing }
  // The stack first: to replace it, it is made, of the name and the message.
  const error = Object.defineProperty(new Error('hidden'), 'stack', getter)
  return Object.defineProperties(error, { message: getter, name: getter, toString: { value: throwing } })
}

/** What may be thrown, and what the failure says of it. */
const values: Record<string, [value: unknown, message: RegExp]> = {
  'an object without prototype': [Object.create(null), /\{\}/],
  'one with a message': [Object.assign(Object.create(null), { message: 'planted' }), /planted/],
  'a plain object': [{ code: 7 }, /\{"code":7\}/],
  'a symbol': [Symbol('planted'), /Symbol\(planted\)/],
  undefined: [undefined, /undefined/],
  'a function': [function planted() {}, /function planted/],
  'a proxy that throws': [trap, /an object that cannot be printed/],
  'an error whose fields throw': [errorWithout(), /an object that cannot be printed/],
  'an error whose message is no text': [Object.assign(new Error('x'), { message: Symbol('planted') }), /./],
}

/** Where it may be thrown. */
const places: Record<string, (sim: Simulation, plant: () => never) => unknown> = {
  'the body': (_sim, plant) => plant(),
  'the body, late': async (sim, plant) => {
    await sim.sleep(1)
    plant()
  },
  'a tick': (sim, plant) => {
    process.nextTick(plant)
    return sim.sleep(5)
  },
  'a timer': (sim, plant) => {
    setTimeout(plant, 1)
    return sim.sleep(5)
  },
  'a microtask': (sim, plant) => {
    queueMicrotask(plant)
    return sim.sleep(5)
  },
  'a floating promise': (sim, plant) => {
    void (async () => plant())()
    return sim.sleep(5)
  },
  'a one-way handler': async (sim, plant) => {
    sim.node('server', (node) => node.bus.handle('note', plant))
    await sim.node('client').bus.send('server', 'note')
  },
  'a request handler': async (sim, plant) => {
    sim.node('server', (node) => node.bus.handle('ask', plant))
    await sim.node('client').bus.request('server', 'ask')
  },
  'a boot': (sim, plant) => {
    sim.node('server', plant)
    return sim.sleep(5)
  },
  'a task of a node': (sim, plant) => sim.node('a').run(plant),
  'an invariant': (sim, plant) => sim.invariant('planted', plant),
  'an invariant, when quiet': (sim, plant) => sim.invariant('planted', plant, { when: 'quiet' }),
  'an operation': (sim, plant) => sim.workload({ planted: { run: plant } }, { operations: 1 }),
  'the details of an assertion': (_sim, plant) => always(false, 'planted', plant),
  'a rule of the network': async (sim, plant) => {
    sim.node('server')
    sim.network.rule(plant)
    await sim.node('client').bus.send('server', 'note')
  },
}

for (const trampoline of [false, true]) {
  const context = { drive: { ...defaultDrive, trampoline } }
  describe.each(Object.entries(places))(`${trampoline ? 'by the trampoline: ' : ''}thrown in %s`, (_where, body) => {
    // Names only: Vitest would print the values.
    test.each(Object.keys(values))('%s is a failure like any other', async (what) => {
      const [value, message] = values[what]!
      const plant = (): never => {
        throw value
      }
      const failure = await failureOf((sim) => body(sim, plant), { iterations: 2, shrink: false }, context)
      expect(failure.kind).not.toBe('Nondeterminism')
      expect(failure.message).toMatch(message)
      await passes(async (sim) => sim.sleep(1), {}, context)
    })
  })
}

describe('what floats out of the last event', () => {
  const floats: Record<string, (sim: Simulation, float: () => void) => unknown> = {
    'an invariant': (sim, float) => {
      sim.invariant('planted', () => (float(), true))
    },
    'an invariant, when quiet': (sim, float) => {
      sim.invariant('planted', () => (float(), true), { when: 'quiet' })
    },
    'the body': (_sim, float) => float(),
    'the end of a late body': async (sim, float) => {
      await sim.sleep(1)
      float()
    },
  }
  for (const trampoline of [false, true]) {
    const context = { drive: { ...defaultDrive, trampoline } }
    test.each(Object.entries(floats))(
      `fails the seed in which it happened: %s${trampoline ? ' (trampoline)' : ''}`,
      async (_where, body) => {
        const once = (reject: () => void) => (sim: Simulation) =>
          body(sim, () => void (sim.iteration === 2 && reject()))
        const rejects = once(() => void Promise.reject(new RangeError('floats')))
        const later = once(() => void Promise.resolve().then(() => Promise.reject(new RangeError('floats'))))
        for (const planted of [rejects, later]) {
          const seeds: number[] = []
          const failure = await failureOf(planted, {}, { ...context, onResult: ({ seed }) => void seeds.push(seed) })
          expect(failure).toMatchObject({ kind: 'UnhandledError', name: 'RangeError', message: 'floats' })
          expect(seeds, 'the second iteration').toHaveLength(2)
        }
        await passes(
          once(() => void Promise.reject(new RangeError('floats')).catch(() => undefined)),
          {},
          context,
        )
      },
    )
  }
})
