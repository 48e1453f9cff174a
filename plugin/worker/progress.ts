import { type RunnerTestCase, recordArtifact } from 'vitest'
import { defaultControl, plannedIterations, toIterationControl } from '../../src/runner/iteration-control.ts'
import type { SimulationProgress } from '../../reporter/contract.ts'
import type { TestSettings } from './settings.ts'

declare module 'vitest' {
  interface TestArtifactRegistry {
    simulationProgress: SimulationProgress
  }
}

/** A function that tells the reporter how far the test is. */
export function reportProgress(task: RunnerTestCase, { options }: TestSettings): (iterations: number) => void {
  const planned = plannedIterations(toIterationControl(options.iterations ?? defaultControl))
  return (iterations) => {
    recordArtifact(task, { type: 'vitest-simulation:progress', iterations, planned }).then(
      // The reporter has seen it; the report shall not grow with every message.
      () => void task.artifacts.pop(),
      () => undefined,
    )
  }
}
