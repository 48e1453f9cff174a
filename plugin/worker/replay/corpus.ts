import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ReplayPlan } from '../../../src/world/replay-plan.ts'
import type { ExpectedRun } from '../../../src/runner/reproduction.ts'
import { isSeed } from '../../../src/random/seed.ts'
import { temporaryName, withFileLock } from './file-lock.ts'

/** One failing seed that is kept. */
export interface KeptSeed {
  readonly seed: number
  /** 'InvariantViolation: name'. */
  readonly failure: string
  /** The smallest form of the failure that was found. */
  readonly plan?: ReplayPlan
  /** What the whole seed did, for a replay that does not do it again. */
  readonly run?: ExpectedRun
}

interface CorpusFile {
  readonly version: 1
  readonly tests: Record<string, KeptSeed[]>
}

/** Kept per test; the oldest leave first. */
const seedsPerTest = 20

/** `__simulations__/<test file>.json` beside the test file. */
export function corpusPath(testFile: string): string {
  return join(dirname(testFile), '__simulations__', `${basename(testFile)}.json`)
}

/** The seeds of a test that failed before, newest first; throws Error when the file cannot be understood. */
export function readCorpus(testFile: string, testName: string): readonly KeptSeed[] {
  return seedsOf(read(corpusPath(testFile)), testName)
}

/** Longest plan that is kept, in characters: a file beside the test is for people, too. */
const planMax = 50_000

/**
 * Adds a failing seed; a seed that is there already moves to the front. Throws Error when that cannot be done, and then
 * leaves the file as it was. Others may do the same at the same time.
 */
export function keepSeed(testFile: string, testName: string, { plan, ...rest }: KeptSeed): void {
  const path = corpusPath(testFile)
  const kept = { ...rest, ...(plan && JSON.stringify(plan).length <= planMax && { plan }) }
  mkdirSync(dirname(path), { recursive: true })
  // A lock can be lost to another process, after five seconds of sleep for instance: so look whether it is there.
  for (let attempt = 0; attempt < 5; attempt++) {
    withFileLock(path, () => add(path, testName, kept))
    if (seedsOf(read(path), testName).some(({ seed }) => seed === kept.seed)) return
  }
}

function add(path: string, testName: string, kept: KeptSeed): void {
  const file = read(path)
  const others = seedsOf(file, testName).filter(({ seed }) => seed !== kept.seed)
  const tests = { ...file.tests, [testName]: [kept, ...others].slice(0, seedsPerTest) }
  const sorted = Object.fromEntries(Object.entries(tests).sort(([a], [b]) => (a < b ? -1 : 1)))
  replaceFile(path, `${JSON.stringify({ version: 1, tests: sorted }, null, 2)}\n`)
}

/** Nobody ever reads half a file, and a disk that is full or a machine that dies leaves the old one. */
function replaceFile(path: string, text: string): void {
  const next = temporaryName(path)
  try {
    writeFileSync(next, text, { flush: true })
    renameSync(next, path)
  } catch (error) {
    rmSync(next, { force: true })
    throw error
  }
}

/** A test may be called 'constructor'. */
function seedsOf({ tests }: CorpusFile, testName: string): readonly KeptSeed[] {
  return Object.hasOwn(tests, testName) ? (tests[testName] ?? []) : []
}

function read(path: string): CorpusFile {
  if (!existsSync(path)) return { version: 1, tests: {} }
  let file: unknown
  try {
    file = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error))
  }
  const { version, tests } = (file ?? {}) as Partial<CorpusFile>
  if (version !== 1 || typeof tests !== 'object' || tests === null) throw unreadable(path, 'it is not of version 1')
  for (const seeds of Object.values(tests)) {
    if (!Array.isArray(seeds) || !seeds.every((one) => isSeed(one?.seed)))
      throw unreadable(path, 'not every seed in it is one')
  }
  return { version, tests }
}

function unreadable(path: string, why: string): Error {
  return new Error(`kept seeds in ${path} cannot be read (${why}): mend the file or delete it`)
}
