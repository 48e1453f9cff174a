import type { Simulation } from '../../src/runner/simulation.ts'
import type { SimulationTestOptions } from './test-options.ts'

/** The three forms of a definition. */
interface Define<Body> {
  /** Defines a simulation; `timeout` in real ms. */
  (name: string | Function, body: Body, timeout?: number): void
  (name: string | Function, options: SimulationTestOptions, body: Body): void
  /** Only for `.todo`: a name without a body. */
  (name: string | Function): void
}

/** The body of a simulation: called once per iteration. */
export type SimulationBody<Fixtures extends unknown[] = []> = (sim: Simulation, ...fixtures: Fixtures) => unknown

/** `simulation.test` with all its chains; as Vitest's `test`. */
export interface SimulationTest<Fixtures extends unknown[] = []> extends Define<SimulationBody<Fixtures>> {
  /** The same function: `simulation.test(…)` and `simulation(…)` are one. */
  readonly test: SimulationTest<Fixtures>
  readonly skip: SimulationTest<Fixtures>
  readonly only: SimulationTest<Fixtures>
  readonly todo: SimulationTest<Fixtures>
  /** Passes when the simulation fails. */
  readonly fails: SimulationTest<Fixtures>
  readonly concurrent: SimulationTest<Fixtures>
  skipIf(condition: unknown): SimulationTest<Fixtures>
  runIf(condition: unknown): SimulationTest<Fixtures>
  /** One simulation per case; a case that is a list becomes the body's first arguments, `sim` the last. */
  each<T extends unknown[] | readonly [unknown, ...unknown[]]>(
    cases: readonly T[],
  ): Define<(...args: [...T, Simulation, ...Fixtures]) => unknown>
  each<T>(cases: readonly T[]): Define<(item: T, sim: Simulation, ...fixtures: Fixtures) => unknown>
  /** One simulation per case; the case is the body's first argument. */
  for<T>(cases: readonly T[]): Define<(item: T, sim: Simulation, ...fixtures: Fixtures) => unknown>
  /** A copy with these options as defaults. */
  with(options: SimulationTestOptions): SimulationTest<Fixtures>
  /** A copy whose bodies get Vitest fixtures as a last argument; they are made once per test, not per iteration. */
  extend<F extends Record<string, unknown>>(fixtures: Record<keyof F, unknown>): SimulationTest<[F]>
}
