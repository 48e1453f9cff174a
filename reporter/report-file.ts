/** The report as a JSON file, for other programs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { causesOf } from './causes.ts'
import type { ReportModel } from './model.ts'

/** Raised whenever a reader of the old file would misread the new one. */
const reportVersion = 1

/** Writes the report of a run; throws what the file system throws. */
export function writeReportFile(path: string, model: ReportModel): void {
  const report = { schema: 'vitest-simulation/report', version: reportVersion, ...model, causes: causesOf(model.rows) }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
}
