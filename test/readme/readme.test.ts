/**
 * Executes the README: every `ts` block runs under real Vitest and compiles, every `sh` line is run or checked, every
 * output is compared with what is printed. `UPDATE_README=1` renews the outputs.
 */
import { readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as api from 'vitest-simulation'
import { maskTimes, runVitest, simulationReport, type VitestOutput } from '../helpers/run-vitest.ts'
import { repository } from '../lanes/project.mjs'
import { blocksOf, commandsOf, readReadme, updateOutput } from './blocks.ts'
import { fileOf, makeProject } from './project.ts'
import { parseCommand, vitestArguments } from './shell.ts'
import { typeErrorsOf } from '../docs/type-errors.ts'

const readme = readReadme()
const blocks = blocksOf(readme)
const commands = commandsOf(blocks)
const failing = 'payment.test.ts'
const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  name: string
  scripts: Record<string, string>
  peerDependencies: Record<string, string>
  engines: { node: string }
}

let root: string
let counter: VitestOutput
let payment: VitestOutput
let all: VitestOutput

const vitest = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<VitestOutput> =>
  runVitest({ root, args, env })

beforeAll(async () => {
  root = makeProject(blocks, Object.keys(api))
  counter = await vitest(['run', 'counter.test.ts'])
  payment = await vitest(['run', failing], { CI: '1' })
  all = await vitest(['run', '--reporter=json', '--outputFile=all.json', '--reporter=default'], { CI: '1' })
})

afterAll(() => rm(root, { recursive: true, force: true }))

describe('ts blocks', () => {
  test('every file runs, and only the broken one fails', async () => {
    interface Report {
      readonly testResults: { readonly name: string; readonly status: string; readonly message: string }[]
    }
    const report = JSON.parse(await readFile(join(root, 'all.json'), 'utf8')) as Report
    const outcome = report.testResults.map(({ name, status }) => `${name.slice(root.length + 1)} ${status}`).sort()
    const files = blocks.filter(({ language, name }) => language === 'ts' && name !== 'vitest.config.ts').map(fileOf)
    const expected = files.map((file) => `${file} ${file === failing ? 'failed' : 'passed'}`)
    expect(outcome, all.stdout).toEqual(expected.sort())
    expect(all.stdout, 'every sometimes is evaluated and reached').not.toMatch(/never(?::| evaluated)/)
  })

  test('compile', () => expect(typeErrorsOf([root])).toBe(''))
})

describe('outputs', () => {
  const mask = (text: string): string =>
    maskTimes(text)
      .replaceAll(/SIMULATION_PLAN=[\w-]+/g, 'SIMULATION_PLAN=…')
      .replaceAll(/[ \t]+$/gm, '')
  const same = (name: string, real: string): void => {
    const shown = blocks.find((block) => block.language === 'text' && block.name === name)?.text ?? ''
    if (process.env['UPDATE_README'] && mask(shown) !== mask(real)) updateOutput(name, real)
    else expect(mask(shown), 'UPDATE_README=1 renews it').toBe(mask(real))
  }

  test('of the test that passes', () => {
    expect(counter.exitCode, counter.stdout).toBe(0)
    same('counter.test.ts', simulationReport(counter.stdout))
  })

  test('of the test that fails', () => {
    expect(payment.exitCode).toBe(1)
    const story =
      /^ FAIL [^]*?\n +whole seed: .*\n/m.exec(payment.stdout + payment.stderr)?.[0] ?? 'no failure was printed'
    const [title, row] = simulationReport(payment.stdout).split('\n')
    same(failing, `${story}\n${title}\n${row}`)
  })

  test('there is no other', () => {
    expect(blocks.filter(({ language }) => language === 'text').map(({ name }) => name)).toEqual([
      'counter.test.ts',
      failing,
    ])
  })
})

describe('sh blocks', () => {
  test('name this package and scripts that exist', () => {
    const npm = commands.filter((line) => line.startsWith('npm '))
    expect(npm).toEqual([`npm install --save-dev vitest ${manifest.name}`, 'npm ci && npm run demo', 'npm cit'])
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(['demo', 'test']))
    expect(readme).toContain(manifest.engines.node.replace('>=', 'Node '))
    expect(manifest.peerDependencies['vitest']).toBe('^4.1.0 || ^5.0.0')
    expect(readme).toContain('Vitest 4.1 or 5')
  })

  test('other seeds and counts do what is said', async () => {
    const others = commands.filter((line) => line.includes('vitest run ')).map(parseCommand)
    expect(others).toHaveLength(2)
    const [seed, soak] = await Promise.all(
      others.map((command) => vitest(vitestArguments(command), { ...command.env, CI: '1' })),
    )
    expect(simulationReport(seed?.stdout ?? '')).toMatch(/1 iteration · .* · seed 0 \(--seed\)/)
    expect(soak?.exitCode).toBe(0)
    expect(simulationReport(soak?.stdout ?? '')).toContain('1 test · 5,000 iterations')
  })

  test('the printed commands replay the failure, in other processes', async () => {
    const text = payment.stdout + payment.stderr
    const printed = [...text.matchAll(/^ +(?:replay|whole seed): (SIMULATION_SEED=.*)$/gm)].map(([, line]) => line!)
    const lines = [...new Set(printed)].sort((a, b) => b.length - a.length).map(parseCommand)
    expect(lines, 'of the minimal failure, and of the whole seed').toHaveLength(2)
    const [minimal, whole] = lines
    const [first, second] = await Promise.all(
      [minimal!, whole!].map((command) => vitest(vitestArguments(command), { ...command.env, CI: '1' })),
    )
    const moment = (text: string): string => /\d[\d.,]* ms virtual, event .*/.exec(text)?.[0] ?? 'nothing'
    expect(moment(first!.stdout + first!.stderr)).toBe(moment(text))
    expect(moment(second!.stdout + second!.stderr)).toBe(moment(text))
    const summary = (text: string): string =>
      /BodyFailed.*iteration \d+, (.*)$/m.exec(simulationReport(text))?.[1] ?? ''
    expect(summary(second!.stdout)).toBe(summary(payment.stdout))
  })
})

test('it is short, and every block says what it is', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(301)
  expect(new Set(blocks.map(({ language }) => language))).toEqual(new Set(['sh', 'ts', 'text']))
})
