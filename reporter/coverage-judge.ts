/** Fails a run whose required coverage was missed, for a configuration without the report. */
import pc from 'picocolors'
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { packageName } from './contract.ts'
import { collectRun } from './collect.ts'
import { formatForeign } from './format.ts'
import { buildModel, missesCoverage } from './model.ts'
import { judgementLines } from './text.ts'

/** Marks a reporter as this one, whichever copy of the module made it. */
export const judgeMark: unique symbol = Symbol.for(`${packageName}.coverage-judge`) as never

/** Prints nothing but what fails the run, on stderr. */
export class CoverageJudge implements Reporter {
  readonly [judgeMark] = true
  #vitest: Vitest | undefined
  #isRerun = false

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onWatcherRerun(): void {
    this.#isRerun = true
  }

  onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): void {
    const vitest = this.#vitest
    if (vitest === undefined) return
    try {
      const model = buildModel(collectRun(vitest, modules, reason, this.#isRerun), { coverageRequired: true })
      if (!missesCoverage(model)) return
      process.exitCode ||= 1
      vitest.logger.error(judgementLines(model, pc.createColors(pc.isColorSupported)).join('\n'))
    } catch (error) {
      const why = formatForeign(error instanceof Error ? error.message : String(error))
      vitest.logger.error(`${packageName}: the coverage was not judged: ${why}`)
    }
  }
}
