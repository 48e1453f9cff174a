import type { Operation } from '../workload/operation.ts'
import type { Node } from './node.ts'
import type { Simulation } from './simulation.ts'

/** Defines one operation of a workload's alphabet; the argument's type goes from `draw` to `run`. */
export function operation<Argument = undefined>(
  definition: Operation<Argument, Simulation, Node>,
): Operation<Argument, Simulation, Node> {
  return definition
}
