import type { Operation } from '../workload/operation.ts'
import type { Simulation, SimulationNode } from './door.ts'

/** Defines one operation of a workload's alphabet; the argument's type goes from `draw` to `run`. */
export function operation<Argument = undefined>(
  definition: Operation<Argument, Simulation, SimulationNode>,
): Operation<Argument, Simulation, SimulationNode> {
  return definition
}
