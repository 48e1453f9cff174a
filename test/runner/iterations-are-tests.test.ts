/** Whatever Vitest does around each attempt of a test happens around every iteration: one run of a fixture project. */
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runVitest, simulationReport } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const root = fileURLToPath(new URL('../fixtures/e2e-iterations', import.meta.url))
let stdout: string

beforeAll(async () => {
  const output = await runVitest({ root, args: ['run', '--reporter=verbose'] })
  stdout = `${output.stdout}\n${output.stderr}`
})

const said = (what: string): string[] => new RegExp(`^${what}: (.*)$`, 'm').exec(stdout)?.[1]?.split(', ') ?? []
const passes = (name: string): void => expect(stdout).toMatch(new RegExp(`✓ [^\\n]*${name} `))
/** What is printed about a failing test, from its heading to the next. */
const failureOf = (name: string): string => new RegExp(`FAIL [^\n]*> ${name}\n([^]*?)⎯⎯⎯`).exec(stdout)?.[1] ?? 'passed'

describe('hooks', () => {
  test('of every kind run around each iteration, in the order of a test', () => {
    const round = (n: number): string[] => [
      'around',
      'before',
      `body ${n} round ${n}`,
      `later round ${n}`,
      'after pass',
      'cleanup',
      'finished',
      'around end',
    ]
    expect(said('ORDER')).toEqual([...round(1), ...round(2)])
  })

  test('still run around plain tests, also beside simulations', () => {
    const round = (body: string): string[] => ['around', 'before', body, 'after', 'cleanup']
    expect(said('PLAIN')).toEqual([...round('plain'), ...round('simulated')])
  })

  test('that an iteration registers end with it; a failure is told once', () => {
    passes('is called after it, in every iteration')
    passes('and nothing stays')
    // The failing seed runs once more, to be recorded: what it opens is closed, too.
    expect(said('FAILED')).toEqual(['finished 1', 'finished 2', 'failed 2', 'finished 2'])
  })

  test('see how the iteration ended', () => {
    const small = 'fail small: expected 2 to be less than 2'
    expect(said('SEEN')).toEqual(['pass undefined', small, small])
  })
})

describe('a hook that fails', () => {
  test.each([
    ['afterEach fails', /after of round 2\n\n {2}seed (\d+) · iteration 2 of 5 .*\n {2}replay: SIMULATION_SEED=\1 /],
    ['the last afterEach fails', /after of round 3\n\n {2}seed (\d+) · iteration 3 of 3 .*\n {2}replay: \S+=\1 /],
    ['beforeEach fails', /before of round 1\n\n {2}seed 5 · iteration 1 of 5 .*\n {2}replay: SIMULATION_SEED=5 /],
    ['aroundEach fails', /around of round 2\n\n {2}seed (\d+) · iteration 2 of 5 .*\n {2}replay: SIMULATION_SEED=\1 /],
    ['aroundEach never ends', /setup phase of an "aroundEach" hook timed out in 50ms[^]*iteration 1 of 5/],
    ['a soft one in afterEach fails', /soft in a hook: expected 1 to be 2[^]*iteration 1 of 5/],
    ['onTestFinished fails', /"finished wrong" not to be reached[^]*iteration 2 of 5/],
  ])('%s: its seed, its iteration, its replay, its place', (name, text) => {
    expect(failureOf(name)).toMatch(text)
    expect(failureOf(name)).toMatch(/in a hook (?:before|after) the body/)
    if (name !== 'aroundEach never ends') expect(failureOf(name)).toMatch(/❯ hooks\.test\.ts:\d+/)
  })

  test('is counted in the report', () => {
    expect(stdout).toMatch(
      /× the last afterEach fails +3 of 3 +seed \d+\n +seed \d+ {2}HookFailed: after the body {2}iteration 3/,
    )
  })

  test('before the body: no body runs, what comes after runs all the same', () => {
    expect(said('RAN')).toEqual(['after all the same', 'after all the same'])
  })
})

