/** Which seeds were running in workers that are no more: they left a file each, see plugin/worker/running-seed.ts. */
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type FailureSummary, type RunningSimulation, packageName, runningHeadBytes } from './contract.ts'
import { formatForeign } from './format.ts'

export interface DeadSimulation extends RunningSimulation {
  readonly failure: FailureSummary
}

/** Reads what the workers of this run left behind, and removes it. */
export function takeDeadSimulations(folder: string | undefined): DeadSimulation[] {
  if (folder === undefined) return []
  const dead = namesIn(folder).flatMap((name) => read(join(folder, name)) ?? [])
  rmSync(folder, { recursive: true, force: true })
  return dead
}

/** For a run without a report. */
export function describeDead({ test, failure }: DeadSimulation): string {
  const { seed, iteration, message, replay } = failure
  const text = `${packageName}: ${test}, iteration ${iteration}, seed ${seed}: ${message}`
  return `\n${formatForeign(text)}\n  replay: ${formatForeign(replay)}\n`
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(path: string): DeadSimulation | undefined {
  try {
    const bytes = readFileSync(path)
    const simulation = JSON.parse(bytes.toString('utf8', runningHeadBytes)) as RunningSimulation
    const [seed, iteration] = [bytes.readDoubleLE(0), bytes.readDoubleLE(8)]
    if (simulation.found !== undefined) return { ...simulation, failure: simulation.found }
    return iteration === 0 ? undefined : { ...simulation, failure: failureOf(simulation, seed, iteration) }
  } catch {
    return undefined // It died while it wrote this.
  }
}

function failureOf({ replay }: RunningSimulation, seed: number, iteration: number): FailureSummary {
  const name = 'its process or thread ended while this seed ran'
  return {
    kind: 'WorkerDied',
    name,
    message: name,
    seed,
    iteration,
    virtualMs: 0,
    events: 0,
    digest: '',
    replay: replay.replace('SIMULATION_SEED=0 ', `SIMULATION_SEED=${seed} `),
  }
}
