import { writeSync } from 'node:fs'
import pc from 'picocolors'
import type { Reporter, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { collectRun } from './collect.ts'
import { packageName, runSettings } from './contract.ts'
import { describeDead, takeDeadSimulations } from './dead-workers.ts'
import { formatForeign } from './format.ts'
import { missedReplay } from './missed-replay.ts'
import { buildModel, missesCoverage } from './model.ts'
import { judgementLines } from './text.ts'

/** Marks the one of a run, also for a second copy of this module. */
export const quietMark = Symbol.for(`${packageName}.quiet`)

/**
 * What counts without a report, too: the seed that a dead worker leaves behind, a replay that no test took up, and the
 * verdict about coverage when it is required.
 */
export class QuietReporter implements Reporter {
  readonly [quietMark] = true
  private vitest: Vitest | undefined
  private isRerun = false

  onInit(vitest: Vitest): void {
    this.vitest = vitest
    process.on('exit', this.crashed)
  }

  onWatcherRerun(): void {
    this.isRerun = true
  }

  onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): void {
    const vitest = this.vitest
    process.off('exit', this.crashed)
    if (vitest === undefined) return
    try {
      this.judge(vitest, modules, reason)
    } catch (error) {
      const why = formatForeign(error instanceof Error ? error.message : String(error))
      vitest.logger.error(`${packageName}: the run was not judged: ${why}`)
    }
  }

  private judge(vitest: Vitest, modules: readonly TestModule[], reason: TestRunEndReason): void {
    const settings = runSettings.get(vitest)
    const dead = takeDeadSimulations(settings?.runningSeeds)
    for (const one of dead) vitest.logger.error(describeDead(one))
    const run = collectRun(vitest, modules, reason, this.isRerun, dead)
    const missed = reason === 'interrupted' || this.isRerun ? undefined : missedReplay(run, vitest, modules)
    if (missed !== undefined) {
      process.exitCode ||= 1
      vitest.logger.error(`${packageName}: ${missed}`)
    }
    if (settings?.coverage !== 'required') return
    const model = buildModel(run, { coverageRequired: true })
    if (!missesCoverage(model)) return
    process.exitCode ||= 1
    vitest.logger.error(judgementLines(model, pc.createColors(pc.isColorSupported)).join('\n'))
  }

  private readonly crashed = (): void => {
    const settings = this.vitest && runSettings.get(this.vitest)
    for (const one of takeDeadSimulations(settings?.runningSeeds)) writeSync(2, describeDead(one))
  }
}
