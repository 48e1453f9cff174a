import type { RunnerTask, RunnerTestCase } from 'vitest'
import type { Body } from '../../src/world/iteration.ts'
import type { ProvidedSimulation } from '../options/provided.ts'
import { type Replayed, replayCommand } from './replay/command.ts'
import type { TestSettings } from './settings.ts'

/** One simulation test, as Vitest runs it. */
export interface TestRun {
  readonly task: RunnerTestCase
  readonly signal: AbortSignal
  readonly settings: TestSettings
  readonly provided: ProvidedSimulation
  readonly body: Body
  /** The function the user wrote, for the sites inside it. */
  readonly written: object
}

/** 'suite > test'. */
export function fullName(task: RunnerTestCase): string {
  return [...suitesAround(task), task.name].filter((name) => name !== '').join(' > ')
}

/** Names of the suites around a test, outermost first; '' for those without one is left out. */
function suitesAround({ suite: innermost }: Pick<RunnerTestCase, 'suite'>): string[] {
  const names: string[] = []
  for (let suite = innermost; suite !== undefined; suite = suite.suite) names.unshift(suite.name)
  return names.filter((name) => name !== '')
}

/** Another test of the file has a full name that ends in the same way, in Vitest 4 (blanks) or Vitest 5 (' > '). */
function isAmbiguous(task: RunnerTestCase): boolean {
  const isAnother = (other: RunnerTask): boolean => {
    if (other.type === 'suite') return other.tasks.some(isAnother)
    const names = [...suitesAround(other), other.name]
    return other !== task && [' ', ' > '].some((between) => names.join(between).endsWith(task.name))
  }
  return task.file.tasks.some(isAnother)
}

/** The command that runs that seed of the test again. */
export function replayOf(
  { task, provided }: TestRun,
  seed: number,
  more: Pick<Replayed, 'plan' | 'expectation'> = {},
): string {
  return replayCommand({
    seed,
    root: provided.root,
    testFile: task.file.filepath,
    testName: task.name,
    suites: isAmbiguous(task) ? suitesAround(task) : undefined,
    project: task.file.projectName ?? '',
    configuration: provided.configuration ?? [],
    ...more,
  })
}
