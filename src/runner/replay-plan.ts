import { badInput } from '../engine/errors.ts'
import type { PlannedOperation } from '../workload/planned-operation.ts'

/** What a seed is to do instead of everything it draws: a minimal failure, as plain data. */
export interface ReplayPlan {
  /** Keys of the faults that happen; undefined: all. */
  readonly faults?: readonly string[]
  /** The operations of its workloads; undefined: they are drawn. */
  readonly operations?: readonly PlannedOperation[]
  /** Nodes n1 … nN instead of what the test's option says. */
  readonly nodes?: number
}

/** Checks a plan that was read from a file or the environment; throws SimulationError (BAD_INPUT). */
export function checkReplayPlan(given: unknown, where: string): ReplayPlan {
  const plan = given as ReplayPlan | null
  if (plan === null || typeof plan !== 'object') throw badInput(where, given, 'it must be a plan printed by a failure')
  const { faults, operations, nodes } = plan
  const isOperation = (one: PlannedOperation): boolean =>
    typeof one?.name === 'string' && Number.isSafeInteger(one.index) && Number.isSafeInteger(one.at)
  if (faults !== undefined && !(Array.isArray(faults) && faults.every((key) => typeof key === 'string'))) {
    throw badInput(`${where} faults`, faults, 'they must be a list of keys')
  }
  if (operations !== undefined && !(Array.isArray(operations) && operations.every(isOperation))) {
    throw badInput(`${where} operations`, operations, 'they must be a list of { index, name, at, argument }')
  }
  if (nodes !== undefined && !(Number.isSafeInteger(nodes) && nodes >= 0)) {
    throw badInput(`${where} nodes`, nodes, 'it must be a whole number')
  }
  return plan
}
