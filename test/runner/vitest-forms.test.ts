/** Every form of `simulation.test` under real Vitest: one run of a fixture project, its JSON report and its output. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import type { SimulationMeta } from '../../reporter/contract.ts'
import { runVitest } from '../helpers/run-vitest.ts'

const root = fileURLToPath(new URL('../fixtures/e2e-forms', import.meta.url))

interface Outcome {
  readonly title: string
  readonly fullName: string
  readonly status: string
  readonly failureMessages: string[]
  readonly meta: { readonly simulation?: SimulationMeta }
}

let outcomes: Outcome[]
let stdout: string

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitest-simulation-'))
  const file = join(folder, 'report.json')
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const output = await runVitest({ root, args })
  stdout = `${output.stdout}\n${output.stderr}`
  const report = JSON.parse(await readFile(file, 'utf8')) as { testResults: { assertionResults: Outcome[] }[] }
  outcomes = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  await rm(folder, { recursive: true })
})

const outcomeOf = (title: string): Outcome => {
  const found = outcomes.filter((outcome) => outcome.title === title)
  expect(found, `one test is called '${title}'`).toHaveLength(1)
  return found[0] as Outcome
}
const statusOf = (title: string): string => outcomeOf(title).status
const messageOf = (title: string): string => outcomeOf(title).failureMessages.join('\n')
const ran = (what: string): string[] =>
  [...stdout.matchAll(new RegExp(`^RAN ${what} (.*)$`, 'gm'))].map(([, rest]) => rest ?? '')

describe('forms and chains', () => {
  const passing = [
    'member',
    'called',
    'test name',
    'test',
    'member of member',
    'with options',
    'with a timeout',
    'asynchronous',
    'not skipped if',
    'run if',
    'fails as expected',
    'each 1',
    'each 2',
    'each of list a 1',
    'each object',
    'for 1',
    'each with a timeout',
    'configured',
    'configured, over',
    'configured twice',
    'with a fixture',
    'fixture and case 7',
    'inherits',
    'in it',
    'the only one',
  ]
  test.each(passing)("'%s' passes", (title) => expect(statusOf(title)).toBe('passed'))

  const skipped = [
    'skipped',
    'skipped, short',
    'skipped if',
    'not run if',
    'configured and skipped',
    'skipped and configured',
    'in skipped',
    'left out',
  ]
  test.each(skipped)("'%s' is skipped", (title) => expect(statusOf(title)).toBe('skipped'))

  test('todo is a todo, fails without a failure fails', () => {
    expect(statusOf('to do')).toBe('todo')
    expect(statusOf('fails unexpectedly not')).toBe('failed')
    expect(messageOf('fails unexpectedly not')).toContain('Expect test to fail')
  })

  test('the body runs once per iteration, ten by default, with its options', () => {
    expect(ran('member')).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    expect(ran('options')).toEqual(['1 2', '2 2', '3 2'])
  })

  test('each spreads lists, for does not; the simulation comes after the case', () => {
    expect(ran('each')).toEqual(['1 0', '2 0'])
    expect(ran('list')).toEqual(['a 1 0', 'b 2 0'])
    expect(ran('object')).toEqual(['x 0'])
    expect(ran('for')).toEqual(['[1,2] 0'])
  })

  test('with makes configured copies that can be configured again', () => {
    expect(ran('configured')).toEqual(['1', '2'])
    expect(ran('over')).toEqual(['1'])
    expect(ran('twice')).toEqual(['1 3', '2 3'])
  })

  test('fixtures are made for each iteration and closed after it', () => {
    expect(ran('fixture')).toEqual(['1 database 1', '2 database 2', '3 database 3', 'case 7 database 4'])
    expect(stdout.match(/^CLOSED$/gm)).toHaveLength(4)
  })

  test('the seed of the plugin is the root seed of all', () => {
    const seeds = outcomes.flatMap(({ meta }) => meta.simulation?.seed ?? [])
    expect(new Set(seeds)).toEqual(new Set([5]))
    expect(seeds.length).toBeGreaterThan(40)
  })
})

describe('options of the suite', () => {
  test('timeout is inherited', () => {
    expect(statusOf('ends by the timeout of its suite')).toBe('failed')
    expect(stdout).toMatch(/> ends by the timeout of its suite\n(?:TestTimeout)?Error: Test timed out in 120ms/)
  })

  test('without one, no timeout ends a simulation, not even the configured testTimeout', () => {
    expect(messageOf('outlives the configured timeout')).toBe('')
    expect(statusOf('outlives the configured timeout')).toBe('passed')
  })

  test('retry is inherited: a test that passes in its third attempt passes', () => {
    expect(ran('attempt')).toHaveLength(3)
    expect(statusOf('is retried')).toBe('passed')
  })
})

describe('hooks', () => {
  test('run around every iteration', () => {
    const log = /^HOOKS (.*)$/m.exec(stdout)?.[1]?.split(', ') ?? []
    const round = (n: number): string[] => ['before', 'inner before', `body ${n}`, 'inner after', 'after']
    expect(log).toEqual([...round(1), ...round(2), ...round(3), 'before'])
  })

  test('cleanups that beforeEach returns run after their iteration', () => {
    expect(statusOf('cleanups')).toBe('passed')
    expect(statusOf('are all called')).toBe('passed')
  })

  test('that fail between iterations fail the test, and say in which seed', () => {
    expect(statusOf('is the failure')).toBe('failed')
    expect(messageOf('is the failure')).toMatch(
      /hook of round 3\n\n  seed (\d+) · iteration 3 of 5 .*\n  replay: SIMULATION_SEED=\1 npx vitest run /,
    )
  })
})

test('what a body prints is printed once for each seed, not again when that is compared and shrunk', () => {
  expect(statusOf('prints once')).toBe('failed')
  expect(messageOf('prints once')).toMatch(/minimal faults, 1 of \d+/)
  const iterations = Number(/iteration (\d+) of 20/.exec(messageOf('prints once'))?.[1])
  const printed = [...stdout.matchAll(/^PRINTED (\d+)$/gm)].map(([, n]) => Number(n))
  expect(printed).toEqual(Array.from({ length: iterations }, (_, i) => i + 1))
})

describe('expectations', () => {
  test('soft ones fail the iteration in which they failed, all of them named', () => {
    expect(statusOf('soft in the body')).toBe('failed')
    expect(messageOf('soft in the body')).toMatch(/soft one: expected 3[^]*soft two: expected 3[^]*iteration 3 of 5/)
    expect(messageOf('soft in the body')).not.toContain('Nondeterminism')
    expect(statusOf('soft that holds')).toBe('passed')
  })

  test('soft ones of a node count until everything is quiet', () => {
    expect(statusOf('soft on a node after the body')).toBe('failed')
    expect(messageOf('soft on a node after the body')).toMatch(/soft while getting quiet: expected 1/)
    expect(messageOf('soft on a node after the body')).toMatch(/iteration 1 of 2/)
    expect(messageOf('soft on a node after the body')).not.toContain('Nondeterminism')
  })

  test('assertions are counted per iteration', () => {
    expect(statusOf('counted right in every iteration')).toBe('passed')
    expect(messageOf('counted wrong in the third')).toMatch(/to be 1, but got 0[^]*iteration 3 of 5/)
    expect(messageOf('has some')).toMatch(/expected any number of assertion, but got none[^]*iteration 2 of 3/)
    expect(statusOf('resolves and rejects')).toBe('passed')
  })

  test('keep their difference and their place', () => {
    expect(stdout).toMatch(
      /FAIL {2}expectations\.test\.ts > an unequal object[^]*-\s+3,[^]*\+\s+2,[^]*❯ expectations\.test\.ts:\d+/,
    )
  })

  test('a failure says seed, iteration and a replay command', () => {
    const message = messageOf('an unequal object')
    expect(message).toMatch(/seed 5 · iteration 1 of 1 · 0 ms virtual, event 1/)
    expect(message).toMatch(
      /replay: SIMULATION_SEED=5 SIMULATION_EXPECT=[\w-]+ npx vitest run expectations\.test\.ts -t 'an unequal object\$'/,
    )
  })
})

describe('misuse', () => {
  const said = (what: string): string => new RegExp(`^MISUSE ${what}: (.*)$`, 'm').exec(stdout)?.[1] ?? 'not printed'

  test.each([
    ['no name', /BAD_INPUT simulation\.test name is undefined: it must be a string; the form is/],
    ['options last', /BAD_INPUT simulation\.test\('x'\) third argument .* options come before the body/],
    ['body no function', /BAD_INPUT simulation\.test\('x'\) body is 5: it must be a function/],
    ['options no object', /BAD_INPUT simulation\.test\('x'\) options is 'fast'/],
    [
      'unknown option',
      /BAD_INPUT option 'iteration' is 5: there is no such option; did you mean 'iterations'\? known are iterations, seed/,
    ],
    ['bad seed', /BAD_INPUT option 'seed' is -1: a seed is an unsigned integer below 2\^53/],
    ['bad with', /BAD_INPUT option 'iterations' is 0: it must be a whole number above 0/],
    ['bad schedule', /BAD_INPUT option 'schedule' is 'lifo'/],
    ['bad slowTimeout', /BAD_INPUT option 'slowTimeout'\.period is 'soon'/],
    ['in a test', /NESTED simulation\.test\('inner'\) was called inside a running test/],
    ['in a simulation', /NESTED simulation\.test\('inner'\) was called inside a running test/],
  ])('%s', (what, message) => expect(said(what)).toMatch(message))
})

describe('several at a time', () => {
  test('concurrent simulations run one after the other', () => {
    for (const title of ['one', 'two', 'three', 'four']) expect(messageOf(title), title).toBe('')
    for (const title of ['one', 'two', 'three', 'four']) expect(statusOf(title), title).toBe('passed')
  })
})

describe('budgets', () => {
  test('a simulation that is over its timeout fails, and ends, and the next one runs', () => {
    expect(statusOf('ends by its timeout')).toBe('failed')
    expect(stdout).toMatch(/> ends by its timeout\n(?:TestTimeout)?Error: Test timed out in 150ms/)
    expect(stdout.match(/^RAN afterwards$/gm)).toHaveLength(10)
  })

  test('slowTimeout with terminateAfter ends it, which is never a pass', () => {
    expect(statusOf('ends by its slowTimeout')).toBe('failed')
    expect(messageOf('ends by its slowTimeout')).toMatch(
      /interrupted after 0 iterations: ended after 0\.1 s of real time/,
    )
    expect(outcomeOf('ends by its slowTimeout').meta.simulation?.status).toBe('interrupted')
  })
})

describe('inert faults', () => {
  const warnings = (title: string): string[] => outcomeOf(title).meta.simulation?.warnings ?? ['no meta']

  test('a family that never did anything is warned of, one that did is not', () => {
    expect(warnings('inert family')).toEqual(['inert fault: send failure was never injected in 20 iterations'])
    expect(warnings('effective family')).toEqual([])
    expect(warnings('calm')).toEqual([])
  })

  test('a buggify site that never fired is warned of, one that did is not', () => {
    expect(warnings('inert site').join()).toMatch(/inert fault: buggify/)
    expect(warnings('inert site').join()).toContain('hardly ever')
    expect(warnings('effective site')).toEqual([])
  })
})

/** Vitest 5 lists what it reads in the source: a table as one line with its placeholder. */
const expanded = (names: string[]): string[] =>
  names.flatMap((name) => (name.includes('%i') ? [1, 2].map((i) => name.replace('%i', String(i))) : [name]))

