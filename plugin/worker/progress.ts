import { type RunnerTestCase, recordArtifact } from 'vitest'
import { defaultControl, plannedIterations, toIterationControl } from '../../src/runner/iteration-control.ts'
import type { RunProgress } from '../../src/runner/run-context.ts'
import type { SeedFailure } from '../../src/runner/seed-failure.ts'
import type { SimulationProgress } from '../../reporter/contract.ts'
import type { TestSettings } from './settings.ts'

declare module 'vitest' {
  interface TestArtifactRegistry {
    simulationProgress: SimulationProgress
  }
}

/** A function that tells the reporter how far the test is. */
export function reportProgress(task: RunnerTestCase, { options }: TestSettings): (progress: RunProgress) => void {
  const planned = plannedIterations(toIterationControl(options.iterations ?? defaultControl))
  return ({ failing, ...counts }) => {
    const told = { type: 'vitest-simulation:progress', planned, ...counts, ...shrinkingOf(failing) } as const
    recordArtifact(task, told).then(
      // The reporter has seen it; the report shall not grow with every message.
      () => void task.artifacts.pop(),
      () => undefined,
    )
  }
}

function shrinkingOf(failing: SeedFailure | undefined): Pick<SimulationProgress, 'failing' | 'shrinking'> {
  if (failing === undefined) return {}
  const { seed, minimal, run } = failing
  const [faults, operations] = [run?.faults.length ?? 0, run?.operations.length ?? 0]
  const plan = minimal?.plan
  const now = [plan?.faults?.length ?? faults, plan?.operations?.length ?? operations] as const
  return { failing: seed, shrinking: { faults: [faults, now[0]], operations: [operations, now[1]] } }
}
