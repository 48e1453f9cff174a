/** Real Vitest on a copy of the fixture `e2e-replay`, and the commands that it prints, in a real shell. */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflateRawSync } from 'node:zlib'
import type { FailureSummary, SimulationMeta } from '../../reporter/contract.ts'
import type { PastedPlan } from '../../plugin/worker/replay/plan-text.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'

const fixture = fileURLToPath(new URL('../fixtures/e2e-replay', import.meta.url))
const vitest = join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs')

export interface Run {
  /** Everything that was printed. */
  readonly text: string
  readonly exitCode: number | null
  /** The tests that ran, by title. */
  readonly metas: ReadonlyMap<string, SimulationMeta>
}

const made: string[] = []

/** For `afterAll`. */
export function removeProjects(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true })
}

export interface ReplayProject {
  readonly root: string
  run(args?: string, env?: Readonly<Record<string, string>>): Promise<Run>
  /** Runs a printed command as it is. */
  paste(command: string, env?: Readonly<Record<string, string>>): Promise<Run>
  /** `__simulations__/<file>.json`; undefined: there is none. */
  kept(file: string): KeptFile | undefined
  /** Writes that file. */
  keep(file: string, content: string): void
}

export interface KeptFile {
  readonly tests: Readonly<Record<string, { seed: number; failure: string; plan?: object; run?: { digest: string } }[]>>
}

/** `plugin`: what goes into `simulationPlugin({ … })`. */
export function replayProject(plugin = 'seed: 5', configFile = 'vitest.config.ts'): ReplayProject {
  const text = `${configHead}\nexport default defineConfig({ plugins: [simulationPlugin({ ${plugin} })], resolve: { alias: aliases } })\n`
  const root = makeTemporaryProject({ from: fixture, files: { [configFile]: text } })
  made.push(root)
  let runs = 0
  const shell = async (command: string, env: Readonly<Record<string, string>> = {}): Promise<Run> => {
    const report = `report-${++runs}.json`
    const reporters = `--reporter=default --reporter=json --outputFile.json=${report}`
    const line = command.replace('npx vitest run', `'${process.execPath}' '${vitest}' run ${reporters}`)
    const [output, exitCode] = await inShell(line, root, env)
    return { text: output, exitCode, metas: metasOf(join(root, report)) }
  }
  return {
    root,
    run: (args = '', env) => shell(`npx vitest run ${args}`, env),
    paste: shell,
    kept: (file) => {
      const path = join(root, '__simulations__', `${file}.json`)
      return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptFile) : undefined
    },
    keep: (file, content) => {
      mkdirSync(join(root, '__simulations__'), { recursive: true })
      writeFileSync(join(root, '__simulations__', `${file}.json`), content)
    },
  }
}

function inShell(line: string, cwd: string, env: Readonly<Record<string, string>>): Promise<[string, number | null]> {
  const { PATH = '', HOME = '', TMPDIR } = process.env
  return new Promise((resolve, reject) => {
    const base = { PATH, HOME, NO_COLOR: '1', ...(TMPDIR !== undefined && { TMPDIR }) }
    const child = spawn('sh', ['-c', line], { cwd, env: { ...base, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => (text += part))
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve([text, code])
    })
  })
}

function metasOf(report: string): ReadonlyMap<string, SimulationMeta> {
  interface Result {
    title: string
    status: string
    meta: { simulation?: SimulationMeta }
  }
  if (!existsSync(report)) return new Map()
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: { assertionResults: Result[] }[] }
  const ran = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => /passed|failed/.test(status))
  return new Map(ran.flatMap(({ title, meta }) => (meta.simulation === undefined ? [] : [[title, meta.simulation]])))
}

/** The failure of the only test that ran, or of that title. */
export function failureOf({ metas, text }: Run, title?: string): FailureSummary {
  const meta = title === undefined && metas.size === 1 ? [...metas.values()][0] : metas.get(title ?? '')
  const [failure] = meta?.failures ?? []
  if (failure === undefined) throw new Error(`'${title}' did not fail:\n${text}`)
  return failure
}

/** The two commands in a failure's message. */
export function commandsIn({ message }: FailureSummary): { minimal: string | undefined; whole: string } {
  const minimal = /^ +replay: (SIMULATION_SEED=\d+ SIMULATION_PLAN=.*)$/m.exec(message)?.[1]
  const whole = /^ +(?:whole seed|replay): (SIMULATION_SEED=\d+ (?:SIMULATION_EXPECT=\S+ )?npx .*)$/m.exec(message)?.[1]
  if (whole === undefined) throw new Error(`no command in:\n${message}`)
  return { minimal, whole }
}

/** What is in a command's SIMULATION_PLAN. */
export function planIn(command: string | undefined): PastedPlan {
  const text = /SIMULATION_PLAN=(\S+)/.exec(command ?? '')?.[1] ?? ''
  return JSON.parse(inflateRawSync(Buffer.from(text, 'base64url')).toString()) as PastedPlan
}

/** Virtual time and event of a failure. */
export const momentOf = ({ message }: FailureSummary): string =>
  /[\d.,]+ ms virtual, event [\d,]+.*/.exec(message)?.[0] ?? 'no moment'
