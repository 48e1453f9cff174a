/** A user's suite under real Vitest: verdicts, reports in every format, both pools, kept seeds, replay. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SimulationMeta } from '../../reporter/contract.ts'
import { maskTimes, simulationReport, type VitestOutput } from '../helpers/run-vitest.ts'
import { type Command, parseCommand, vitestArguments } from '../docs/shell.ts'
import { type Outcome, type Project, printed, project, removeProjects } from './project.ts'

const config = `plugins: [simulationPlugin({ seed: 42 })]`
/** Two blanks: the printed command must find it all the same. */
const paying = 'pays (once)  & never twice?'

let forks: Project
let inForks: VitestOutput
let outcomes: ReadonlyMap<string, Outcome>
let threads: Project
let inThreads: VitestOutput

const files = ['--outputFile.json=report.json', '--outputFile.junit=report.xml', '--outputFile.blob=blobs/one.json']
const formats = ['default', 'json', 'junit', 'blob', 'github-actions'].map((name) => `--reporter=${name}`)

beforeAll(async () => {
  forks = project('suite', config)
  threads = project('suite', config)
  const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: join(forks.root, 'summary.md') }
  const inCi = ['--pool=threads', '--reporter=dot', '--reporter=json', '--outputFile.json=report.json']
  ;[inForks, inThreads] = await Promise.all([
    forks.run([...formats, ...files], github),
    threads.run(inCi, { CI: 'true' }),
  ])
  outcomes = await forks.outcomes('report.json')
})

afterAll(removeProjects)

const metaOf = (title: string): SimulationMeta => outcomes.get(title)?.meta.simulation as SimulationMeta
/** The two projects lie in folders of their own. */
const withoutFolder = ({ kind, name, line, hits, misses }: SimulationMeta['sites'][number]): object => ({
  kind,
  name,
  line,
  hits,
  misses,
})

const messageOf = (title: string): string => outcomes.get(title)?.failureMessages.join('\n') ?? ''

