/**
 * The end-to-end part of our own suite on another Vitest and Node: a copy of the repository in which that Vitest is
 * installed, running every test file that starts a Vitest of its own (it imports `run-vitest` or calls `startVitest`).
 *
 *   node test/lanes/suite-lane.mjs --vitest 5.1.1 --node 24 [--json out.json] [--keep] [file …]
 */
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, readdir, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from './judge.mjs'
import { nodeExecutable, npm, repository, run, writeTotals } from './project.mjs'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    vitest: { type: 'string', default: '5.1.1' },
    node: { type: 'string', default: '24' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

/** At the top of the repository. */
const left = new Set(['.git', '.ci', 'node_modules', 'dist', 'coverage', '.vitest', '.vitest-reports'])

async function endToEndFiles() {
  const all = await readdir(join(repository, 'test'), { recursive: true })
  const files = all.filter((path) => path.endsWith('.test.ts') && !/fixtures|node_modules/.test(path))
  const found = []
  for (const path of files) {
    const text = await readFile(join(repository, 'test', path), 'utf8')
    const helpers = [...text.matchAll(/from '(\.\.?\/[^']+\.ts)'/g)].map(([, helper]) =>
      join('test', path, '..', helper),
    )
    const texts = [text]
    for (const helper of helpers) {
      if (helper.startsWith('test') && existsSync(join(repository, helper))) {
        texts.push(await readFile(join(repository, helper), 'utf8'))
      }
    }
    if (texts.some((content) => /run-vitest\.ts'|startVitest\(/.test(content))) found.push(join('test', path))
  }
  return found
}

async function main() {
  const files = positionals.length > 0 ? positionals : await endToEndFiles()
  const node = await nodeExecutable(options.node)
  const copy = await realpath(await mkdtemp(join(tmpdir(), 'vitest-simulation-suite-')))
  await cp(repository, copy, { recursive: true, filter: (path) => !left.has(relative(repository, path)) })
  // The coverage providers are of the very version of Vitest.
  const own = ['vitest', '@vitest/coverage-v8', '@vitest/coverage-istanbul'].map((name) => `${name}@${options.vitest}`)
  await npm(node, ['install', '--save-dev', ...own, '@types/node@24'], copy)
  // The page of a timeline has a script that the build makes.
  await npm(node, ['run', 'build'], copy)
  const report = join(copy, 'report.json')
  const args = ['run', ...files, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs')
  const result =
    files.length === 0
      ? { code: 1, output: 'no test file starts a Vitest of its own' }
      : await run(node, [vitest, ...args], { cwd: copy, timeoutMs: 1_800_000 })
  const json = existsSync(report) ? JSON.parse(await readFile(report, 'utf8')) : null
  const { passed, problems } = judge({ report: json, expected: {}, result })
  const name = `vitest ${options.vitest} · node ${options.node} · our end-to-end tests (${files.length} files)`
  console.log(`${problems.length === 0 ? '✓' : '×'} ${name}: ${passed} passed, ${problems.length} failed`)
  if (problems.length > 0) console.log(`${result.output}\n${problems.map((text) => `  × ${text}`).join('\n')}`)
  if (options.keep) console.log(`kept: ${copy}`)
  else await rm(copy, { recursive: true, force: true })
  await writeTotals([{ name, passed, failed: problems.length, problems }], options.json)
}

await main()
