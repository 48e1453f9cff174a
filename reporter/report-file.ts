/** The report as a JSON file, for other programs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Cause, causesOf } from './causes.ts'
import type { ReportModel } from './model.ts'

/** Raised whenever a reader of the old file would misread the new one. */
const reportVersion = 1

/** What the option `outputFile` writes. */
export interface SimulationReport extends ReportModel {
  readonly schema: 'vitest-simulation/report'
  readonly version: typeof reportVersion
  /** Failing seeds by what failed in them, the most frequent cause first. */
  readonly causes: readonly Cause[]
}

/** Writes the report of a run; throws what the file system throws. */
export function writeReportFile(path: string, model: ReportModel): void {
  const causes = causesOf(model.rows)
  const report: SimulationReport = { schema: 'vitest-simulation/report', version: reportVersion, ...model, causes }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
}