describe('verdicts', () => {
  test('are those of the bodies', () => {
    expect([...outcomes].map(([title, { status }]) => `${status} ${title}`).sort()).toEqual([
      `failed misses some`,
      `failed ${paying}`,
      'passed an ordinary test has real time',
      'passed constructor',
      'passed passes when it is tried again',
      'passed pays in a calm network',
    ])
    expect(inForks.exitCode).toBe(1)
  })

  test('a failure has its minimal fault, the events that led to it and the command', () => {
    expect(messageOf(paying)).toMatch(/expected 20 to be 10/)
    expect(messageOf(paying)).toMatch(/minimal faults, 1 of \d+:\n +[\d.]+ ms {2}loss bank → shop response pay #1/)
    expect(messageOf(paying)).toMatch(
      /what happened in the minimal run:\n +(?:shop +bank|bank +shop)\n(?: +[\d.]+ ms .*\n){5}/,
    )
    expect(messageOf(paying)).toMatch(/─ pay #1 → done ─+✗│ {2}loss/)
    expect(messageOf(paying)).toMatch(
      /replay: SIMULATION_SEED=\d+ SIMULATION_PLAN=\S+ npx vitest run bank\.test\.ts -t '/,
    )
  })

  test('missed coverage has file and line', () => {
    expect(messageOf('misses some')).toContain('2 of the required sites were never reached in 20 iterations')
    expect(messageOf('misses some')).toContain('never: a negative seed (false 20×)  bank.test.ts:23')
    expect(messageOf('misses some')).toContain('never: nobody comes here (never evaluated)  bank.test.ts:24')
    expect(metaOf('misses some')).toMatchObject({ stopReason: 'coverage missed', iterations: 20 })
  })

  test('a retry runs everything again', () => {
    expect(printed(inForks)).toMatch(/passes when it is tried again .*\(retry x1\)/)
  })
})

describe('reports', () => {
  test('the table', () => {
    const masked = maskTimes(simulationReport(inForks.stdout))
      .replaceAll(/SIMULATION_SEED=\d+/g, 'SIMULATION_SEED=N')
      .replaceAll(/seed \d{5,}/g, 'seed N')
    const line = (text: string): string => masked.split('\n').find((one) => one.includes(text)) ?? ''
    expect(line(' Simulation ')).toMatch(/5 tests · \d+ iterations · .* · seed 42 \(plugin\)/)
    expect(line('pays in a calm')).toMatch(/✓ .* 10 iterations +sometimes 2\/2/)
    expect(line(paying)).toMatch(/× .* \d+ of 100 +seed N/)
    expect(line('misses some')).toMatch(/× .* 20 of 20 +sometimes 0\/2/)
    expect(line('never: a negative seed')).toMatch(/bank\.test\.ts:23$/)
    expect(line('the manager is asked')).toMatch(/never evaluated by any simulation: .* {2}bank\.ts:8$/)
    expect(masked).toMatch(/ loss +\d+ +\d+/)
  })

  test('json carries everything as meta', () => {
    const meta = metaOf(paying)
    expect(meta).toMatchObject({ version: 1, status: 'failed', seed: 42, seedSource: 'plugin', planned: 100 })
    expect(meta.failures).toHaveLength(1)
    expect(meta.failures[0]).toMatchObject({
      kind: 'BodyFailed',
      name: 'AssertionError',
      digest: expect.stringMatching(/^\w+$/),
    })
    expect(meta.sites).toContainEqual(expect.objectContaining({ kind: 'sometimes', name: 'a large payment', line: 7 }))
    expect(outcomes.get('an ordinary test has real time')?.meta.simulation).toBeUndefined()
  })

  test('junit, github-actions and the step summary have seed and command', async () => {
    expect(await forks.read('report.xml')).toMatch(/SIMULATION_SEED=\d+/)
    expect(printed(inForks)).toMatch(
      /::error file=.*bank\.test\.ts,.*SIMULATION_SEED%3D\d+|::error file=.*bank\.test\.ts,.*SIMULATION_SEED=\d+/,
    )
    expect(await forks.read('summary.md')).toMatch(/## Simulation[^]*❌ \| pays/)
  })

  test('blobs merge into the same table, here with every site', async () => {
    const merged = await forks.run(['--merge-reports=blobs', '--reporter=verbose'])
    const rows = (output: VitestOutput): string[] =>
      simulationReport(output.stdout)
        .split('\n')
        .filter((line) => /^ {3}[✓×⧖] /.test(line))
    expect(rows(merged)).toEqual(rows(inForks))
    expect(simulationReport(merged.stdout)).toMatch(/sometimes paid +10 of 10 +100 % +42 +bank\.test\.ts:10/)
    expect(merged.exitCode).toBe(1)
  })
})

describe('pools', () => {
  test('threads do what forks do, seed by seed', async () => {
    const other = await threads.outcomes('report.json')
    for (const title of ['pays in a calm network', paying, 'misses some']) {
      const { iterations, virtualMs, events, sites, faults, failures } = metaOf(title)
      const digests = failures.map(({ seed, digest }) => ({ seed, digest }))
      const theirs = other.get(title)?.meta.simulation as SimulationMeta
      expect(theirs, title).toMatchObject({
        iterations,
        virtualMs,
        events,
        sites: sites.map((site) => expect.objectContaining(withoutFolder(site)) as unknown),
        faults,
      })
      expect(
        theirs.failures.map(({ seed, digest }) => ({ seed, digest })),
        title,
      ).toEqual(digests)
    }
    expect(simulationReport(inThreads.stdout)).toContain('5 tests')
  })
})

describe('kept seeds', () => {
  const kept = (of: Project): string => join(of.root, '__simulations__', 'bank.test.ts.json')

  test('are written beside the test, with the minimal plan, but not in CI', async () => {
    expect(existsSync(kept(threads))).toBe(false)
    const seed = metaOf(paying).failures[0]?.seed
    const theLoss: unknown = expect.stringMatching(/^loss bank → shop (#\d+|response pay no\. \d+)$/)
    expect(JSON.parse(await forks.read('__simulations__/bank.test.ts.json'))).toMatchObject({
      version: 1,
      tests: { [paying]: [{ seed, failure: 'BodyFailed: AssertionError', plan: { faults: [theLoss] } }] },
    })
  })

  test('run first; a given seed runs alone; the printed commands fail the same way', async () => {
    const lines = printed(inForks).match(/^ +(?:replay|whole seed): SIMULATION_SEED=.*once.*$/gm) ?? []
    const commands = [...new Set(lines.map((line) => line.replace(/^ +[\w ]+: /, '')))]
    const [minimal, whole] = commands.sort((a, b) => b.length - a.length).map(parseCommand)
    const replay = (command: Command | undefined, env: Record<string, string>) =>
      forks.run(vitestArguments(command!).slice(1), { ...command!.env, ...env })
    const [again, first, second] = await Promise.all([
      forks.run(['bank.test.ts', '-t', 'never twice\\?$'], { CI: '1' }),
      replay(minimal, {}),
      replay(whole, { CI: '1' }),
    ])
    expect(simulationReport(again.stdout)).toMatch(/× pays \(once\).* 1 of 10[01] /)
    for (const output of [first, second]) {
      expect(printed(output)).toContain('expected 20 to be 10')
      expect(printed(output)).toMatch(/Tests +1 failed \| 4 skipped/)
      expect(simulationReport(output.stdout)).toMatch(/1 test · 4 skipped · 1 iteration · .*\(SIMULATION_SEED\)/)
    }
    const moment = (output: VitestOutput): string => /[\d.]+ ms virtual, event \d+.*/.exec(printed(output))?.[0] ?? ''
    expect(moment(first)).toBe(/[\d.]+ ms virtual, event \d+.*/.exec(messageOf(paying))?.[0])
    expect(moment(second)).toBe(moment(first))
    expect(printed(first), 'a replayed plan prints itself').toMatch(/^ +replay: SIMULATION_SEED=\d+ SIMULATION_PLAN=/m)
    expect(await forks.read('__simulations__/bank.test.ts.json'), 'and stays').toMatch(
      /"loss bank → shop (#\d+|response pay no\. \d+)"/,
    )
  })
})

test('--bail ends the run; what was cut off has not passed', async () => {
  const bailed = await threads.run(['--bail=1', '--reporter=default'], { CI: 'true' })
  expect(bailed.exitCode).toBe(1)
  expect(printed(bailed)).toMatch(/Tests +1 failed \| 1 passed.* \(5\)/)
  expect(simulationReport(bailed.stdout)).toMatch(/⧖ misses some +0 of 20 +stopped before its verdict/)
})
