import { type RunnerTask, type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest'

/** The hooks that Vitest runs around each attempt of a test. */
export const attemptHooks = ['aroundEach', 'beforeEach', 'afterEach'] as const
export type AttemptHook = (typeof attemptHooks)[number]

// Only how they are called matters here; Vitest has hung its timeouts on them as properties.
type Hook = (...args: unknown[]) => unknown

/** Tests that run these hooks themselves, around every iteration. */
const simulations = new WeakSet<object>()
/** What Vitest finds in a suite now, and the hook that it stands for. */
const originals = new WeakMap<Hook, Hook>()

interface Collector {
  readonly file?: object
  readonly suite?: { readonly file: object }
  on(name: 'beforeAll', hook: (suite: RunnerTestSuite) => void): void
}
const watched = new WeakSet<object>()

/**
 * Prepares every simulation of the file that is being collected before any test of it runs. Call it while a test file
 * is evaluated, the earlier the better; a second call for the same file costs nothing.
 */
export function prepareSimulations(): void {
  const collector = TestRunner.getCurrentSuite() as unknown as Collector
  const key = collector.suite?.file ?? collector.file ?? collector
  if (watched.has(key)) return
  watched.add(key)
  // Only now are all hooks known, and nothing has run yet.
  collector.on('beforeAll', (suite) => prepare(suite))
}

function prepare(task: RunnerTask): boolean {
  if (task.type === 'suite') {
    let any = false
    for (const child of task.tasks) any = prepare(child) || any
    // Two suites side by side would run their simulations at once: they share the process' clock and globals, and Vitest
    // knows only one current test.
    if (any) task.concurrent = false
    return any
  }
  if (task.meta.simulation === undefined) return false
  takeOverHooks(task)
  return true
}

/** Lets a simulation run the hooks of its suites itself; false: it does so already. */
export function takeOverHooks(task: RunnerTestCase): boolean {
  if (simulations.has(task)) return false
  simulations.add(task)
  task.concurrent = false
  for (const suite of suitesOf(task)) {
    const hooks = TestRunner.getSuiteHooks(suite) as unknown as Record<AttemptHook, Hook[]>
    for (const name of attemptHooks) {
      hooks[name].forEach((hook, index, all) => {
        if (!originals.has(hook)) all[index] = standIn(name, hook)
      })
    }
  }
  return true
}

/** Does nothing for simulations, and what the hook does for other tests. */
function standIn(name: AttemptHook, hook: Hook): Hook {
  const isOurs = (context: unknown): boolean => simulations.has((context as { task: object }).task)
  const replacement: Hook =
    name === 'aroundEach'
      ? (run, context, suite) => (isOurs(context) ? (run as () => unknown)() : hook(run, context, suite))
      : (context, suite) => (isOurs(context) ? undefined : hook(context, suite))
  originals.set(replacement, hook)
  return Object.assign(replacement, hook)
}

/** The suites around a test, the file first. */
function suitesOf(task: RunnerTestCase): RunnerTestSuite[] {
  const suites: RunnerTestSuite[] = []
  for (let suite: RunnerTestSuite | undefined = task.suite; suite !== undefined; suite = suite.suite) {
    suites.unshift(suite)
  }
  return suites[0] === task.file ? suites : [task.file, ...suites]
}

/** One hook of a suite, ready to be called. */
export interface SuiteHook {
  readonly suite: RunnerTestSuite
  readonly hook: Hook
}

/** The hooks of one kind around a test, suite by suite, the file first, in the order in which they were written. */
export function hooksAround(task: RunnerTestCase, name: AttemptHook): SuiteHook[][] {
  return suitesOf(task).map((suite) =>
    (TestRunner.getSuiteHooks(suite)[name] as unknown as Hook[]).map((hook) => ({
      suite,
      hook: originals.get(hook) ?? hook,
    })),
  )
}