describe.concurrent('places', () => {
  const run = async (...args: string[]): Promise<string> => (await runVitest({ root, args })).stdout

  test.each([
    [5, ['on line five']],
    [7, ['on line seven']],
    [20, ['on line twenty 1', 'on line twenty 2']],
  ])('the filter lines.test.ts:%i finds the simulation written there', async (line, names) => {
    const listed = await run('list', `lines.test.ts:${line}`)
    expect(expanded(listed.trim().split('\n'))).toEqual(names.map((name) => `lines.test.ts > lines > ${name}`))
  })

  test('vitest list finds every simulation of a file', async () => {
    const listed = await run('list', 'lines.test.ts')
    const names = listed
      .trim()
      .split('\n')
      .map((line) => line.split(' > ').at(-1) as string)
    expect(expanded(names)).toEqual(['on line five', 'on line seven', 'on line twenty 1', 'on line twenty 2'])
  })

  test('the replay command runs that seed alone', async () => {
    const { stdout: replay } = await runVitest({
      root,
      args: ['run', 'forms.test.ts', '-t', 'member$'],
      env: { SIMULATION_SEED: '77' },
    })
    expect(replay.match(/^RAN member 1$/gm)).toHaveLength(1)
    expect(replay).not.toContain('RAN member 2')
  })
})
