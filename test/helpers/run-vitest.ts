/** Runs real Vitest on a fixture project, in its own process, as a user would. */
import { spawn, type ChildProcess } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface RunVitestOptions {
  /** The fixture project: working directory and root. */
  readonly root: string
  /** Command line after `vitest`. Default: `['run']`. */
  readonly args?: readonly string[]
  /** Added to an otherwise clean environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Another Node, for a lane of its own. Default: the running one. */
  readonly nodeBinary?: string
  /** Path of another `vitest.mjs`. Default: the Vitest that this file's own import finds. */
  readonly vitestEntry?: string
  /** Give it a pseudo-terminal, by util-linux's `script`; all that is drawn comes as stdout. */
  readonly terminal?: boolean
  /** Milliseconds after which the child is killed and the promise rejects. Default: 60,000. */
  readonly timeoutMs?: number
}

export interface VitestOutput {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number | null
}

/** A running Vitest, for watch mode and interruption. */
export interface RunningVitest {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly output: () => VitestOutput
  /** Resolves when stdout contains `text` at or after `from`; rejects when the process ends before. */
  readonly waitFor: (text: string, from?: number) => Promise<void>
  /** Resolves when the process has ended. */
  readonly ended: Promise<VitestOutput>
  /** Kills the child and the workers it started. */
  readonly stop: () => void
}

/**
 * An allowlist: Vitest changes its reporter for coding assistants (AI_AGENT, CLAUDECODE, …), its summary for GitHub, and
 * its behaviour inside itself (VITEST, NODE_ENV), so a child gets nothing of that unless a test asks.
 */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'SystemRoot', 'ComSpec', 'PATHEXT']

const cleanEnvironment = (added: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const kept = inherited.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]))
  return { ...Object.fromEntries(kept), ...(added['FORCE_COLOR'] ? {} : { NO_COLOR: '1' }), ...added }
}

const defaultEntry = (): string =>
  join(dirname(fileURLToPath(import.meta.resolve('vitest/package.json'))), 'vitest.mjs')

/** The whole group: a worker in a busy loop would outlive its parent. Only ever a process started here. */
const kill = (child: ChildProcess): void => {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL') // The group is gone already, or was never made.
  }
}

/** Starts Vitest and returns at once. The caller awaits `ended` or calls `stop`. */
export const startVitestProcess = (options: RunVitestOptions): RunningVitest => {
  const { root, args = ['run'], env, nodeBinary = process.execPath, vitestEntry = defaultEntry() } = options
  const timeoutMs = options.timeoutMs ?? 60_000
  let stdout = ''
  let stderr = ''
  const words = [nodeBinary, vitestEntry, ...args]
  const command = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const [binary = '', ...argv] =
    options.terminal === true ? ['script', '-qefc', `stty cols 120; ${command}`, '/dev/null'] : words
  const child = spawn(binary, argv, {
    cwd: root,
    env: cleanEnvironment(env),
    stdio: [options.terminal === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const stop = (): void => kill(child)
  const output = (): VitestOutput => ({ stdout, stderr, exitCode: child.exitCode })
  process.once('exit', stop)
  const ended = new Promise<VitestOutput>((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      stop()
    }, timeoutMs)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(timer)
      process.removeListener('exit', stop)
      if (!isLate) resolve(output())
      else reject(new Error(`vitest ${args.join(' ')} in ${root} did not end in ${timeoutMs} ms\n${stdout}\n${stderr}`))
    })
  })
  ended.catch(() => {}) // A caller that only waits for text must not see this as unhandled.
  const waitFor = (text: string, from = 0): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!stdout.includes(text, from)) return
        child.stdout?.off('data', check)
        resolve()
      }
      child.stdout?.on('data', check)
      child.once('close', () => reject(new Error(`vitest ended before it printed '${text}'\n${stdout}\n${stderr}`)))
      check()
    })
  return { child, output, waitFor, ended, stop }
}

/** Runs Vitest to its end. Rejects when that takes longer than `timeoutMs`. */
export const runVitest = (options: RunVitestOptions): Promise<VitestOutput> => startVitestProcess(options).ended

/** Replaces real times (never virtual ones), so that output compares. */
export const maskTimes = (text: string): string =>
  text
    .replace(/( virtual in )[\d.,]+(?: ms|s|m \d+s|h \d+m|d \d+h)(?: \([\d.,]+×\))?/g, '$1<time>')
    .replace(/(Start at +)[\d:]+/g, '$1<time>')
    .replace(/(?<!slow after |> )\b\d+(?:\.\d+)?m?s\b(?! virtual)/g, '<time>')

/** The simulation section of what Vitest printed, without trailing blanks; '' when there is none. */
export const simulationReport = (stdout: string): string => {
  const at = stdout.search(/^ Simulation {2}/m)
  return at < 0 ? '' : stdout.slice(at).trimEnd()
}
