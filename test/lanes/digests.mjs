/**
 * The digest law across Node versions: the golden files (`test/**` with `golden` or `digest` in the path) must hold
 * unchanged on each of them, because a seed's digest does not depend on the Node that runs it.
 *
 *   node test/lanes/digests.mjs --node 20,22,24,26 [--json out.json]
 */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from './judge.mjs'
import { nodeExecutable, repository, run, writeTotals } from './project.mjs'

const { values: options } = parseArgs({
  options: { node: { type: 'string', default: '20,22,24,26' }, json: { type: 'string' } },
})

async function main() {
  const all = await readdir(join(repository, 'test'), { recursive: true })
  const golden = all.filter((path) => /golden|digest/.test(path) && path.endsWith('.test.ts') && !/fixtures/.test(path))
  const rows = []
  const work = await mkdtemp(join(tmpdir(), 'vitest-simulation-digests-'))
  for (const version of golden.length === 0 ? [] : options.node.split(',')) {
    const node = await nodeExecutable(version)
    const report = join(work, `node-${version}.json`)
    const files = golden.map((path) => join('test', path))
    const args = ['run', ...files, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs')
    const result = await run(node, [vitest, ...args], { cwd: repository })
    const json = existsSync(report) ? JSON.parse(await readFile(report, 'utf8')) : null
    const { passed, problems } = judge({ report: json, expected: {}, result })
    rows.push({ name: `node ${version}`, passed, failed: problems.length, problems })
    console.log(
      `${problems.length === 0 ? '✓' : '×'} digests · node ${version}: ${passed} passed, ${problems.length} failed`,
    )
    if (problems.length > 0) console.log(`${result.output}\n${problems.map((text) => `  × ${text}`).join('\n')}`)
  }
  await rm(work, { recursive: true, force: true })
  if (golden.length === 0) {
    const problem = 'no golden file: the digest law needs test files with `golden` or `digest` in their path'
    rows.push({ name: 'golden files', passed: 0, failed: 1, problems: [problem] })
    console.log(`× ${problem}`)
  }
  await writeTotals(rows, options.json)
}

await main()
