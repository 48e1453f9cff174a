/** What the configuration, the environment and the command line choose, under real Vitest. */
import { afterAll, describe, expect, test } from 'vitest'
import { runVitest, simulationReport } from '../helpers/run-vitest.ts'
import { printed, project, removeProjects } from './project.ts'

afterAll(removeProjects)

describe('seeds', () => {
  const one = (name: string, plugin: string, more = ''): string =>
    `{ plugins: [simulationPlugin(${plugin})], resolve: { alias: aliases }, test: { name: '${name}'${more} } }`
  const override = `overrides: [{ test: /overridden$/, seed: 4 }]`
  const levels = [
    one('fresh', '{}'),
    one('plugin', '{ seed: 2 }'),
    one('project', '{ seed: 2 }', ', simulation: { seed: 3 }'),
    one('override', `{ seed: 2, ${override} }`, ', simulation: { seed: 3 }'),
  ]
  const fixture = project('seeds', `test: { projects: [${levels.join(', ')}] }`)

  /** 'project test' → 'seed source iterations'. */
  const run = async (args: readonly string[], env: Record<string, string> = {}): Promise<Record<string, string>> => {
    const { stdout } = await fixture.run(args, env)
    const rows = simulationReport(stdout).matchAll(
      /^ {3}✓ \|(\w+)\| (.+?) {2,}(\d+) iterations? +(?:root )?seed (\d+) \((.*)\)/gm,
    )
    return Object.fromEntries(
      [...rows].map(([, name, title, count, seed, source]) => [`${name}: ${title}`, `${count} × ${seed} (${source})`]),
    )
  }

  test('each level wins over those below it, without the run saying otherwise', async () => {
    const rows = await run(['--reporter=dot'])
    const fresh = /^2 × (\d+) \(fresh\)$/.exec(rows['fresh: has none of its own'] ?? '')?.[1]
    expect(Number(fresh)).toBeGreaterThan(0)
    expect(rows).toMatchObject({
      'fresh: has its own': '1 × 5 (test)',
      'plugin: has none of its own': '2 × 2 (plugin)',
      'plugin: is overridden': '2 × 2 (plugin)',
      'project: has none of its own': '2 × 3 (config)',
      'override: has none of its own': '2 × 3 (config)',
      'override: is overridden': '2 × 4 (config)',
    })
  })

  test('the environment wins over all of them, the command line over the environment; both run alone', async () => {
    const env = { SIMULATION_SEED: '7' }
    const [environment, commandLine, soak] = await Promise.all([
      fixture.run(['--reporter=dot'], env),
      fixture.run(['--reporter=dot', '--', '--seed=8'], env),
      fixture.run(['--reporter=dot'], { ...env, SIMULATION_ITERATIONS: '3' }),
    ])
    expect(simulationReport(environment.stdout)).toMatch(/12 tests · 12 iterations · .* · seed 7 \(SIMULATION_SEED\)/)
    expect(simulationReport(commandLine.stdout)).toMatch(/12 tests · 12 iterations · .* · seed 8 \(--seed\)/)
    expect(simulationReport(soak.stdout)).toMatch(/12 tests · 36 iterations · .* · seed 7 \(SIMULATION_SEED\)/)
  })

  test('a bad one is refused before anything runs', async () => {
    const { exitCode, stderr, stdout } = await fixture.run([], { SIMULATION_SEED: '1e3' })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/SIMULATION_SEED is '1e3': a seed is an unsigned integer below 2\^53/)
    expect(stdout).not.toContain('✓')
  })

  test('a variable that is nearly one of ours is refused before anything runs', async () => {
    const { exitCode, stderr, stdout } = await fixture.run([], { SIMULATION_ITERATION: '10' })
    expect(exitCode).toBe(1)
    expect(stderr).toContain(
      "environment variable SIMULATION_ITERATION is '10': there is none of that name: did you mean",
    )
    expect(stdout).not.toContain('✓')
  })

  test('what nobody reads after the -- is refused before anything runs', async () => {
    const { exitCode, stderr, stdout } = await fixture.run(['--', '--sed=5'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain("argument after `--` is '--sed=5': did you mean `--seed=N`?")
    expect(stdout).not.toContain('✓')
  })
})

test('slow simulations say so each period, and are ended as failed; overrides go by name', async () => {
  const plugin = `{ seed: 1, slowTimeout: { period: '60s' }, overrides: [
    { test: /^slow_/, slowTimeout: { period: '1s', terminateAfter: 2 } },
    { test: /patient$/, slowTimeout: { period: '1s' } },
  ] }`
  const output = await project('slow', `plugins: [simulationPlugin(${plugin})]`).run(['--reporter=default'], {
    CI: '1',
  })
  const lines = output.stdout.match(/^.*SLOW \[.*$/gm) ?? []
  expect(lines).toContainEqual(expect.stringMatching(/SLOW \[> 1s\] slow_simulation_messagebus \([\d,]+\)$/))
  expect(lines).toContainEqual(expect.stringMatching(/SLOW \[> 1s\] slow_simulation_patient \([\d,]+\)$/))
  expect(lines.join('\n')).not.toContain('quick')
  expect(printed(output)).toMatch(/ended after 2 s of real time: slowTimeout \{ period: 1000 ms, terminateAfter: 2 \}/)
  expect(printed(output)).toMatch(/Tests +1 failed \| 2 passed/)
  expect(simulationReport(output.stdout)).toMatch(
    /⧖ slow_simulation_messagebus +2(?:\.\d)?s, slow after 1s .*interrupted/,
  )
})

describe('coverage of the run', () => {
  const plugin = (more: string): string => `plugins: [simulationPlugin({ seed: 1${more} })]`

  test('lists a sometimes that no simulation evaluated; required: the run fails', async () => {
    const [listed, required] = await Promise.all([
      project('unseen', plugin('')).run(),
      project('unseen', plugin(`, coverage: 'required'`)).run(),
    ])
    for (const { stdout } of [listed, required]) {
      expect(simulationReport(stdout)).toMatch(/never evaluated by any simulation: recovered {2}unseen\.ts:4/)
      expect(stdout).toMatch(/Tests +1 passed/)
    }
    expect(listed.exitCode).toBe(0)
    expect(required.exitCode).toBe(1)
    expect(simulationReport(required.stdout)).toContain('× the run fails: coverage is required')
  })
})

test('without the plugin a simulation runs with the defaults', async () => {
  const fixture = project('seeds', '')
  const { exitCode, stdout } = await fixture.run(['--reporter=json', '--outputFile=report.json'])
  expect(exitCode).toBe(0)
  expect(stdout, 'a machine format stays clean').not.toContain('simulationPlugin')
  const all = [...(await fixture.outcomes('report.json')).values()].map(({ meta }) => meta.simulation)
  expect(all.map((meta) => meta?.iterations)).toEqual([2, 1, 2])
  expect(all.map((meta) => meta?.seedSource)).toEqual(['fresh', 'test', 'test'])
})

test('a forgotten plugin is said once a file, and only where it is forgotten', async () => {
  const projects = (plugins: string): string =>
    `test: { projects: [{ ${plugins} resolve: { alias: aliases }, test: { name: 'one' } }] }`
  const [forgotten, there] = await Promise.all([
    project('seeds', projects('')).run(),
    project('seeds', projects('plugins: [simulationPlugin()],')).run(),
  ])
  expect(forgotten.stderr.match(/has no simulationPlugin\(\)/g)).toHaveLength(1)
  expect(forgotten.stderr).toContain("import { simulationPlugin } from 'vitest-simulation/plugin'")
  expect(forgotten.exitCode).toBe(0)
  expect(printed(there)).not.toContain('has no simulationPlugin()')
})

test('overrides go by the name that each case has', async () => {
  const names = ['each a 1 overridden$', '^each 7$', '^a suite > for case 1 c$', '^in x > takes$']
  const overrides = names.map((name, index) => `{ test: /${name}/, iterations: ${index + 2} }`)
  const fixture = project('cases', `plugins: [simulationPlugin({ seed: 1, overrides: [${overrides.join(', ')}] })]`)
  await fixture.run(['--reporter=json', '--outputFile=report.json'])
  const metas = [...(await fixture.outcomes('report.json')).entries()].map(([title, { meta }]) => [
    title,
    meta.simulation?.iterations,
    meta.simulation?.planned,
  ])
  expect(metas).toEqual([
    ['each a 1 overridden', 2, 2],
    ['each b 2 overridden', 1, 1],
    ['each 7', 3, 3],
    ['each 8', 1, 1],
    ['for case 0 a', 1, 1],
    ['for case 1 c', 4, 4],
    ['takes', 5, 5],
  ])
})

test('vitest list finds every simulation, with its project', async () => {
  const { root } = project('suite', 'plugins: [simulationPlugin()]')
  const { stdout, exitCode } = await runVitest({ root, args: ['list'] })
  expect(exitCode).toBe(0)
  expect(stdout.trim().split('\n').sort()).toEqual([
    'bank.test.ts > constructor',
    'bank.test.ts > misses some',
    'bank.test.ts > passes when it is tried again',
    'bank.test.ts > pays (once)  & never twice?',
    'bank.test.ts > pays in a calm network',
    'plain.test.ts > an ordinary test has real time',
  ])
})
