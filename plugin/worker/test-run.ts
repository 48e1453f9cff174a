import type { RunnerTestCase } from 'vitest'
import type { Body } from '../../src/runner/iteration.ts'
import type { ProvidedSimulation } from '../provided.ts'
import { type Replayed, replayCommand } from './replay-command.ts'
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
  const names = [task.name]
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name)
  return names.filter((name) => name !== '').join(' > ')
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
    project: task.file.projectName ?? '',
    configuration: provided.configuration ?? [],
    ...more,
  })
}
