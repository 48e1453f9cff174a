/** The report beside every reporter of Vitest: people find it, and programs find their own format. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { version } from 'vitest/node'
import type { SimulationReport } from '../../reporter/index.ts'
import { simulationReport } from '../helpers/run-vitest.ts'
import { type Project, project, removeProjects } from './project.ts'
import { parseReport } from './report-schema.ts'

afterAll(removeProjects)

const isFour = version.startsWith('4.')
const plugin = `plugins: [simulationPlugin({ seed: 42, outputFile: 'out/simulation.json' })]`

const withReporters = (list: string): Project => project('report', `${plugin}, test: { reporters: ${list} }`)

const readReport = async (from: Project): Promise<SimulationReport> =>
  parseReport(await from.read('out/simulation.json'))

describe('for people', () => {
  test.each(['default', 'dot', 'verbose', 'tree', 'github-actions', 'blob'])('%s: all tables', async (reporter) => {
    const here = project('report', plugin)
    const { stdout } = await here.run([`--reporter=${reporter}`])
    const told = simulationReport(stdout)
    expect(told).toMatch(/^ {3}assertions +iterations +first seed +closest +place$/m)
    expect(told).toMatch(/^ {5}sometimes an even seed +11 of 20 +55 % +42 +report\.test\.ts:4$/m)
    expect(told).toMatch(/^ {5}always small +20 of 20 +100 % +42 +20 \(< 100\) +report\.test\.ts:6$/m)
    expect(told).toMatch(/^ {3}operations +ok +failed +unknown\n {5}put +73 +0 +27$/m)
    expect(told).toMatch(/^ {3}faults +injected +effective\n {5}loss +27 +27$/m)
    expect(told).toMatch(/^ {5}2 × InvariantViolation: nothing is lost\n( {9}seed 42 {2}loses (one|another)\n){2}/m)
  })
})

describe('for programs: stdout is theirs, and outputFile has the report', () => {
  const stdoutOf = async (list: string): Promise<string> => {
    const here = withReporters(list)
    const { stdout } = await here.run([], { GITHUB_ACTIONS: 'true' })
    expect((await readReport(here)).sites).toHaveLength(3)
    return stdout.trim()
  }

  test('json', async () => {
    const told = JSON.parse(await stdoutOf(isFour ? `['json']` : `[['json', { stdout: true }]]`)) as object
    expect(told).toMatchObject({ numTotalTests: 4, numFailedTests: 2 })
  })

  test('junit', async () => {
    const told = await stdoutOf(isFour ? `['junit']` : `[['junit', { stdout: true }]]`)
    expect(told).toMatch(/^<\?xml [^]*<\/testsuites>$/)
    expect(told.match(/<testcase /g)).toHaveLength(4)
  })

  test.each(['tap', 'tap-flat'])('%s', async (reporter) => {
    const lines = (await stdoutOf(`['${reporter}']`)).split('\n')
    expect(lines[0]).toBe('TAP version 13')
    const isTap = /^ *(?:TAP version 13|1\.\.\d+|(?:not )?ok \d+ - |# |---$|\.\.\.$|\})/
    // Between --- and ... stands YAML.
    const outside = lines.join('\n').replaceAll(/^( *)---\n[^]*?^ *\.\.\.$/gm, '')
    expect(outside.split('\n').filter((line) => line.trim() !== '' && !isTap.test(line))).toEqual([])
  })
})

describe('junit', () => {
  const properties = (xml: string, name: string): Record<string, string> => {
    const [, own = ''] = new RegExp(`<testcase [^>]*name="${name}"([^]*?)</testcase>`).exec(xml) ?? []
    return Object.fromEntries(
      [...own.matchAll(/<property name="([^"]*)" value="([^"]*)">/g)].map(([, k, is]) => [k, is]),
    )
  }

  test('has the facts of each simulation as properties, once, in a merge too', async () => {
    const here = project('report', plugin)
    const file = (name: string): string[] => ['--reporter=junit', `--outputFile.junit=${name}`]
    const direct = await here.run([
      ...file('direct.xml'),
      '--reporter=blob',
      '--outputFile.blob=blobs/all.json',
      '--reporter=default',
    ])
    expect(direct.stdout).not.toContain('simulation.seed')
    await here.run(['--merge-reports=blobs', ...file('merged.xml')])
    for (const name of ['direct.xml', 'merged.xml']) {
      const xml = await here.read(name)
      expect(properties(xml, 'reaches some')).toMatchObject({
        'simulation.seed': '42',
        'simulation.iterations': '20',
        'simulation.sometimes': '1/2',
        'simulation.never': 'never',
      })
      expect(properties(xml, 'loses one')).toMatchObject({
        'simulation.failure': 'InvariantViolation: nothing is lost',
        'simulation.failingSeed': '42',
        'simulation.replay': expect.stringMatching(/^SIMULATION_SEED=42 .*loses one/) as string,
      })
      expect(xml.match(/<property name="simulation.seed"/g)).toHaveLength(4)
    }
  })
})

describe('annotations of GitHub', () => {
  const errors = (stdout: string): string[] => stdout.split('\n').filter((line) => line.startsWith('::error '))

  test.each(['github-actions', 'dot'])('%s: one for each failing seed, with its place', async (reporter) => {
    const { stdout } = await project('report', plugin).run([`--reporter=${reporter}`], { GITHUB_ACTIONS: 'true' })
    const told = errors(stdout)
    expect(told.map((line) => /loses (?:one|another)/.exec(line)?.[0])).toEqual(['loses one', 'loses another'])
    for (const line of told) {
      expect(line).toMatch(/file=[^,]*report\.test\.ts,/)
      expect(line).toMatch(/[:,]line=19,|,line=19::/)
      expect(line).toMatch(/%0A {2}replay: SIMULATION_SEED=42 /)
    }
  })

  test('none outside of GitHub', async () => {
    expect(errors((await project('report', plugin).run(['--reporter=dot'])).stdout)).toEqual([])
  })

  test('one for each site that a required coverage lacks', async () => {
    const config = `plugins: [simulationPlugin({ seed: 1, coverage: 'required' })], test: { include: ['runs.test.ts'] }`
    const { stdout } = await project('coverage', config).run([], { GITHUB_ACTIONS: 'true' })
    expect(errors(stdout)).toEqual([
      "::error file=system.ts,line=12,title=same name::sometimes 'same name' at system.ts:12 was never evaluated by any simulation of the run",
    ])
  })
})

describe('merged blobs', () => {
  test('of slices: counts add up, the closest value wins', async () => {
    const slice = (index: number): string =>
      `{ extends: true, test: { name: 'sim ${index}/2', simulation: { seed: ${index} } } }`
    const here = project(
      'report',
      `plugins: [simulationPlugin({ outputFile: 'out/simulation.json' })], test: { projects: [${slice(1)}, ${slice(2)}] }`,
    )
    const parts: SimulationReport[] = []
    for (const index of [1, 2]) {
      const blob = ['--reporter=blob', `--outputFile=blobs/${index}.json`]
      const iterations = { SIMULATION_ITERATIONS: String(10 * index) }
      await here.run([`--project=sim ${index}/2`, '-t', 'works|reaches', ...blob], iterations)
      parts.push(await readReport(here))
    }
    expect(readdirSync(join(here.root, 'blobs'))).toHaveLength(2)
    await here.run(['--merge-reports=blobs'])
    const merged = await readReport(here)
    const [one, two] = parts
    const sum = (count: (of: SimulationReport) => number | undefined): number =>
      parts.reduce((all, part) => all + (count(part) ?? 0), 0)
    expect(merged.tests).toBe(2)
    expect(merged.iterations).toBe(sum(({ iterations }) => iterations))
    const even = (of: SimulationReport) => of.sites.find(({ name }) => name === 'an even seed')
    const small = (of: SimulationReport) => of.sites.find(({ name }) => name === 'small')
    expect(even(merged)?.hits).toBe(sum((of) => even(of)?.hits))
    expect(even(merged)?.firstSeed).toBe(even(one!)?.firstSeed ?? even(two!)?.firstSeed)
    expect(parts.map((of) => small(of)?.watermark)).toEqual([10, 20])
    expect(small(merged)).toMatchObject({ watermark: 20, bound: '< 100', iterations: 30 })
    const put = (of: SimulationReport) => of.rows.flatMap(({ operations }) => operations)[0]
    for (const kind of ['ok', 'failed', 'unknown'] as const)
      expect(put(merged)?.[kind]).toBe(sum((of) => put(of)?.[kind]))
    expect(merged.faults[0]?.injected).toBe(sum(({ faults }) => faults[0]?.injected))
  })
})

describe('a narrow terminal', () => {
  const report = async (columns: string): Promise<string[]> => {
    const here = project('long', plugin)
    return simulationReport((await here.run([], { COLUMNS: columns })).stdout).split('\n')
  }
  /** Columns: characters of East Asia take two. */
  const widthOf = (line: string): number => [...line].length + (line.match(/[\u3400-\u9fff]/g)?.length ?? 0)
  const isCommand = (line: string): boolean => /SIMULATION_SEED=/.test(line)

  test.each(['80', '60'])('of %s columns: no line is wider but commands, and no place is lost', async (columns) => {
    const lines = await report(columns)
    expect(lines.filter((line) => !isCommand(line) && widthOf(line) > Number(columns))).toEqual([])
    const places = lines.filter((line) => /^ {5}(?:sometimes|reachable) /.test(line))
    expect(places.map((line) => /\/orders\.test\.ts:(\d+)$/.exec(line)?.[1])).toEqual(['8', '10', '7', '9'])
    expect(places[0]).toMatch(/sometimes a.*….*was lost {2}/)
    expect(lines.join('\n')).toMatch(/closest 20 \(> 1000\)/)
  })

  test('twin: where nobody says how wide it is, all is in columns', async () => {
    const lines = await report('')
    const at = lines.findIndex((line) => line.startsWith('   assertions '))
    const rows = lines.slice(at, at + 5)
    const starts = rows.map((line) => widthOf(line.slice(0, line.search(/(?:packages\/|place$)/))))
    expect(new Set(starts).size, rows.join('\n')).toBe(1)
  })
})
