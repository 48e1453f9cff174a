import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finite, hangs } from './fixtures/cases.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const casesText = readFileSync(join(here, 'fixtures/cases.ts'), 'utf8').split('\n')
/** Lines a report may name: those that end in '// hangs: <name>'. */
const linesOf = (name: string) =>
  casesText.flatMap((line, index) => (line.endsWith(`// hangs: ${name}`) ? [index + 1] : [])).join('|')

/** Other Node binaries to try, colon-separated; the one that runs the tests is always tried. */
const otherNodes = (process.env['WATCHDOG_NODES'] ?? '').split(':').filter(Boolean)
const nodes = [process.execPath, ...otherNodes]
/** Every hang costs more than a second, so the whole matrix runs only when it is asked for. */
const everything = otherNodes.length > 0
const allFlags = everything ? [[], ['als'], ['thread'], ['als', 'thread']] : [['als']]
const pools = everything ? ['forks', 'threads', 'vmForks', 'vmThreads'] : ['forks', 'threads']

/** Agents' and Vitest's own variables change what the spawned process does. */
const cleanEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_|TEST$|DEV$|PROD$|MODE$|CLAUDE|AI_AGENT|AGENT|CI$)/.test(name),
  ),
)

interface Run {
  readonly code: number | null
  readonly output: string
}

function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: cleanEnvironment, timeout: 100_000, killSignal: 'SIGKILL' })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('close', (code) => resolve({ code, output }))
  })
}

let folder: string

beforeAll(() => {
  // Node 20 does not run TypeScript, and Vite must not be between the code and Node here.
  folder = mkdtempSync(join(tmpdir(), 'watchdog-'))
  const files = ['plain', 'cases', 'stand-in'].map((name) => `test/watchdog/fixtures/${name}.ts`)
  for (const file of [
    ...files,
    'plugin/worker/watchdog/watchdog.ts',
    'plugin/worker/watchdog/helper.ts',
    'src/virtual/real.ts',
  ]) {
    const { outputText } = ts.transpileModule(readFileSync(join(root, file), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        rewriteRelativeImportExtensions: true,
      },
    })
    const target = join(folder, file.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, outputText)
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const plain = (node: string, ...args: string[]) => runPlain(node, [], ...args)

async function runPlain(node: string, execArgv: string[], ...args: string[]) {
  const { code, output } = await run(node, [...execArgv, 'test/watchdog/fixtures/plain.js', ...args], folder)
  const line = output.split('\n').find((text) => text.startsWith('result '))
  return { code, output, result: line === undefined ? undefined : JSON.parse(line.slice('result '.length)) }
}

describe.each(nodes)('plain node %s', (node) => {
  for (const flags of allFlags)
    describe(flags.join(' ') || 'main thread', () => {
      const after = { after: 2, jobs: 2, ...(flags.includes('als') ? { store: 'outer' } : {}) }

      test.for(Object.keys(hangs))('%s is interrupted and named', { timeout: 120_000 }, async (name) => {
        const { code, output, result } = await plain(node, name, ...flags)
        expect(result, output).toMatchObject({ hang: true, owner: 'n2', ran: 2, ...after })
        expect(result.at, output).toMatch(/cases\.js:\d+:\d+\)?$/)
        expect(code).toBe(0)
      })

      test.for(Object.keys(finite))('%s, finite, is left alone', { timeout: 120_000 }, async (name) => {
        const { code, output, result } = await plain(node, `finite:${name}`, ...flags)
        expect(result, output).toMatchObject({ hang: false, ran: 3, ...after })
        expect(code).toBe(0)
      })
    })
})

describe.each(nodes)('what cannot be interrupted, on %s', (node) => {
  test('a native call is reported to stderr and fails when it returns', { timeout: 60_000 }, async () => {
    const { output, result } = await plain(node, 'native')
    expect(output).toMatch(/^\[vitest-simulation\] one event has blocked the thread for \d+ ms \(limit 240 ms\)/m)
    expect(result, output).toMatchObject({ hang: true, owner: 'n2', after: 2, jobs: 2 })
  })
})

describe.each(nodes)('a debugger, on %s', (node) => {
  test.for([[], ['thread']])('switches the watchdog off %s', { timeout: 60_000 }, async (flags) => {
    expect((await plain(node, 'breakpoint', ...flags)).result).toMatchObject({ hang: true })
    const { output, result } = await runPlain(node, ['--inspect=0'], 'breakpoint', ...flags)
    expect(result, output).toMatchObject({ hang: false, ran: 3, after: 2, jobs: 2 })
  })
})

describe.each(nodes)('Vitest on %s', (node) => {
  test.for(pools)('%s', { timeout: 200_000 }, async (pool) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', '--root', join(here, 'fixtures'), '--pool', pool, '--reporter=json', '--no-color']
    const { output } = await run(node, args, root)
    const start = output.indexOf('{"numTotal')
    expect(start, output).toBeGreaterThanOrEqual(0)
    const report = JSON.parse(output.slice(start, output.lastIndexOf('}') + 1)) as {
      testResults: { assertionResults: { title: string; status: string; failureMessages: string[] }[] }[]
    }
    const tests = report.testResults.flatMap((file) => file.assertionResults)
    expect(tests).toHaveLength(Object.keys(hangs).length * 2 + Object.keys(finite).length)
    for (const { title, status, failureMessages } of tests) {
      const name = /^hangs (.*)$/.exec(title)?.[1]
      expect([title, status, failureMessages], output).toEqual([title, name ? 'failed' : 'passed', expect.anything()])
      if (name)
        expect(failureMessages[0]).toMatch(
          new RegExp(`^Hang: .*\\n(.*node:.*\\n|.*<anonymous>.*\\n)*.*cases\\.ts:(?:${linesOf(name)}):`),
        )
    }
  })
})
