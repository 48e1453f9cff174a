/** The package door `vitest-simulation/reporter`. */
export { SimulationReporter, SimulationReporter as default, reporterMark } from './reporter.ts'
export type { SimulationReporterOptions } from './reporter.ts'
export type { SimulationReport } from './report-file.ts'
/** @internal For the plugin. */
export { QuietReporter, quietMark } from './quiet-reporter.ts'
