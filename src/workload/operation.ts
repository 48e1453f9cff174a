import { badInput } from '../engine/errors.ts'
import { refuseGenerator } from '../engine/generators.ts'
import type { Random } from '../random/door.ts'

/** What an operation may look at when it is drawn. */
export interface DrawView<Node> {
  readonly random: Random
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
  /**
   * Draws the argument: plain data, so that it prints, replays and shrinks. It should do nothing else: a replay takes the
   * argument from the plan and does not draw. Shrinking puts values that were drawn at the same place in another one's
   * stead, keeping what differs different and numbers in order; what else must hold between fields, draw as one field.
   */
  readonly draw?: (view: DrawView<Node>) => Argument
  /**
   * Does it. What it may throw under faults (a timeout, a dead node) is counted, anything else fails the seed.
   *
   * A minimal failure may do it where `enabled` would have said no.
   */
  readonly run: (sim: Sim, argument: Argument) => unknown
  /**
   * True for an error that is an answer: a refusal by the code under test, such as "the account is empty". It is counted
   * as failed, or as unknown where the operation has done, or may have done, more than the request that was refused.
   */
  readonly expected?: (error: unknown) => boolean
}

/** Operations by name. */
// eslint-disable-next-line typescript/no-explicit-any -- each operation has an argument type of its own
export type Alphabet<Sim, Node> = Readonly<Record<string, Operation<any, Sim, Node>>>

const parts = ['weight', 'enabled', 'draw', 'run', 'expected']

/** Checks an alphabet; throws SimulationError (BAD_INPUT). */
export function checkAlphabet(alphabet: unknown): void {
  if (alphabet === null || typeof alphabet !== 'object' || Object.keys(alphabet).length === 0) {
    throw badInput('workload alphabet', alphabet, 'it must be an object of operations, one at least')
  }
  for (const [name, operation] of Object.entries(alphabet)) checkOperation(name, operation)
  const weights = Object.values(alphabet as Alphabet<unknown, unknown>).map(({ weight = 1 }) => weight)
  if (weights.every((weight) => weight === 0)) {
    throw badInput('workload alphabet', alphabet, 'every weight is 0, so there is nothing to do')
  }
}

function checkOperation(name: string, operation: unknown): void {
  const where = `operation '${name}'`
  const given = operation as Operation<never, unknown, unknown> | null | undefined
  if (typeof given?.run !== 'function') throw badInput(where, given, 'it must be operation({ weight, draw, run })')
  for (const part of Object.keys(given)) {
    if (!parts.includes(part))
      throw badInput(`${part} of ${where}`, given[part as 'run'], `known are ${parts.join(', ')}`)
  }
  const { weight = 1, draw, enabled, expected } = given
  if (!(typeof weight === 'number' && weight >= 0 && Number.isFinite(weight))) {
    throw badInput(`weight of ${where}`, weight, 'it must be a number, 0 or more')
  }
  for (const part of ['draw', 'enabled', 'run', 'expected'] as const)
    refuseGenerator(given[part], `${part} of ${where}`)
  for (const [part, value] of Object.entries({ draw, enabled, expected })) {
    if (value !== undefined && typeof value !== 'function')
      throw badInput(`${part} of ${where}`, value, 'it must be a function')
  }
}
