import type { Engine } from './engine.ts'
import type { Suspended } from './suspended.ts'

/**
 * Where the assertions and buggify sites of running code are counted; implemented in src/assertions/sink.ts.
 *
 * It takes whatever the code under test gives: JavaScript and `any` pass promises for conditions.
 */
export interface AssertionSink {
  check(kind: 'always' | 'alwaysOrUnreachable', condition: unknown, name: unknown, details: unknown): void
  sometimes(condition: unknown, name: unknown, details: unknown): void
  reachable(name: unknown): void
  unreachable(name: unknown, details: unknown): void
  numeric(
    kind: 'always' | 'sometimes',
    comparison: '<' | '<=' | '>' | '>=',
    value: unknown,
    bound: unknown,
    name: unknown,
    details: unknown,
  ): void
  all(conditions: unknown, name: unknown): void
  each(name: unknown, value: unknown, expected: unknown): void
  buggify(site: unknown, probability: unknown): boolean
  /** In ms; 0: the site did not fire. `call` names this one; undefined: it is numbered. */
  buggifyDelay(site: unknown, range: unknown, call?: string): number
  buggifyValue(site: unknown, usual: number, range: unknown): number
}

/** More about an assertion, made only when it is printed. */
export type Details = Readonly<Record<string, unknown>> | string | (() => unknown) | undefined

/** The modules of the iteration under way; implemented in src/modules/seed-modules.ts. */
export interface CurrentModules {
  /** Where static imports of the running code lead. */
  readonly present: object
  /** Where `import(…)` in code of the test file leads. */
  readonly own: object
  seen(graph: object, ordinary: Record<PropertyKey, unknown>): Record<PropertyKey, unknown>
}

interface Current {
  /** The engine whose events run right now; undefined outside a simulation and between two slices of one. */
  engine: Engine | undefined
  assertions: AssertionSink | undefined
  /** The simulation that goes on when the host has breathed; undefined: none is under way, or it runs. */
  suspended: Suspended | undefined
  /** Set from before the hooks of an iteration until after them; undefined: modules are the ordinary ones. */
  modules: CurrentModules | undefined
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
  suspended: undefined,
  modules: undefined,
})

/** Where assertions are counted; undefined outside a simulation. One that is suspended is told: its code must not run now. */
export function sink(name: string): AssertionSink | undefined {
  if (current.assertions === undefined) current.suspended?.called(name, true)
  else current.engine?.guard()
  return current.assertions
}
