/**
 * Executes the documentation: every `ts` block runs under real Vitest and compiles, every `sh` line is run or checked,
 * every output is compared with what is printed, every link leads somewhere. `UPDATE_DOCS=1` renews the outputs.
 */
import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import * as api from 'vitest-simulation'
import { maskTimes, runVitest, simulationReport, type VitestOutput } from '../helpers/run-vitest.ts'
import { repository } from '../lanes/project.mjs'
import { commandsOf, linksOf, pagePaths, readPage, updateOutput } from './pages.ts'
import { fileOf, makeProject, testsOf } from './project.ts'
import { parseCommand, vitestArguments } from './shell.ts'
import { typeErrorsOf } from './type-errors.ts'

const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
  readonly name: string
  readonly scripts: Readonly<Record<string, string>>
}

interface JsonReport {
  readonly testResults: readonly { readonly name: string; readonly status: string }[]
}

/** A failure's story, without Vitest's own diff and code, and the head of the report below it; or the report alone. */
const shown = ({ stdout, stderr }: VitestOutput): string => {
  const report = simulationReport(stdout)
  const story = /^ FAIL [^]*?(?=\n⎯|\n\n Simulation|\n *\n Simulation)/m.exec(stdout + stderr)?.[0]
  const told = story?.replace(/\n+(?:- Expected|Expected:| ❯ )[^]*/, '')
  const rows = report.split('\n').slice(0, 2).join('\n')
  return (told === undefined ? report : `${told.trimEnd()}\n\n${rows}`).replaceAll(/[ \t]+$/gm, '')
}

const mask = (text: string): string =>
  maskTimes(text)
    .replaceAll(/SIMULATION_(PLAN|EXPECT)=[\w-]+/g, 'SIMULATION_$1=…')
    .replaceAll(/[ \t]+$/gm, '')

/** The project of each page, by its path. */
const roots = new Map(pagePaths().map((path) => [path, makeProject(readPage(path), Object.keys(api))]))

afterAll(() => Promise.all([...roots.values()].map((root) => rm(root, { recursive: true, force: true }))))

test('the blocks of all pages compile', () => expect(typeErrorsOf([...roots.values()])).toBe(''))

describe.each(pagePaths())('%s', (path) => {
  const page = readPage(path)
  const tests = testsOf(page)
  const commands = commandsOf(page)
  const outputs = page.blocks.filter(({ language, name }) => language === 'text' && name.endsWith('.test.ts'))
  const root = roots.get(path) ?? ''

  const vitest = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<VitestOutput> =>
    runVitest({ root, args, env: { CI: '1', ...env }, timeoutMs: 170_000 })

  test('every link leads to a file', () => {
    const dead = linksOf(page).filter((link) => !existsSync(join(repository, dirname(path), normalize(link))))
    expect(dead).toEqual([])
  })

  test('it is short', () => {
    expect(page.text.trimEnd().split('\n').length).toBeLessThanOrEqual(path === 'README.md' ? 150 : 250)
  })

  test('every file that it names exists', () => {
    const named = [...page.text.matchAll(/`((?:src|plugin|reporter|test|examples)\/[\w./-]+\.(?:ts|md|mjs))`/g)]
    expect(named.map(([, file]) => file!).filter((file) => !existsSync(join(repository, file)))).toEqual([])
  })

  test('every block says what it is', () => {
    const known = new Set(['ts', 'sh', 'text', 'mermaid', 'yaml', 'json'])
    expect(page.blocks.filter(({ language }) => !known.has(language)).map(({ line }) => `${path}:${line}`)).toEqual([])
  })

  test.skipIf(tests.length === 0)('every block runs, and only those fail that say so', async () => {
    const all = await vitest(['run', '--reporter=json', '--outputFile=all.json', '--reporter=default'])
    const report = JSON.parse(readFileSync(join(root, 'all.json'), 'utf8')) as JsonReport
    const outcome = report.testResults.map(({ name, status }) => `${name.slice(root.length + 1)} ${status}`).sort()
    const expected = tests.map((block) => `${fileOf(block)} ${block.fails ? 'failed' : 'passed'}`)
    expect(outcome, all.stdout + all.stderr).toEqual(expected.sort())
  })

  for (const { name, text } of outputs) {
    test(`the output of ${name} is real`, async () => {
      const fails = tests.find((block) => block.name === name)?.fails === true
      const output = await vitest(['run', name])
      expect(output.exitCode, output.stdout + output.stderr).toBe(fails ? 1 : 0)
      const real = shown(output)
      if (process.env['UPDATE_DOCS'] && mask(text) !== mask(real)) updateOutput(path, name, real)
      else expect(mask(text), 'UPDATE_DOCS=1 renews it').toBe(mask(real))
    })
  }

  for (const line of new Set(commands)) {
    test(`works: ${line}`, async () => {
      for (const part of line.split(' && ')) await works(part)
    })
  }

  /** Runs a command of Vitest; of npm's, checks that it names this package, or a script that exists. */
  const works = async (line: string): Promise<void> => {
    if (line.startsWith('npm install ')) return expect(line).toContain(manifest.name)
    if (line === 'npm ci' || line === 'npm cit' || line === '.ci/run') return
    if (line.startsWith('npm run ')) return expect(Object.keys(manifest.scripts)).toContain(line.split(' ')[2])
    const command = parseCommand(line)
    // Commands for the repository itself; the suite that they name runs anyway.
    if (path.startsWith('.github/') || path.startsWith('test/')) {
      return vitestArguments(command)
        .filter((word) => word.startsWith('test/'))
        .forEach((file) => {
          expect(existsSync(join(repository, file)), file).toBe(true)
        })
    }
    const output = await vitest(vitestArguments(command), command.env)
    const names = vitestArguments(command).filter((word) => word.endsWith('.test.ts'))
    const fails = tests.some((block) => block.fails && (names.length === 0 || names.includes(block.name)))
    expect(output.exitCode, output.stdout + output.stderr).toBe(fails ? 1 : 0)
  }
})
