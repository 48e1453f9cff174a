/** The fixture projects of the reporter, run by real Vitest. */
import { fileURLToPath } from 'node:url'
import { runVitest, type RunVitestOptions, type VitestOutput } from '../helpers/run-vitest.ts'

/** Absolute folder of `test/fixtures/reporter-<name>`. */
export const fixtureRoot = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/reporter-${name}`, import.meta.url))

/** Runs one fixture project; `args` come after `run`. */
export const runFixture = (
  name: string,
  args: readonly string[] = ['--reporter=dot'],
  options: Partial<RunVitestOptions> = {},
): Promise<VitestOutput> => runVitest({ root: fixtureRoot(name), args: ['run', ...args], ...options })
