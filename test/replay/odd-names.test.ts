/** Whatever a test is called: the command that is printed for it runs it and nothing else, wherever it was copied from. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ReplayProject, type Run, removeProjects, replayProject } from './project.ts'

afterAll(removeProjects)

const timeout = 240_000

const names = [
  `it's "odd"`,
  'costs $5 in $HOME and $(id)',
  'runs `id`',
  'two\nlines',
  'crlf\r\nline',
  'a\ttab',
  'a\u0007bell',
  'is \u001b[31mred\u001b[0m',
  'a c1 \u009b31m control',
  'goes \u202eback',
  'isolates \u2066a\u2069 part',
  'marks \u200e\u200fand \u061c directions',
  'byte \ufefforder \u200bmark',
  'line\u2028separator\u2029s',
  'half \ud83d a pair',
  '(a|b)* [x-y]+ {2,3} ^ $ . ? \\ \\d /',
  '🙂 👩‍💻 日本',
  '-t is no option',
  '--run',
  'a > b > c',
  ' blanks around ',
  'a   few  blanks',
  'no\u00a0break',
  '100 % & ; ! ~ # = : , < | >',
  '::error::no command',
  'vso ##[error]no command ##vso[task.complete]',
  '\\u0041',
  '*bold* <b>',
  '42',
]

const suite = `
import { simulation } from 'vitest-simulation'
const names = ${JSON.stringify(names)}
for (const name of names) simulation.test(name, () => { throw new Error('planted') })
simulation.test('passes', () => {})
`

const commandsOf = (text: string): string[] =>
  [...text.matchAll(/^ *(?:replay: )?(SIMULATION_SEED=\d+ SIMULATION_EXPECT=\S+ npx vitest run .*)$/gm)].map(
    ([, command]) => command as string,
  )

let project: ReplayProject
let run: Run
let summary: string

beforeAll(async () => {
  project = replayProject('seed: 5, keepFailures: false')
  writeFileSync(join(project.root, 'odd.test.ts'), suite)
  const path = join(project.root, 'summary.md')
  run = await project.run('odd.test.ts', { GITHUB_STEP_SUMMARY: path })
  summary = readFileSync(path, 'utf8')
}, timeout)

describe('a test with an odd name', { timeout }, () => {
  test('has one command, wherever it is printed', () => {
    const inJson = names.map((name) => run.metas.get(name)?.failures[0])
    expect(inJson).not.toContain(undefined)
    const commands = inJson.map((failure) => failure?.replay as string)
    expect(new Set(commands).size).toBe(names.length)
    expect(inJson.map((failure) => commandsOf(failure?.message ?? '')).flat(), 'in the failure').toEqual(commands)
    const printed = commandsOf(run.text)
    // Once in the failure, once in the report.
    // The summary names the first twenty.
    const inSummary = new Set(commands.slice(0, 20))
    for (const command of commands) {
      expect(
        printed.filter((one) => one === command),
        command,
      ).toHaveLength(2)
      expect(
        summary.split('\n').filter((line) => line === command),
        command,
      ).toHaveLength(inSummary.has(command) ? 1 : 0)
    }
    expect(commands.join('')).not.toMatch(/[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]/u)
  })

  test('is the only one that its pattern matches, as a shell passes it on', () => {
    for (const name of names) {
      const command = run.metas.get(name)?.failures[0]?.replay as string
      const pattern = /^(.*)\0$/s.exec(wordAfter(command, '-t'))?.[1] as string
      expect(pattern, 'no option').not.toMatch(/^-/)
      expect(
        [...names, 'passes'].filter((one) => new RegExp(pattern).test(one)),
        command,
      ).toEqual([name])
    }
  })

  test.each([`it's "odd"`, 'two\nlines', 'half \ud83d a pair', '-t is no option'])('is run by it: %j', async (name) => {
    const again = await project.paste(run.metas.get(name)?.failures[0]?.replay as string)
    expect([...again.metas.keys()], again.text).toEqual([name])
    expect(again.exitCode).toBe(1)
  })
})

/** The word after an option of a command, taken apart by a shell, with a zero byte at its end. */
function wordAfter(command: string, option: string): string {
  const print = `printf '%s\\0' ${command.slice(command.indexOf(` ${option} `) + option.length + 2)}`
  return execFileSync('bash', ['-c', print], { encoding: 'utf8' })
}

describe('a replay that runs no test', { timeout }, () => {
  test('says so and fails', async () => {
    const command = run.metas.get('42')?.failures[0]?.replay as string
    for (const gone of [
      command.replace('42$', () => '43$'),
      command.replace(/SIMULATION_EXPECT=\S+/, '').replace('42$', () => '43$'),
    ]) {
      const again = await project.paste(gone)
      expect(again.exitCode, again.text).toBe(1)
      expect(again.text).toMatch(/the replay of seed \d+ ran no simulation: none matches -t '43\$'/)
    }
  })

  test('is none when a seed is only set for all', async () => {
    writeFileSync(join(project.root, 'unit.test.ts'), "import { test } from 'vitest'\ntest('unit', () => {})\n")
    const unit = await project.run('unit.test.ts -t unit', { SIMULATION_SEED: '7' })
    expect(unit.exitCode, unit.text).toBe(0)
  })
})
