/** The fixture projects of these tests, each run in a folder of its own: nothing that one writes is seen by another. */
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SimulationMeta } from '../../reporter/contract.ts'
import { runVitest, type VitestOutput } from '../helpers/run-vitest.ts'
import { configHead, makeTemporaryProject } from '../helpers/temporary-project.ts'
import { repository } from '../lanes/project.mjs'

/** One test of a json report. */
export interface Outcome {
  readonly title: string
  readonly status: string
  readonly meta: { readonly simulation?: SimulationMeta }
  readonly failureMessages: readonly string[]
}

export interface Project {
  readonly root: string
  /** Runs Vitest there; `args` come after `run`. */
  run(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<VitestOutput>
  read(name: string): Promise<string>
  /** The tests of a json report in the project, by title. */
  outcomes(name: string): Promise<ReadonlyMap<string, Outcome>>
}

const made: string[] = []

/** Copies a fixture and gives it a configuration: `config` goes into `defineConfig({ … })` and may use `simulationPlugin`. */
export const project = (fixture: string, config: string): Project => {
  const from = join(repository, 'test/e2e/fixtures', fixture)
  const text = `${configHead}\nexport default defineConfig({ resolve: { alias: aliases }, ${config} })\n`
  const root = makeTemporaryProject({ from, files: { 'vitest.config.ts': text } })
  made.push(root)
  const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8')
  return {
    root,
    run: (args = [], env = {}) => runVitest({ root, args: ['run', ...args], env }),
    read,
    outcomes: async (name) => {
      const report = JSON.parse(await read(name)) as { testResults: { assertionResults: Outcome[] }[] }
      const all = report.testResults.flatMap(({ assertionResults }) => assertionResults)
      return new Map(all.map((outcome) => [outcome.title, outcome]))
    },
  }
}

/** For `afterAll`. */
export const removeProjects = (): void => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true })
}

/** Everything that was printed. */
export const printed = ({ stdout, stderr }: VitestOutput): string => `${stdout}\n${stderr}`
