/**
 * What the lanes and the package tests share: another Node from npm, the packed tarball, an empty project around it.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(repository, '.ci', 'lanes')

/** Variables that change what Vitest prints, or that belong to the Vitest or npm run around us. */
const foreign = /^(VITEST|SIMULATION_|npm_(?!config_)|NODE_OPTIONS$|NODE_V8_COVERAGE$|FORCE_COLOR$|GITHUB_)/
const assistants = /^(AI_AGENT|CLAUDE|CODEX|CURSOR_|GEMINI_CLI|OPENCODE|AUGMENT_AGENT|GOOSE_|REPL_ID|ANTIGRAVITY)/

/** The environment of a user's terminal in CI: ours without the traces of this run. */
export function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name) && !assistants.test(name))
  return { ...Object.fromEntries(kept), CI: 'true', NO_COLOR: '1', ...extra }
}

/** Runs a command to its end and answers with its exit code and everything it printed; it never rejects. */
export function run(command, args, { cwd, env = cleanEnvironment(), timeoutMs = 300_000 } = {}) {
  return new Promise((resolve) => {
    const options = { cwd, env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 64 << 20 }
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      const reason = error !== null && typeof error.code !== 'number' ? `\n${error.message}` : ''
      resolve({ code, stdout, stderr, output: stdout + stderr + reason })
    })
    child.stdin?.end()
  })
}

async function must(command, args, options) {
  const result = await run(command, args, options)
  if (result.code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${result.code}\n${result.output}`)
  return result
}

/** Path of the executable of a Node version: 'current', a major ('24') or an exact version. Installed once, from npm. */
export async function nodeExecutable(version) {
  if (version === 'current' || process.version.slice(1).split('.')[0] === version) return process.execPath
  const folder = join(cache, `node-${version}`)
  const windows = process.platform === 'win32'
  const executable = join(folder, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node')
  if (existsSync(executable)) return executable
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  // The package `node` only picks this one in an install script; npm may refuse to run those.
  const platform = `node-${windows ? 'win' : process.platform}-${process.arch}`
  await npm(process.execPath, ['install', `node@npm:${platform}@${version}`], folder)
  return executable
}

/** Runs npm on the given Node, so that `engines` and native packages fit. */
export async function npm(node, args, cwd) {
  const env = cleanEnvironment({ PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` })
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  return await must('npm', [...args, ...quiet], { cwd, env })
}

/**
 * Packs this package and answers with the tarball's path and the files in it.
 * `build: false` packs `dist` as it is: needed while other tests read it.
 */
export async function pack({ build, into }) {
  await mkdir(into, { recursive: true })
  if (!build && !existsSync(join(repository, 'dist', 'index.js'))) {
    throw new Error('dist is missing: run `npm run build` first')
  }
  // With the build, its messages come first; the json starts at the line that is `[`.
  const args = ['pack', '--json', '--pack-destination', into, ...(build ? [] : ['--ignore-scripts'])]
  const { stdout } = await must('npm', args, { cwd: repository })
  const [packed] = JSON.parse(stdout.slice(stdout.search(/^\[\s*$/m)))
  return { tarball: join(into, packed.filename), files: packed.files.map((file) => file.path), bytes: packed.size }
}

/** An empty project outside this repository (so that nothing resolves to our node_modules), with these packages. */
export async function createProject({ node = process.execPath, packages }) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'vitest-simulation-')))
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  await npm(node, ['install', '--save-dev', ...packages], folder)
  return folder
}

/** Ends a lane: writes the sums as json (for `.ci/run`) and sets the exit code. */
export async function writeTotals(rows, path) {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0)
  const totals = { passed: sum('passed'), failed: sum('failed') }
  if (path) {
    await mkdir(dirname(resolve(path)), { recursive: true })
    await writeFile(path, JSON.stringify({ ...totals, rows }, null, 2))
  }
  if (totals.failed > 0) process.exitCode = 1
}
