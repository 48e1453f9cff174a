/**
 * One lane: our tarball in an empty project, on the asked versions of Vitest and Node, with the user suites
 * (`test/fixtures/e2e-*`, `test/lanes/fixtures/*`, `examples`) run by the real command line.
 *
 *   node test/lanes/run-lane.mjs --vitest 5.1.1 --node 24 --pool forks,threads [--tarball x.tgz] [--json out.json]
 *                                [--suite name] [--keep]
 *
 * A suite passes when every test passes. `expect.json` in its folder says otherwise:
 *   { "failing": ["full name of a test"], "output": ["text that must be printed"], "exit": 1 }
 */
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { judge } from './judge.mjs'
import { cleanEnvironment, createProject, nodeExecutable, pack, repository, run, writeTotals } from './project.mjs'

const { values: options } = parseArgs({
  options: {
    vitest: { type: 'string', default: '4.1' },
    node: { type: 'string', default: 'current' },
    pool: { type: 'string', default: 'forks' },
    suite: { type: 'string' },
    tarball: { type: 'string' },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
})

/** Every user suite: its name and folder. */
async function findSuites() {
  const suites = []
  const folder = join(repository, 'test/lanes/fixtures')
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) suites.push({ name: entry.name, folder: join(folder, entry.name) })
  }
  const examples = join(repository, 'examples')
  if (existsSync(join(examples, 'vitest.config.ts'))) suites.push({ name: 'examples', folder: examples })
  return suites.filter(({ name }) => options.suite === undefined || name === options.suite)
}

async function readJson(path) {
  return existsSync(path) ? JSON.parse(await readFile(path, 'utf8')) : null
}

async function runSuite({ node, project, suite, pool }) {
  const root = join(project, suite.name)
  const report = join(project, `${suite.name}-${pool}.json`)
  const vitest = join(project, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const result = await run(node, [vitest, 'run', '--root', root, '--pool', pool, ...reporters], {
    cwd: project,
    env: cleanEnvironment(),
  })
  const expected = (await readJson(join(root, 'expect.json'))) ?? {}
  return { output: result.output, ...judge({ report: await readJson(report), expected, result }) }
}

/** Do the types of the package, and the suites written against them, compile with this version of Vitest? */
async function runTypes({ node, project, suites }) {
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    allowImportingTsExtensions: true,
  }
  const include = suites.map(({ name }) => `${name}/**/*.ts`)
  const types = { ...compilerOptions, lib: ['es2023', 'esnext.disposable'], types: ['node'] }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: types, include }))
  const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc')
  const { output } = await run(node, [compiler, '-p', project, '--pretty', 'false'], { cwd: project })
  const errors = output.split('\n').filter((line) => /error TS/.test(line))
  const ours = errors.filter(
    (line) => !line.startsWith('node_modules/') || line.startsWith('node_modules/vitest-simulation/'),
  )
  return { output: ours.join('\n'), passed: ours.length === 0 ? 1 : 0, problems: ours.slice(0, 20) }
}

async function main() {
  const node = await nodeExecutable(options.node)
  const version = (await run(node, ['--version'])).stdout.trim().slice(1)
  const work = await mkdtemp(join(tmpdir(), 'vitest-simulation-lane-'))
  const tarball = options.tarball ? resolve(options.tarball) : (await pack({ build: true, into: work })).tarball
  const { devDependencies } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
  const ofExamples = ['ioredis', 'p-debounce', 'tarn'].map((name) => `${name}@${devDependencies[name]}`)
  const packages = [tarball, `vitest@${options.vitest}`, '@types/node@22', ...ofExamples]
  const project = await createProject({ node, packages })
  const suites = await findSuites()
  const rows = []
  const record = (name, outcome) => {
    const failed = outcome.problems.length
    rows.push({ name, passed: outcome.passed, failed, problems: outcome.problems })
    const lane = `vitest ${options.vitest} · node ${version}`
    console.log(`${failed === 0 ? '✓' : '×'} ${lane} · ${name}: ${outcome.passed} passed, ${failed} failed`)
    if (failed > 0) console.log(`${outcome.output}\n${outcome.problems.map((text) => `  × ${text}`).join('\n')}`)
  }
  for (const suite of suites) {
    await cp(suite.folder, join(project, suite.name), { recursive: true })
  }
  if (suites.length === 0) record('suites', { passed: 0, problems: ['no suite was found'], output: '' })
  else record('types', await runTypes({ node, project, suites }))
  for (const pool of options.pool.split(',')) {
    for (const suite of suites) record(`${pool} · ${suite.name}`, await runSuite({ node, project, suite, pool }))
  }
  if (options.keep) console.log(`kept: ${project}`)
  else await rm(project, { recursive: true, force: true })
  await rm(work, { recursive: true, force: true })
  await writeTotals(rows, options.json)
}

await main()
