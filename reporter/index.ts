/** The package door `vitest-simulation/reporter`. */
export { SimulationReporter, SimulationReporter as default, reporterMark } from './reporter.ts'
export type { SimulationReporterOptions } from './reporter.ts'
/** @internal For the plugin. */
export { CoverageJudge, judgeMark } from './coverage-judge.ts'
