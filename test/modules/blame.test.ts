/** A seed that runs in two ways says which module keeps what differs. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitest } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const sleeps = (what: string, modules: string): string =>
  `simulation.test('drifts', { modules: '${modules}', determinism: 1, iterations: 2 }, (sim) => sim.sleep(${what}))\n`

/** Test files, each of a simulation that does something else each time. */
const tests: Readonly<Record<string, string>> = {
  module: `import './other.ts'\nimport { use } from './user.ts'\n${sleeps('use()', 'shared')}`,
  package: `import { next } from 'cjs-counter'\n${sleeps('next()', 'shared')}`,
  itself: `import { next } from './counter.ts'\nlet own = 0\n${sleeps('next() + ++own', 'seed')}`,
  shares: `import { pure } from './pure.ts'\nlet own = 0\n${sleeps('pure(++own)', 'shared')}`,
  alone: `let own = 0\n${sleeps('++own', 'seed')}`,
  over: `import { cached } from './cache.ts'\n${sleeps('cached()', 'shared')}`,
}

const modules = {
  'counter.ts': 'let count = 0\nexport const next = (): number => ++count\n',
  'user.ts': `import { next } from './counter.ts'\nimport { pure } from './pure.ts'\nexport const use = (): number => pure(next())\n`,
  'pure.ts': 'export const pure = (n: number): number => n + 1\n',
  'other.ts': `import './pure.ts'\nexport const unused = 1\n`,
  'cache.ts': 'let full = false\nexport const cached = (): number => (full ? 1 : ((full = true), 2))\n',
}

const config = `${configHead}
export default defineConfig({ resolve: { alias: aliases }, plugins: [simulationPlugin()] })\n`

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[]
  }[]
}

let root = ''
const said = new Map<string, string>()

beforeAll(async () => {
  const files = Object.entries(tests).map(([name, text]) => [
    `${name}.test.ts`,
    `import { simulation } from 'vitest-simulation'\n${text}`,
  ])
  root = makeTemporaryProject({ files: { 'vitest.config.ts': config, ...modules, ...Object.fromEntries(files) } })
  const folder = join(root, 'node_modules/cjs-counter')
  mkdirSync(folder)
  writeFileSync(join(folder, 'index.js'), 'let count = 0\nexports.next = () => ++count\n')
  writeFileSync(join(folder, 'package.json'), '{ "name": "cjs-counter", "main": "index.js" }')
  await runVitest({ root, args: ['run', '--reporter=json', '--outputFile=report.json'] })
  const report = JSON.parse(readFileSync(join(root, 'report.json'), 'utf8')) as Report
  for (const { name, assertionResults } of report.testResults) {
    const [test] = assertionResults
    said.set(/(\w+)\.test\.ts$/.exec(name)?.[1] ?? '', test?.failureMessages.join('\n') ?? '')
  }
}, 60_000)

afterAll(() => rmSync(root, { recursive: true, force: true }))

/** What is said of the seed that drifts. */
function textOf(name: string): string {
  const text = said.get(name) ?? ''
  expect(text).toContain('the same seed ran differently')
  return text
}

test('the module whose counter goes on, among those that use it and those that do not', () => {
  expect(textOf('module')).toMatch(/^counter\.ts keeps state from run to run: .*set modules: 'seed'/m)
})

test('a package in CommonJS', () => {
  expect(textOf('package')).toMatch(/^node_modules\/cjs-counter\/index\.js keeps state from run to run/m)
})

test('the test file itself, where all that it imports is fresh', () => {
  expect(textOf('itself')).toMatch(
    /what survives is kept by itself\.test\.ts itself .*the module that it imports was evaluated anew/,
  )
  expect(textOf('itself')).not.toContain('keeps state')
})

test('and where its modules are shared, but none of them is it', () => {
  expect(textOf('shares')).toMatch(/what survives is kept by shares\.test\.ts itself/)
})

test('nothing of modules where there are none', () => {
  expect(textOf('alone')).not.toMatch(/keeps state|what survives/)
})

test('nothing false of what is over: a cache that the first run has filled', () => {
  expect(textOf('over')).toContain('the first run left something behind')
  expect(textOf('over')).not.toMatch(/keeps state|what survives/)
})
