import {
  type RunnerTestCase,
  type TaskMeta,
  type TestAPI,
  type TestContext,
  TestRunner,
  inject,
  test as vitestTest,
} from 'vitest'
import { SimulationError, badInput } from '../../src/engine/errors.ts'
import { evaluating } from '../../src/modules/evaluating.ts'
import { refuseGenerator } from '../../src/engine/generators.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { Simulation } from '../../src/world/door.ts'
import { type Modifier, modifiers } from '../options/modifiers.ts'
import { bodyContext } from './body-context.ts'
import { noteBody } from './body-sites.ts'
import { perIteration } from './fixtures.ts'
import { plannedMeta } from './meta.ts'
import { providedSimulation } from './provided.ts'
import { runTest } from './run-test.ts'
import { type TestSettings, settingsFor } from './settings.ts'
import { prepareSimulations } from './suite-hooks.ts'
import { type SimulationTestOptions, splitOptions } from './test-options.ts'
import type { SimulationTest } from './types.ts'
import { wantedFixtures } from './wanted-fixtures.ts'

/** Anything a user may write as the body. */
type WrittenBody = (...args: never[]) => unknown

interface Definition {
  readonly options: SimulationTestOptions
  readonly body: WrittenBody | undefined
}

/** What a copy of `simulation` carries along. */
interface Base {
  /** Vitest's test with the chain so far. */
  readonly test: TestAPI
  /** Options of `simulation.with(…)`. */
  readonly options: SimulationTestOptions
  /** Fixtures of `simulation.extend(…)`; the body gets them with the context. */
  readonly fixtures: readonly string[]
}

/** Builds `simulation`: a thin wrapper over Vitest's public `test`, with the same chains. */
export function createSimulationTest(base: Base = { test: vitestTest, options: {}, fixtures: [] }): SimulationTest {
  const define = (name: string | Function, a?: unknown, b?: unknown): void => {
    if (evaluating.depth > 0) return
    const { options, body } = parse(name, a, b, base.options)
    const call = body as ((sim: Simulation, context?: unknown) => unknown) | undefined
    const { vitestOptions, handler, named } = prepare(name, options, body, base)
    if (call === undefined || handler === undefined) base.test(name, vitestOptions)
    else {
      base.test(
        name,
        vitestOptions,
        handler((context) => {
          const given = bodyContext(context)
          return (sim) => call(sim, given)
        }),
      )
    }
    named()
  }
  const api = define as unknown as Record<string, unknown>
  for (const modifier of modifiers) {
    // Vitest 5 has no `sequential`; no two simulations of a worker run at once anyway.
    const chained = base.test as unknown as Partial<Record<Modifier, TestAPI>>
    lazily(api, modifier, () => createSimulationTest({ ...base, test: chained[modifier] ?? base.test }))
  }
  lazily(api, 'test', () => api)
  api.skipIf = (condition: unknown) => createSimulationTest({ ...base, test: base.test.skipIf(condition) as TestAPI })
  api.runIf = (condition: unknown) => createSimulationTest({ ...base, test: base.test.runIf(condition) as TestAPI })
  api.each = (cases: readonly unknown[], ...rest: unknown[]) => defineMany(base, cases, rest, true)
  api.for = (cases: readonly unknown[], ...rest: unknown[]) => defineMany(base, cases, rest, false)
  api.with = (options: SimulationTestOptions) => {
    splitOptions(options)
    return createSimulationTest({ ...base, options: { ...base.options, ...options } })
  }
  api.extend = (fixtures: string | Record<string, unknown>, ...more: unknown[]) => {
    const from = base.test as unknown as { extend(fixtures: object): TestAPI }
    const given = perIteration(fixtures, more)
    return createSimulationTest({
      ...base,
      test: from.extend(given),
      fixtures: [...new Set([...base.fixtures, ...Object.keys(given)])],
    })
  }
  api.override = (fixtures: string | Record<string, unknown>, ...more: unknown[]) => {
    const from = base.test as unknown as { override(fixtures: object): unknown }
    from.override(perIteration(fixtures, more))
    return api
  }
  return define as unknown as SimulationTest
}

/** `.each` spreads a case that is a list over the body's arguments, `.for` does not; `sim` comes after them. */
function defineMany(base: Base, cases: readonly unknown[], rest: readonly unknown[], spread: boolean) {
  return (name: string | Function, a?: unknown, b?: unknown): void => {
    if (evaluating.depth > 0) return
    const { options, body } = parse(name, a, b, base.options)
    const { vitestOptions, handler, named } = prepare(name, options, body, base)
    const table = (base.test.for as unknown as (...args: unknown[]) => (...args: unknown[]) => void)(cases, ...rest)
    if (body === undefined || handler === undefined) {
      table(name, vitestOptions)
      return named()
    }
    const call = body as (...args: unknown[]) => unknown
    const one = (item: unknown, context: TestContext): unknown => {
      const args = spread && Array.isArray(item) ? (item as unknown[]) : [item]
      const given = bodyContext(context)
      return handler(() => (sim) => call(...args, sim, given))(context)
    }
    one.toString = () => `(item, ${contextPattern(base, body)}) => {}`
    table(name, vitestOptions, one)
    named()
  }
}

