import type { CataloguedSite, FilePart, SimulationMeta } from '../../reporter/contract.ts'
import type { ResolvedOptions, SimulationProjectOptions } from './options.ts'
import type { IterationsChoice, SeedChoice } from './seed-source.ts'

/** What the main process tells the workers of a project: `inject('simulation')`; undefined without the plugin. */
export interface ProvidedSimulation {
  readonly version: 1
  /** The plugin's options with `test.simulation` of the project over them. */
  readonly options: ResolvedOptions
  /**
   * The root seed of the run and who chose it.
   *
   * With source 'fresh' it is drawn once per run and is weaker than a test's own seed. The seed of an override that
   * matches is stronger than everything but the command line and the environment.
   */
  readonly seed: SeedChoice
  /** True when the seed was given for this run (command line, environment): then it runs without any other seed. */
  readonly alone: boolean
  /** SIMULATION_ITERATIONS: stronger than any other iteration control. */
  readonly iterations?: IterationsChoice
  readonly ci: boolean
  /** Root of the project, absolute, forward slashes. */
  readonly root: string
  /** What a command needs on its line to run with this configuration; see own-command.ts. */
  readonly configuration?: readonly string[]
  readonly pool: 'forks' | 'threads'
  /** What of the whole run this is. */
  readonly part?: FilePart
  /** Where to write which seed runs; undefined: nobody reads it. */
  readonly runningSeeds?: string
  /** True when the run's reporter is there to show progress. */
  readonly reporter: boolean
}

declare module 'vitest' {
  interface ProvidedContext {
    simulation: ProvidedSimulation | undefined
  }
  interface TaskMeta {
    /** On a simulation test. */
    simulation?: SimulationMeta
    /** On a test file: the sites of every module that was loaded for it. */
    simulationSites?: CataloguedSite[]
    simulationPart?: FilePart
  }
}

declare module 'vitest/node' {
  interface InlineConfig {
    /** Settings of this project for vitest-simulation; they win over the plugin's. */
    simulation?: SimulationProjectOptions
  }
}
