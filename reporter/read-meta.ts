/** Reads what workers wrote into task meta, without trusting it: a blob may come from another version. */
import type { CataloguedSite, FilePart, SimulationMeta, SimulationProgress } from './contract.ts'

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** What is known of a simulation before it has run: enough for its slow watch. */
export type PlannedSimulation = Partial<Pick<SimulationMeta, 'slow' | 'planned'>>

/** The raw `meta.simulation` of a test, or undefined when the test is not a simulation. */
export function readSimulation(meta: object): PlannedSimulation | undefined {
  const raw = (meta as Fields)['simulation']
  return isFields(raw) ? (raw as PlannedSimulation) : undefined
}

/** True when a simulation has reported counters that this version of the reporter can read. */
export function isSimulationMeta(raw: object): raw is SimulationMeta {
  const fields = raw as Fields
  const lists = ['sites', 'faults', 'failures', 'warnings']
  const numbers = ['iterations', 'seed', 'virtualMs', 'realMs']
  return (
    fields['version'] === 1 &&
    typeof fields['status'] === 'string' &&
    lists.every((key) => Array.isArray(fields[key])) &&
    numbers.every((key) => typeof fields[key] === 'number')
  )
}

/** True when a simulation reports in a version of the contract that this reporter does not know. */
export function isForeignVersion(raw: object): boolean {
  const version = (raw as Fields)['version']
  return version !== undefined && version !== 1
}

/** The sites that the plugin's transform found in a test file and what it imports. */
export function readCatalogue(meta: object): readonly CataloguedSite[] {
  const raw = (meta as Fields)['simulationSites']
  return Array.isArray(raw) ? raw.filter((site) => isFields(site) && typeof site['name'] === 'string') : []
}

/** What of its run a test file was; null when it does not say. */
export function readPart(meta: object): FilePart | null {
  const raw = (meta as Fields)['simulationPart']
  return isFields(raw) ? (raw as FilePart) : null
}

const progressType: SimulationProgress['type'] = 'vitest-simulation:progress'

/** The progress in a test artifact, or undefined when the artifact is somebody else's. */
export const readProgress = (artifact: object): SimulationProgress | undefined =>
  (artifact as Fields)['type'] === progressType ? (artifact as SimulationProgress) : undefined
