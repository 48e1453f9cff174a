import type { TestContext } from 'vitest'
import type { Simulation } from '../../src/world/door.ts'
import type { Modifier } from '../options/modifiers.ts'
import type { SimulationTestOptions } from './test-options.ts'

/** The three forms of a definition. */
interface Define<Body> {
  /** Defines a simulation; `timeout` in real ms. */
  (name: string | Function, body: Body, timeout?: number): void
  (name: string | Function, options: SimulationTestOptions, body: Body): void
  /** Only for `.todo`: a name without a body. */
  (name: string | Function): void
}

/** What a body gets beside the simulation: Vitest's context of the test, and the fixtures of `simulation.extend(…)`. */
export type SimulationContext<Fixtures = object> = TestContext & Fixtures

/** The body of a simulation: called once per iteration. */
export type SimulationBody<Fixtures = object> = (sim: Simulation, context: SimulationContext<Fixtures>) => unknown

interface FixtureOptions {
  /** Made for every test, also for one that does not ask for it. */
  readonly auto?: boolean
  readonly injected?: boolean
  readonly scope?: 'test' | 'file' | 'worker'
}
type Fixture<T, Context> =
  | ((context: Context, use: (value: T) => Promise<void>) => unknown)
  | (T extends (...args: never[]) => unknown ? never : T)
type Fixtures<T, Context> = {
  [K in keyof T]: Fixture<T[K], Context> | [Fixture<T[K], Context>, FixtureOptions?]
}
type Builder<T, Context> = (
  context: Context,
  fixture: { readonly onCleanup: (cleanup: () => unknown) => void },
) => T | Promise<T>

/** `simulation.test` with all its chains; as Vitest's `test`. */
export interface SimulationTest<Extra = object>
  extends Define<SimulationBody<Extra>>, Readonly<Record<Modifier, SimulationTest<Extra>>> {
  /** The same function: `simulation.test(…)` and `simulation(…)` are one. */
  readonly test: SimulationTest<Extra>
  skipIf(condition: unknown): SimulationTest<Extra>
  runIf(condition: unknown): SimulationTest<Extra>
  /** One simulation per case; a case that is a list becomes the body's first arguments, `sim` the last. */
  each<T extends unknown[] | readonly [unknown, ...unknown[]]>(
    cases: readonly T[],
  ): Define<(...args: [...T, Simulation, SimulationContext<Extra>]) => unknown>
  each<T>(cases: readonly T[]): Define<(item: T, sim: Simulation, context: SimulationContext<Extra>) => unknown>
  /** One simulation per case; the case is the body's first argument. */
  for<T>(cases: readonly T[]): Define<(item: T, sim: Simulation, context: SimulationContext<Extra>) => unknown>
  /** A copy with these options as defaults. */
  with(options: SimulationTestOptions): SimulationTest<Extra>
  /** A copy whose bodies find Vitest fixtures in their context; those of scope 'test' are made anew for each iteration. */
  extend<T extends object>(
    fixtures: Fixtures<T, SimulationContext<Extra & T>>,
  ): SimulationTest<Omit<Extra, keyof T> & T>
  extend<K extends string, T>(
    name: K,
    make: Builder<T, SimulationContext<Extra>>,
  ): SimulationTest<Omit<Extra, K> & Record<K, T>>
  extend<K extends string, T>(
    name: K,
    options: FixtureOptions,
    make: Builder<T, SimulationContext<Extra>> | T,
  ): SimulationTest<Omit<Extra, K> & Record<K, T>>
  extend<K extends string, T>(name: K, value: T): SimulationTest<Omit<Extra, K> & Record<K, T>>
  /** Gives fixtures another value in the suite around, and returns this. */
  override(fixtures: Partial<Fixtures<Extra, SimulationContext<Extra>>>): this
  override<K extends keyof Extra & string>(name: K, value: Extra[K] | Builder<Extra[K], SimulationContext<Extra>>): this
}