type Handler = (bodyFor: (context: TestContext) => Body) => (context: TestContext) => Promise<void>

interface Prepared {
  readonly vitestOptions: object
  readonly handler: Handler | undefined
  /** To be called when the tests have been defined: only Vitest knows the names of cases ('each %s', 'each $name'). */
  readonly named: () => void
}

/** Checks everything at definition: what is wrong is said before anything runs. */
function prepare(
  name: string | Function,
  given: SimulationTestOptions,
  written: WrittenBody | undefined,
  base: Base,
): Prepared {
  const split = splitOptions(given)
  const suite = TestRunner.getCurrentSuite() as unknown as Collector
  if (TestRunner.getCurrentTest() !== undefined) {
    throw new SimulationError(
      'NESTED',
      `simulation.test('${nameOf(name)}') was called inside a running test: define it in a file or describe`,
    )
  }
  prepareSimulations()
  const provided = providedSimulation()
  const settingsOf = (testName: string): TestSettings =>
    settingsFor([...suiteNames(suite.suite), testName].join(' > '), split, provided)
  const planned = plannedMeta(settingsOf(nameOf(name)))
  const before = suite.tasks.length
  const named = (): void => {
    for (const task of suite.tasks.slice(before)) {
      const skipsItself = isSkipped(task) || isSkipped(suite)
      task.meta.simulation = { ...plannedMeta(settingsOf(task.name)), ...(skipsItself && { skipsItself }) }
    }
  }
  const inherited = suite.options ?? suite.suite?.options
  const vitestOptions = {
    // Vitest's clock would end a simulation of many seeds; ours (slowTimeout) watches it. A retry would hide a seed.
    ...(inherited?.timeout === undefined && { timeout: 0 }),
    ...(inherited?.retry === undefined && { retry: 0 }),
    ...split.vitest,
    meta: { ...split.vitest.meta, simulation: planned },
    ...(inject('simulation') !== undefined && { tags: ['simulation', ...[split.vitest.tags ?? []].flat()] }),
  }
  if (written === undefined) return { vitestOptions, handler: undefined, named }
  noteBody(written, false)
  const handler: Handler = (bodyFor) => {
    const run = (context: TestContext): Promise<void> => {
      const task = context.task as unknown as RunnerTestCase
      const settings = settingsOf(task.name)
      return runTest({ task, signal: context.signal, settings, provided, body: bodyFor(context), written })
    }
    // Vitest reads which fixtures a test wants from the source text of its function.
    run.toString = () => `(${contextPattern(base, written)}) => {}`
    return run
  }
  return { vitestOptions, handler, named }
}

/** A suite that is skipped says so at once; `.only` and filters count when all tests of the file are known. */
function isSkipped({ mode, suite }: Pick<SuiteLike, 'mode' | 'suite'>): boolean {
  return mode === 'skip' || mode === 'todo' || (suite !== undefined && isSkipped(suite))
}

/** What collects the tests of a file or suite. */
interface Collector {
  readonly mode?: string
  readonly suite?: SuiteLike
  readonly options?: SuiteLike['options']
  readonly tasks: readonly { readonly name: string; readonly mode: string; readonly meta: TaskMeta }[]
}

interface SuiteLike {
  readonly name: string
  readonly mode?: string
  readonly suite?: SuiteLike
  readonly options?: { readonly timeout?: number; readonly retry?: unknown }
}

function suiteNames(suite: SuiteLike | undefined): string[] {
  return suite === undefined ? [] : [...suiteNames(suite.suite), suite.name].filter((name) => name !== '')
}

function contextPattern({ fixtures }: Base, body: WrittenBody): string {
  return `{ ${['task', 'signal', ...wantedFixtures(fixtures, body)].join(', ')} }`
}

/** Takes (name, body), (name, options, body) or (name, body, timeout) apart. */
function parse(name: unknown, a: unknown, b: unknown, inherited: SimulationTestOptions): Definition {
  if (typeof name !== 'string' && typeof name !== 'function') {
    throw badInput(
      'simulation.test name',
      name,
      'it must be a string; the form is simulation.test(name, options?, body)',
    )
  }
  const where = `simulation.test('${nameOf(name)}')`
  for (const body of [a, b]) refuseGenerator(body, `${where} body`)
  if (typeof a === 'function') {
    if (b === undefined) return { options: inherited, body: a as WrittenBody }
    if (typeof b === 'number') return { options: { ...inherited, timeout: b }, body: a as WrittenBody }
    throw badInput(`${where} third argument`, b, 'it must be a timeout in ms; options come before the body')
  }
  if (a !== undefined && (a === null || typeof a !== 'object' || Array.isArray(a))) {
    throw badInput(`${where} options`, a, 'they must be an object')
  }
  if (b !== undefined && typeof b !== 'function') {
    throw badInput(`${where} body`, b, 'it must be a function (sim) => …')
  }
  return { options: { ...inherited, ...(a as SimulationTestOptions | undefined) }, body: b as WrittenBody | undefined }
}

function nameOf(name: string | Function): string {
  return typeof name === 'string' ? name : name.name || '<anonymous>'
}

function lazily(target: object, name: string, get: () => unknown): void {
  let value: unknown
  Object.defineProperty(target, name, { get: () => (value ??= get()), enumerable: true, configurable: true })
}
