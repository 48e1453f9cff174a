/** The Vitest reporter: watches a run, then prints what its simulations did. */
import { appendFileSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import pc from 'picocolors'
import type { Reporter, TestCase, TestModule, TestRunEndReason, Vitest } from 'vitest/node'
import { packageName, runSettings } from './contract.ts'
import { collectRun } from './collect.ts'
import { describeDead, takeDeadSimulations } from './dead-workers.ts'
import { annotationsOf } from './annotations.ts'
import { formatForeign } from './format.ts'
import { formatGithubSummary } from './github.ts'
import { addJunitProperties } from './junit.ts'
import { missedReplay } from './missed-replay.ts'
import { isVerbose, machineOwnsStdout, terminalWidth } from './machine-output.ts'
import { buildModel, missesCoverage } from './model.ts'
import { readProgress, readSimulation } from './read-meta.ts'
import { LiveProgress } from './live-progress.ts'
import { writeReportFile } from './report-file.ts'
import { SlowWatch } from './slow-watch.ts'
import { formatText } from './text.ts'

export interface SimulationReporterOptions {
  /**
   * What it means when no simulation of a complete run evaluates a catalogued `sometimes` or `reachable`:
   * 'report' (default) lists it, 'required' also fails the run.
   */
  readonly coverage?: 'required' | 'report'
  /** Also writes the report as JSON there, relative to the root of the project. */
  readonly outputFile?: string
}

/** Marks a reporter as this one, whichever copy of the module made it. */
export const reporterMark: unique symbol = Symbol.for(`${packageName}.reporter`) as never

/**
 * Prints the simulations of a run after Vitest's own summary, and appends them to GITHUB_STEP_SUMMARY.
 *
 * Prints nothing when a machine format (json, junit, tap) owns stdout. A fault of the reporter itself prints one line
 * and never changes the run.
 */
export class SimulationReporter implements Reporter {
  readonly [reporterMark] = true
  private readonly own: SimulationReporterOptions
  private readonly slow = new SlowWatch((line) => this.print(line))
  private readonly live = new LiveProgress((line) => this.print(line))
  private vitest: Vitest | undefined
  private silent = false
  private isRerun = false

  constructor(options: SimulationReporterOptions = {}) {
    this.own = options
  }

  onInit(vitest: Vitest): void {
    this.vitest = vitest
    this.guard(() => (this.silent = machineOwnsStdout(vitest)))
  }

  onTestRunStart(): void {
    this.slow.stopAll()
    this.guard(() => {
      if (this.vitest && !this.silent && !this.vitest.config.mergeReports) this.live.begin(this.vitest)
    })
    process.on('exit', this.crashed)
  }

  onWatcherRerun(): void {
    this.isRerun = true
  }

  onTestCaseReady(test: TestCase): void {
    this.guard(() => {
      const simulation = readSimulation(test.meta())
      if (simulation === undefined || this.vitest?.config.mergeReports) return
      this.live.start(test.id, formatForeign(test.fullName))
      if (!simulation.slow) return
      this.slow.start(test.id, formatForeign(test.fullName), simulation.slow.periodMs, simulation.planned ?? null)
    })
  }

  onTestCaseArtifactRecord(test: TestCase, artifact: object): void {
    this.guard(() => {
      const progress = readProgress(artifact)
      if (!progress) return
      this.slow.progress(test.id, progress)
      this.live.progress(test.id, formatForeign(test.fullName), progress)
      // Progress is of the moment: kept, thousands of them would end up in blobs and memory.
      const kept = (test as unknown as { task?: { artifacts?: object[] } }).task?.artifacts
      const at = kept?.indexOf(artifact) ?? -1
      if (at >= 0) kept?.splice(at, 1)
    })
  }

  onTestCaseResult(test: TestCase): void {
    this.slow.stop(test.id)
    this.live.stop(test.id)
  }

  onTestRunEnd(modules: readonly TestModule[], _errors: unknown, reason: TestRunEndReason): void {
    this.slow.stopAll()
    this.live.end()
    process.off('exit', this.crashed)
    const { vitest } = this
    if (vitest === undefined) return
    this.guard(() => addJunitProperties(vitest, modules))
    this.guard(() => this.report(vitest, modules, reason))
  }

  /** Vitest goes down with a thread that dies (seen on 4.1.12), without another word to its reporters. */
  private readonly crashed = (): void => {
    const settings = this.vitest && runSettings.get(this.vitest)
    for (const one of takeDeadSimulations(settings?.runningSeeds)) writeSync(2, describeDead(one))
  }

  private report(vitest: Vitest, modules: readonly TestModule[], reason: TestRunEndReason): void {
    const settings = runSettings.get(vitest)
    const dead = takeDeadSimulations(settings?.runningSeeds)
    const run = collectRun(vitest, modules, reason, this.isRerun, dead)
    const missed = reason === 'interrupted' || this.isRerun ? undefined : missedReplay(run, vitest, modules)
    if (missed !== undefined) {
      process.exitCode ||= 1
      vitest.logger.error(`${packageName}: ${missed}`)
    }
    // What the plugin was told counts for a reporter that was listed by hand, too.
    const coverageRequired = [this.own.coverage, settings?.coverage].includes('required')
    const expected = coverageRequired && run.catalogue.length > 0
    const model = buildModel(run, { coverageRequired })
    const outputFile =
      this.own.outputFile === undefined ? settings?.outputFile : resolve(vitest.config.root, this.own.outputFile)
    // Written without simulations, too: the file of an earlier run would tell of this one.
    if (outputFile !== undefined) this.guard(() => writeReportFile(outputFile, model))
    if (run.simulations.length + run.skipped + run.warnings.length === 0 && !expected) return
    // Vitest loses failed modules of another checkout when it merges blobs (see collect.ts), and would exit with 0.
    if (vitest.config.mergeReports && model.rows.some((row) => row.outcome === 'failed')) process.exitCode ||= 1
    if (missesCoverage(model)) {
      process.exitCode ||= 1
      if (this.silent) vitest.logger.error(`${packageName}: coverage is required, and was missed`)
    }
    const colors = pc.createColors(pc.isColorSupported)
    const width = terminalWidth(vitest)
    if (!this.silent) this.print(`\n${formatText(model, { colors, verbose: isVerbose(vitest), width })}\n`)
    for (const line of annotationsOf(model, vitest, modules)) this.print(line)
    const summary = process.env['GITHUB_STEP_SUMMARY']
    if (summary) this.guard(() => appendFileSync(summary, `${formatGithubSummary(model)}\n`))
  }

  private print(text: string): void {
    if (!this.silent) this.vitest?.logger.log(text)
  }

  /** Vitest turns an error of a reporter into a failed run; a report is not worth that. */
  private guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      const reason = formatForeign(error instanceof Error ? error.message : String(error))
      this.vitest?.logger.error(`${packageName}: the report failed: ${reason}`)
    }
  }
}
