import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ProvidedSimulation } from '../../plugin/options/provided.ts'
import { runVitest } from '../helpers/run-vitest.ts'
import type { VitestOutput } from '../helpers/run-vitest.ts'

const root = fileURLToPath(new URL('../fixtures/plugin-projects', import.meta.url))

interface Given extends Omit<ProvidedSimulation, 'root'> {
  readonly root: boolean
  readonly installedBefore: boolean
  readonly timezone: string
  readonly hour: number
}

/** What each project's test was given, by project. */
async function run(
  args: string[] = [],
  env: Record<string, string> = {},
): Promise<Record<string, Given> & VitestOutput> {
  const output = await runVitest({ root, args: ['run', ...args], env })
  const given = [...output.stdout.matchAll(/^GIVEN (.*)$/gm)].map(([, text]) => JSON.parse(text ?? '') as Given)
  return Object.assign(output, Object.fromEntries(given.map((each) => [each.pool, each]))) as never
}

describe('every project', () => {
  test('gets its own options over those of the plugin, in both pools', async () => {
    const { forks, threads } = await run()
    expect(forks?.options).toEqual({
      seed: 2,
      iterations: { kind: 'fixedCount', count: 3 },
      determinism: 0.5,
      overrides: [{ test: '/^slow/', slowTimeout: { periodMs: 180_000, terminateAfter: null } }],
    })
    expect(forks?.seed).toEqual({ value: 2, source: 'project config' })
    expect(threads?.options.overrides.map((override) => override.test)).toEqual(['/^slow/', '/x/'])
    expect(threads?.seed).toEqual({ value: 1, source: 'plugin' })
    expect(threads?.alone).toBe(false)
  })

  test('has the setup file before its own, its root, a time zone, the tag and the reporter', async () => {
    const { forks, threads, exitCode } = await run()
    for (const given of [forks, threads]) {
      expect(given).toMatchObject({
        installedBefore: true,
        root: true,
        timezone: 'UTC',
        hour: 0,
        reporter: true,
        ci: false,
      })
    }
    expect(exitCode).toBe(0) // the test carries the tag `simulation`, which Vitest refuses when nobody declared it
  })

  test('obeys the environment, which says that its seed runs alone', async () => {
    const env = { SIMULATION_SEED: '9007199254740991', SIMULATION_ITERATIONS: '7', CI: 'true', TZ: 'Asia/Tokyo' }
    const { forks, threads } = await run([], env)
    for (const given of [forks, threads]) {
      expect(given).toMatchObject({
        seed: { value: 9_007_199_254_740_991, source: 'environment' },
        alone: true,
        iterations: { value: 7, source: 'environment' },
        ci: true,
        timezone: 'Asia/Tokyo',
      })
    }
    expect(forks?.options.iterations).toEqual({ kind: 'fixedCount', count: 300 })
  })

  test('obeys the command line before the environment', async () => {
    const { forks } = await run(['--', '--seed=9'], { SIMULATION_SEED: '5' })
    expect(forks).toMatchObject({ seed: { value: 9, source: 'command line' }, alone: true })
  })

  test.each(['vmThreads', 'vmForks'])('refuses pool %s by name', async (pool) => {
    const { stderr, exitCode } = await run([`--pool=${pool}`])
    expect(stderr).toContain(
      `SimulationError: vitest-simulation cannot run in pool '${pool}' of project 'forks': allowed are 'forks' (default) and 'threads'.`,
    )
    expect(exitCode).toBe(1)
  })

  test.each([
    [{ SIMULATION_SEED: 'abc' }, "SIMULATION_SEED is 'abc': a seed is an unsigned integer below 2^53"],
    [
      { SIMULATION_ITERATIONS: '0' },
      "SIMULATION_ITERATIONS is '0': a number of iterations is a whole number of at least 1",
    ],
  ])('refuses %o before anything runs', async (env, message) => {
    const { stdout, stderr, exitCode } = await run([], env as Record<string, string>)
    expect(stderr).toContain(message)
    expect(stdout).not.toContain('GIVEN')
    expect(exitCode).toBe(1)
  })
})