test('mocks, spies and stubs end with their iteration', () => {
  passes('spies are restored between iterations')
  passes('stubs are taken away between iterations, those of the hooks are there')
  passes('a mock is called once in each iteration')
})

test('soft and counted expectations of concurrent simulations stay with their own', () => {
  const failing = /soft of the failing one: expected 3 to be less than 3[^]*iteration 3 of 40/
  expect(failureOf('concurrent and soft')).toMatch(failing)
  expect(failureOf('in a concurrent suite and soft')).toMatch(failing)
  const others = ['concurrent beside it', 'in a concurrent suite beside it', 'in a second suite', 'counts its own']
  for (const name of others) passes(name)
})

describe('requireAssertions', () => {
  let root: string
  let report: string
  beforeAll(async () => {
    root = makeTemporaryProject({
      files: {
        'vitest.config.ts': `${configHead}
export default defineConfig({
  plugins: [simulationPlugin({ seed: 5, keepFailures: false, iterations: 4, console: 'all' })],
  resolve: { alias: aliases },
  test: { expect: { requireAssertions: true } },
})`,
        'a.test.ts': `import { expect, test } from 'vitest'
import { always, simulation } from 'vitest-simulation'
simulation.test('expects', () => expect(1).toBe(1))
simulation.test('asserts by itself', () => always(true, 'it holds'))
simulation.test('has an invariant', (sim) => sim.invariant('fine', () => true))
simulation.test('asserts nothing', () => undefined)
simulation.test('asserts nothing in the third', (sim) => { if (sim.iteration !== 3) expect(1).toBe(1) })
simulation.test('resolves', async (sim) => { await expect(sim.sleep(1)).resolves.toBe(undefined) })
test('plain without', () => undefined)
test('plain with', () => expect(1).toBe(1))
`,
      },
    })
    report = (await runVitest({ root, args: ['run', '--reporter=verbose'] })).stdout
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('each iteration must assert something, by expect or by an assertion of ours', () => {
    const marks = [...report.matchAll(/^ *([✓×]) a\.test\.ts > (.*?) \d+m?s/gm)].map(
      ([, mark, name]) => `${mark} ${name}`,
    )
    expect(marks).toEqual([
      '✓ expects',
      '✓ asserts by itself',
      '✓ has an invariant',
      '× asserts nothing',
      '× asserts nothing in the third',
      '✓ resolves',
      '× plain without',
      '✓ plain with',
    ])
    expect(report).toMatch(/× asserts nothing in the third +3 of 4 /)
  })
})

const printed = (what: string): string[] =>
  [...stdout.matchAll(new RegExp(`^${what} (.*)$`, 'gm'))].map(([, rest]) => rest ?? '')
const isSkipped = (name: string): void => expect(stdout).toMatch(new RegExp(`↓ [^\\n]*${name} `))

describe("Vitest's context", () => {
  test('is the last argument of every form', () => {
    passes('has the context')
    expect(printed('CONTEXT')).toEqual([1, 2, 3].map((n) => `has the context false ${n}`))
    expect(stdout).toMatch(
      /✓ [^\n]*has the context[^\n]*\n\n? *❯ context\.test\.ts:\d+:\d+ notice\n *↳ said in the second/,
    )
    expect(printed('EACH')).toEqual(['1 2 each with context 1 2'])
    expect(printed('FOR')).toEqual(['1 for with context'])
  })

  test('has an expect that counts and fails in its iteration', () => {
    expect(failureOf('counts by its own expect')).toMatch(/to be 1, but got 0[^]*iteration 1 of 3/)
    expect(failureOf('soft by its own expect')).toMatch(/own soft: expected 2 to be less than 2[^]*iteration 2 of 5/)
  })

  test('skips the test in any iteration, in both reports', () => {
    for (const name of ['skipped at once', 'skipped in the second', 'skipped later', 'skipped by a node']) {
      isSkipped(name)
      expect(simulationReport(stdout)).not.toContain(name)
    }
    expect(printed('SKIPPED')).toEqual(['1', 'after 1', '2'])
    expect(stdout).toMatch(/skipped in the second [^\n]*\[not on this machine\]/)
    expect(simulationReport(stdout)).toMatch(/ 5 skipped /)
    passes('not skipped')
    expect(failureOf('fails before it skips')).toMatch(/iteration 2 of 3/)
  })

  test('has the fixtures of extend, in both forms', () => {
    passes('with built fixtures')
    expect(printed('BUILT')).toEqual(['8081 21 user of http://localhost:8080 1 with built fixtures'])
    expect(printed('CLOSED')).toEqual(['8080', '8080', '8080'])
  })
})

describe('fixtures', () => {
  test('are made and closed around each iteration as around each attempt of a test', () => {
    const iterates = said('ITERATES').map((one) => one.replace(/port \d+/, 'port N'))
    const repeats = said('REPEATS').map((one) => one.replace(/port \d+/, 'port N'))
    expect(iterates.filter((one) => one.startsWith('body'))).toEqual(['body 21 1', 'body 21 2'])
    expect(iterates).toEqual(repeats)
    expect(iterates).not.toContain('open unused')
    expect(iterates.filter((one) => one === 'open always')).toHaveLength(1)
  })

  test('are what hooks see, and what an override says', () => {
    for (const name of ['get those of the iteration', 'get them, too, where', 'stands in this suite']) passes(name)
    for (const name of ['is there for who takes the context whole', 'and after 1 2']) passes(name)
  })

  test.each([
    ['a fixture that cannot be closed', /cannot close 2\n\n {2}seed \d+ · iteration 2 of 5 /],
    ['a fixture that cannot be made', /cannot be made\n\n {2}seed 5 · iteration 1 of 3 /],
    ['a fixture that uses nothing', /fixture 'silent' ended without calling use\(value\)/],
  ])('%s fails its iteration', (name, text) => expect(failureOf(name)).toMatch(text))

  test('simulations that say that they run in sequence run', () => {
    for (const name of ['by its chain', 'by its chain, 1', 'by its option']) passes(name)
  })
})

describe("the host's clock", () => {
  test.each([
    'do not reach into the simulation',
    'work in a plain test beside it',
    'does not reach into the simulation',
    'nor the host by real timers',
    'does not come in',
    'leave nothing behind',
    'spies on timers stay',
  ])('fake timers and system times outside: %s', (name) => passes(name))

  test('vi.waitFor, vi.waitUntil and expect.poll wait by virtual time', () => {
    for (const name of ['waits by virtual time', 'counts a poll once', 'wait in a plain test']) passes(name)
    expect(failureOf('waitFor gives up')).toMatch(/waited for: expected 1 to be 2[^]* · 300 ms virtual/)
    expect(failureOf('waitUntil gives up')).toMatch(
      /Timed out in waitUntil![^]* · 300 ms virtual[^]*time\.test\.ts:\d+/,
    )
    expect(failureOf('poll gives up')).toMatch(/polled: expected 1 to be 2[^]* · 300 ms virtual/)
  })

  test.each([
    ['fakes timers', 'useFakeTimers', /fake ones would stop every node/],
    ['fakes timers on a node', 'useFakeTimers', /fake ones would stop every node/],
    ['sets the time', 'setSystemTime', /a clock of its own/],
    ['advances the time', 'advanceTimersByTime', /await sim\.sleep\(ms\)/],
    ['runs all timers', 'runAllTimersAsync', /await sim\.sleep\(ms\)/],
  ])('%s: refused inside a simulation, with advice', (name, call, advice) => {
    expect(failureOf(name)).toContain(`vi.${call}() was called inside a simulation: `)
    expect(failureOf(name)).toMatch(advice)
    expect(failureOf(name)).toMatch(/time\.test\.ts:\d+/)
  })
})
