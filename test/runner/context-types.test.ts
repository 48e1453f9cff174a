/** What the compiler knows about a body's context. Nothing here runs a simulation. */
import { type ExpectStatic, expectTypeOf, test } from 'vitest'
import type { Simulation, SimulationTest } from '../../plugin/api.ts'

const define = (_use: (simulation: SimulationTest) => void): void => undefined

test('the context comes after the simulation, and the cases before it', () => {
  define((simulation) => {
    simulation.test('plain', (sim, { expect, signal, skip }) => {
      expectTypeOf(sim).toEqualTypeOf<Simulation>()
      expectTypeOf(expect).toEqualTypeOf<ExpectStatic>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      skip(true, 'why')
      // @ts-expect-error there is no such fixture
      simulation.test('no fixture', (_sim, { database }) => database)
    })
    simulation.each([1])('%i', (n, sim, { task }) => {
      expectTypeOf(n).toEqualTypeOf<number>()
      expectTypeOf(sim).toEqualTypeOf<Simulation>()
      expectTypeOf(task.name).toEqualTypeOf<string>()
    })
  })
})

test('fixtures are in the context, in both forms', () => {
  define((simulation) => {
    const extended = simulation
      .extend('port', () => 8080)
      .extend('url', { scope: 'file' }, async ({ port }, { onCleanup }) => {
        onCleanup(() => undefined)
        return `http://localhost:${port}`
      })
      .extend<{ user: { name: string } }>({ user: async ({ url }, use) => use({ name: url }) })
    extended.test('typed', (_sim, { port, url, user }) => {
      expectTypeOf(port).toEqualTypeOf<number>()
      expectTypeOf(url).toEqualTypeOf<string>()
      expectTypeOf(user).toEqualTypeOf<{ name: string }>()
    })
    extended.skip.each([['a']] as [string][])('%s', (_letter, _sim, { port }) => expectTypeOf(port).toBeNumber())
  })
})
