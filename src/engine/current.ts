import type { Engine } from './engine.ts'

/** Where the assertions and buggify sites of running code are counted; implemented in src/assertions/sink.ts. */
export interface AssertionSink {
  check(kind: 'always' | 'alwaysOrUnreachable', condition: boolean, name: string, details: Details): void
  sometimes(condition: boolean, name: string, details: Details): void
  reachable(name: string): void
  unreachable(name: string, details: Details): void
  /** `margin`: how far inside the bound the value is; below 0 it is outside. */
  numeric(
    kind: 'always' | 'sometimes',
    holds: boolean,
    value: number,
    bound: string,
    name: string,
    details: Details,
  ): void
  each(name: string, value: string, expected: readonly string[]): void
  buggify(site: string, probability: number): boolean
  /** In ms; 0: the site did not fire. */
  buggifyDelay(site: string, min: number, max: number): number
  buggifyValue(site: string, usual: number, min: number, max: number): number
}

/** More about an assertion, made only when it is printed. */
export type Details = Readonly<Record<string, unknown>> | (() => unknown) | undefined

interface Current {
  /** The engine whose events run right now; undefined outside a simulation and between two slices of one. */
  engine: Engine | undefined
  assertions: AssertionSink | undefined
}

const key = Symbol.for('vitest-simulation.current')

/**
 * The one place that says whether a simulation is running.
 *
 * It hangs on a global symbol because the setup file, the test and `./sdk` may each load their own copy of this
 * module (inlined and externalised code live in different module graphs) and all must see the same simulation.
 */
export const current: Current = ((globalThis as unknown as Record<symbol, Current | undefined>)[key] ??= {
  engine: undefined,
  assertions: undefined,
})
