/** Keeping a seed is atomic and additive, whoever else keeps one, and whatever becomes of the process or the disk. */
import { execFile, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'tsdown'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { corpusPath, keepSeed, readCorpus } from '../../plugin/worker/replay/corpus.ts'

let built: string
let folder: string
let testFile: string
const made: string[] = []

/** Keeps seeds from … to …, each of another one of ten tests. */
const script = `
import { keepSeed } from './keep-in-process.js'
const [, , testFile, from, to] = process.argv
const failure = 'BodyFailed: ' + 'x'.repeat(300)
for (let seed = Number(from); seed < Number(to); seed++) keepSeed(testFile, 'test ' + (seed % 10), { seed, failure })
`

beforeAll(async () => {
  built = temporary()
  await build({
    config: false,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    entry: { 'keep-in-process': 'test/replay/keep-in-process.ts' },
    outDir: built,
    format: 'esm',
    platform: 'node',
    fixedExtension: false,
    dts: false,
    logLevel: 'error',
    deps: { alwaysBundle: [/^seedrandom/] },
  })
  writeFileSync(join(built, 'run.mjs'), script)
})

beforeEach(() => {
  folder = temporary()
  testFile = join(folder, 'bank.test.ts')
})

afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true, force: true })
})

function temporary(): string {
  const path = mkdtempSync(join(tmpdir(), 'vitest-simulation-keep-'))
  made.push(path)
  return path
}

const keeper = (from: number, to: number): string[] => [join(built, 'run.mjs'), testFile, `${from}`, `${to}`]
const node = (from: number, to: number) => promisify(execFile)(process.execPath, keeper(from, to))
const files = (): string[] => readdirSync(join(folder, '__simulations__'))

function seeds(): number[] {
  const tests = Array.from({ length: 10 }, (_, index) => readCorpus(testFile, `test ${index}`))
  return tests.flatMap((kept) => kept.map(({ seed }) => seed)).sort((a, b) => a - b)
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

test('eight processes at once lose nothing, and leave nothing else behind', async () => {
  await Promise.all(numbers(8).map((index) => node(index * 15, (index + 1) * 15)))
  expect(seeds()).toEqual(numbers(120))
  expect(files()).toEqual(['bank.test.ts.json'])
})

test('processes that are killed while they keep seeds hold nobody up, and break nothing', async () => {
  const killed = numbers(3).map((index) =>
    spawn(process.execPath, keeper(1000 * index, 1000 * index + 100_000), { stdio: 'ignore' }),
  )
  while (seeds().length < 30) await sleep(10)
  for (const child of killed) child.kill('SIGKILL')
  expect(seeds().length).toBeGreaterThan(0)
  // A lock of a dead process is broken, at the latest when it has grown old; nobody gives up, which takes 30 s.
  await node(900_000, 900_010)
  expect(seeds()).toEqual(expect.arrayContaining(numbers(10).map((index) => 900_000 + index)))
})

test('a lock that somebody on another machine left behind is taken after a while', { timeout: 20_000 }, () => {
  mkdirSync(join(folder, '__simulations__'))
  writeFileSync(`${corpusPath(testFile)}.lock`, JSON.stringify({ host: 'elsewhere', pid: 1 }))
  keepSeed(testFile, 'test 7', { seed: 7, failure: 'x' })
  expect(seeds()).toEqual([7])
  expect(files()).toEqual(['bank.test.ts.json'])
})

test.skipIf(process.platform === 'win32')('a full disk leaves the file as it was, and says so', async () => {
  keepSeed(testFile, 'test 1', { seed: 1, failure: 'y'.repeat(2000) })
  const before = readFileSync(corpusPath(testFile), 'utf8')
  for (const blocks of [0, 1]) {
    const words = [process.execPath, ...keeper(2, 3)].map((word) => `'${word}'`).join(' ')
    const run = promisify(execFile)('sh', ['-c', `ulimit -f ${blocks}; exec ${words}`])
    await expect(run, `${blocks} blocks`).rejects.toThrow('EFBIG')
    expect(readFileSync(corpusPath(testFile), 'utf8')).toBe(before)
    expect(files()).toEqual(['bank.test.ts.json'])
  }
})

test.each([
  ['is empty', ''],
  ['was merged by git', '<<<<<<< HEAD\n{ "version": 1, "tests": {} }\n=======\n'],
  ['holds other data', '{ "version": 1, "tests": { "test 1": [{ "seed": "7" }] } }'],
])('a file that %s is not overwritten', (_, text) => {
  mkdirSync(join(folder, '__simulations__'))
  writeFileSync(corpusPath(testFile), text)
  expect(() => keepSeed(testFile, 'test 1', { seed: 1, failure: 'x' })).toThrow(/cannot be read .*mend .* or delete it/)
  expect(readFileSync(corpusPath(testFile), 'utf8')).toBe(text)
  expect(files()).toEqual(['bank.test.ts.json'])
})
