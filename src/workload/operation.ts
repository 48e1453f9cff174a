import { badInput } from '../engine/errors.ts'
import type { RandomStream } from '../random/stream.ts'

/** What an operation may look at when it is drawn. */
export interface DrawView<Node> {
  readonly random: RandomStream
  /** Every node, dead ones included. */
  readonly nodes: readonly Node[]
  /** Virtual ms. */
  readonly now: number
}

/** Something a workload does again and again, with other arguments each time. */
export interface Operation<Argument, Sim, Node> {
  /** How often it is chosen, in proportion to the others. Default 1. */
  readonly weight?: number
  /** False: it cannot be done now and another one is chosen. */
  readonly enabled?: (view: DrawView<Node>) => boolean
  /** Draws the argument: plain data, so that it prints, replays and shrinks. */
  readonly draw?: (view: DrawView<Node>) => Argument
  /** Does it. What it may throw under faults (a timeout, a dead node) is counted, anything else fails the seed. */
  readonly run: (sim: Sim, argument: Argument) => unknown
}

/** Operations by name. */
// eslint-disable-next-line typescript/no-explicit-any -- each operation has an argument type of its own
export type Alphabet<Sim, Node> = Readonly<Record<string, Operation<any, Sim, Node>>>

/** Checks an alphabet; throws SimulationError (BAD_INPUT). */
export function checkAlphabet(alphabet: unknown): void {
  if (alphabet === null || typeof alphabet !== 'object' || Object.keys(alphabet).length === 0) {
    throw badInput('workload alphabet', alphabet, 'it must be an object of operations, one at least')
  }
  for (const [name, operation] of Object.entries(
    alphabet as Record<string, Operation<never, unknown, unknown> | null>,
  )) {
    const where = `operation '${name}'`
    if (typeof operation?.run !== 'function')
      throw badInput(where, operation, 'it must be operation({ weight, draw, run })')
    const { weight = 1, draw, enabled } = operation
    if (!(typeof weight === 'number' && weight >= 0 && Number.isFinite(weight))) {
      throw badInput(`weight of ${where}`, weight, 'it must be a number, 0 or more')
    }
    for (const [part, value] of Object.entries({ draw, enabled })) {
      if (value !== undefined && typeof value !== 'function')
        throw badInput(`${part} of ${where}`, value, 'it must be a function')
    }
  }
}
