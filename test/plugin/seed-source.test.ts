import { describe, expect, test } from 'vitest'
import {
  chooseSeed,
  chooseTestSeed,
  iterationsFromEnvironment,
  refuseMisspeltVariables,
  runsAlone,
  seedFromArguments,
  seedFromEnvironment,
} from '../../plugin/options/seed-source.ts'

describe('seedFromArguments', () => {
  test.each([
    [['node', 'vitest', 'run', '--', '--seed=3'], 3],
    [['node', 'vitest', 'run', '--', '--seed', '4'], 4],
    [['node', 'vitest', 'run', '--', '--seed=3', '--seed=9007199254740991'], 9_007_199_254_740_991],
    [['node', 'another-program', '--', '--other'], undefined],
    [['node', 'vitest', 'run', '--seed=3'], undefined],
  ])('%j', (argv, value) => {
    expect(seedFromArguments(argv)).toEqual(value === undefined ? undefined : { value, source: 'command line' })
  })

  test.each(['abc', '-1', '1.5', '9007199254740992', '', '0x10', '1e3'])('refuses %j', (text) => {
    expect(() => seedFromArguments(['--', `--seed=${text}`])).toThrow(
      `--seed is '${text}': a seed is an unsigned integer below 2^53`,
    )
  })

  test.each([
    ['--sed=5', 'did you mean `--seed=N`?'],
    ['--SEED=5', 'did you mean `--seed=N`?'],
    ['-seed=5', 'did you mean `--seed=N`?'],
    ['--seeds', 'did you mean `--seed=N`?'],
    ['seed=5', 'did you mean `--seed=N`?; names of test files go before the `--`'],
    ['--other', 'known is `--seed=N`'],
    ['--iteration=9', 'SIMULATION_ITERATIONS=N in the environment sets the iterations'],
    ['bank.test.ts', 'known is `--seed=N`; names of test files go before the `--`'],
  ])('refuses %j', (argument, hint) => {
    for (const program of ['/a/node_modules/.bin/vitest', 'C:\\a\\vitest.mjs']) {
      expect(() => seedFromArguments(['node', program, 'run', '--', '--seed=1', argument])).toThrow(
        `argument after \`--\` is '${argument}': ${hint}`,
      )
    }
  })

  test('refuses --seed without a value', () => {
    expect(() => seedFromArguments(['--', '--seed'])).toThrow("--seed is ''")
  })
})

test('the environment chooses a seed unless it is unset or empty', () => {
  expect(seedFromEnvironment({ SIMULATION_SEED: '0' })).toEqual({ value: 0, source: 'environment' })
  expect(seedFromEnvironment({ SIMULATION_SEED: '' })).toBeUndefined()
  expect(seedFromEnvironment({})).toBeUndefined()
  expect(() => seedFromEnvironment({ SIMULATION_SEED: '1 2' })).toThrow("SIMULATION_SEED is '1 2': a seed is")
})

test('the environment chooses iterations', () => {
  expect(iterationsFromEnvironment({ SIMULATION_ITERATIONS: '50' })).toEqual({ value: 50, source: 'environment' })
  expect(iterationsFromEnvironment({ SIMULATION_ITERATIONS: '' })).toBeUndefined()
  expect(() => iterationsFromEnvironment({ SIMULATION_ITERATIONS: '2.5' })).toThrow("SIMULATION_ITERATIONS is '2.5'")
})

test('the strongest source wins, and only the run’s own run alone', () => {
  const all = {
    commandLine: { value: 0, source: 'command line' },
    environment: { value: 1, source: 'environment' },
    projectConfig: 2,
    plugin: 3,
    fresh: 6,
  } as const
  const weaker = [
    all,
    { ...all, commandLine: undefined },
    { ...all, commandLine: undefined, environment: undefined },
    { plugin: 3, fresh: 6 },
    { fresh: 6 },
  ]
  const ofRuns = weaker.map(chooseSeed)
  expect(ofRuns).toEqual([
    { value: 0, source: 'command line' },
    { value: 1, source: 'environment' },
    { value: 2, source: 'project config' },
    { value: 3, source: 'plugin' },
    { value: 6, source: 'fresh' },
  ])
  expect(ofRuns.map(runsAlone)).toEqual([true, true, false, false, false])
  const ofTest = (override?: number): unknown[] =>
    ofRuns.map((seed) => chooseTestSeed({ seed, alone: runsAlone(seed) }, override, 5).value)
  expect(ofTest()).toEqual([0, 1, 2, 3, 5])
  expect(ofTest(4)).toEqual([0, 1, 4, 4, 4])
})

describe('refuseMisspeltVariables', () => {
  test.each([
    ['SIMULATION_SED', 'SIMULATION_SEED'],
    ['SIMULATION_SEEDS', 'SIMULATION_SEED'],
    ['simulation_seed', 'SIMULATION_SEED'],
    ['SIMULATIONSEED', 'SIMULATION_SEED'],
    ['SIMULATION_ITERATION', 'SIMULATION_ITERATIONS'],
    ['SIMULATION_PLANS', 'SIMULATION_PLAN'],
    ['SIMULATION_EXPECTED', 'SIMULATION_EXPECT'],
  ])('%s', (name, meant) => {
    const refuse = () => refuseMisspeltVariables({ PATH: '/', [name]: '5' })
    expect(refuse).toThrow(`environment variable ${name} is '5': there is none of that name: did you mean ${meant}?`)
  })

  test('leaves those of an application, empty ones and ours alone', () => {
    refuseMisspeltVariables({ SIMULATION_MODE: 'fast', SIMULATION_BACKEND_URL: 'x', SIMULATION_SED: '', SIM_SEED: '1' })
    refuseMisspeltVariables({
      SIMULATION_SEED: '1',
      SIMULATION_ITERATIONS: '2',
      SIMULATION_PLAN: 'a',
      SIMULATION_EXPECT: 'b',
    })
  })
})
