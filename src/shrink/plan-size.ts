import type { PlannedOperation } from '../workload/planned-operation.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'

/** Counts for a plan that leaves the number of nodes as it is. */
const nodesMax = 10_001

/**
 * How much there is to read in a plan: faults and operations count most, then nodes, then different values and
 * times, then characters. Shrinking accepts nothing that is not smaller by this measure, so it ends.
 */
export function planSize({ faults = [], operations = [], nodes = nodesMax }: ReplayPlan): number {
  const values = new Set<unknown>()
  let characters = 0
  for (const { argument, at } of operations) {
    characters += simplicity(at)
    values.add(`at ${at}`)
    for (const { value } of leaves(argument)) {
      values.add(value)
      characters += simplicity(value)
    }
  }
  return (
    (faults.length + operations.length) * 1e13 +
    nodes * 1e8 +
    Math.min(values.size, 9_999) * 1e4 +
    Math.min(characters, 9_999)
  )
}

/** Length of what one has to read: 14,000 is as simple as 14. */
export function simplicity(value: unknown): number {
  if (typeof value !== 'number') return String(value).length
  const text = String(Math.abs(value))
  return (text.replace(/0+$/, '') || '0').length + (value < 0 ? 1 : 0)
}

/** A text or number in an operation's argument. */
export interface Leaf {
  /** 'from', 'left[]': the elements of a list share one. */
  readonly path: string
  readonly value: unknown
}

/** Every text, number and boolean of an argument. */
export function* leaves(argument: unknown, path = ''): Iterable<Leaf> {
  if (Array.isArray(argument)) {
    for (const one of argument) yield* leaves(one, `${path}[]`)
  } else if (argument !== null && typeof argument === 'object') {
    for (const [key, field] of Object.entries(argument)) yield* leaves(field, path === '' ? key : `${path}.${key}`)
  } else if (argument !== undefined && argument !== null) {
    yield { path, value: argument }
  }
}

/** The same operations with every leaf of their arguments replaced. */
export function mapLeaves(
  operations: readonly PlannedOperation[],
  replace: (leaf: Leaf) => unknown,
): readonly PlannedOperation[] {
  return operations.map((one) =>
    one.argument === undefined ? one : { ...one, argument: mapped(one.argument, '', replace) },
  )
}

function mapped(argument: unknown, path: string, replace: (leaf: Leaf) => unknown): unknown {
  if (Array.isArray(argument)) return argument.map((one) => mapped(one, `${path}[]`, replace))
  if (argument !== null && typeof argument === 'object') {
    const fields = Object.entries(argument).map(([key, field]) => [
      key,
      mapped(field, path === '' ? key : `${path}.${key}`, replace),
    ])
    return Object.fromEntries(fields)
  }
  return argument === undefined || argument === null ? argument : replace({ path, value: argument })
}
