import { badInput } from '../engine/errors.ts'

export interface WorkloadOptions {
  /** How many operations. */
  readonly operations: number
  /** How many are under way at the same time at most. Default 8. */
  readonly concurrency?: number
  /** Draws new weights for each seed and leaves some operations out. Default: true when the chaos profile is `swarm`. */
  readonly swarm?: boolean
  /** Wait before each operation, virtual ms. Default [0, 20]. */
  readonly thinkTime?: readonly [number, number]
}

const known = ['operations', 'concurrency', 'swarm', 'thinkTime']

/** Fills in the defaults; throws SimulationError (BAD_INPUT). */
export function resolveWorkloadOptions(given: WorkloadOptions, swarmByDefault: boolean): Required<WorkloadOptions> {
  if (given === null || typeof given !== 'object') {
    throw badInput(
      'workload options',
      given,
      'they must be an object with the number of operations: { operations: 1000 }',
    )
  }
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) throw badInput(`workload option '${name}'`, value, `known are ${known.join(', ')}`)
  }
  const { operations, concurrency = 8, swarm = swarmByDefault, thinkTime = [0, 20] } = given
  for (const [name, value] of Object.entries({ operations, concurrency })) {
    if (!(typeof value === 'number' && Number.isSafeInteger(value) && value > 0)) {
      throw badInput(`workload option '${name}'`, value, 'it must be a whole number above 0')
    }
  }
  if (typeof swarm !== 'boolean') throw badInput("workload option 'swarm'", swarm, 'it must be true or false')
  const [min, max] = Array.isArray(thinkTime) && thinkTime.length === 2 ? (thinkTime as number[]) : []
  if (!(typeof min === 'number' && typeof max === 'number' && min >= 0 && min <= max && Number.isFinite(max))) {
    throw badInput("workload option 'thinkTime'", thinkTime, 'it must be a range [min, max] of virtual milliseconds')
  }
  return { operations, concurrency, swarm, thinkTime: [min, max] }
}
