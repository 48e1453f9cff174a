import type { PlannedOperation } from '../workload/planned-operation.ts'
import { NumberOrders } from './number-orders.ts'
import { type Leaf, leaves, mapLeaves, simplicity } from './plan-size.ts'

/** Most numbers that are tried instead of one. */
const numbersMax = 3

/**
 * What the arguments of a seed's operations may be replaced by, so that a failure is easier to read and still one that the
 * workload could have drawn:
 *
 * - Only values that were drawn at the same place take the place of another one.
 * - Where no value was drawn twice they are identifiers, and stay.
 * - What differs within one argument goes on differing: no transfer from an account to itself.
 * - Numbers within one argument stay in an order in which they were drawn: no range that ends before it begins.
 */
export class SimplerArguments {
  /** How often each value was drawn, by place. */
  private readonly drawn = new Map<string, Map<unknown, number>>()
  private readonly orders: NumberOrders

  /** `operations`: all of the original run. */
  constructor(operations: readonly PlannedOperation[]) {
    this.orders = new NumberOrders(operations)
    for (const { argument } of operations) {
      for (const { path, value } of leaves(argument)) {
        const here = this.drawn.get(path) ?? new Map<unknown, number>()
        here.set(value, (here.get(value) ?? 0) + 1)
        this.drawn.set(path, here)
      }
    }
  }

  /** Every value of the plan that may be replaced, those first that few hold, with what may take its place. */
  *replacements(operations: readonly PlannedOperation[]): Iterable<readonly [Leaf, readonly unknown[]]> {
    const present = new SimplerArguments(operations)
    for (const [path, counts] of present.drawn) {
      const all = this.drawn.get(path)
      if (all === undefined || isIdentifier(all)) continue
      const values = [...counts].sort(([, a], [, b]) => a - b).map(([value]) => value)
      for (const value of values) yield [{ path, value }, instead(value, values, all)]
    }
  }

  /** The operations with other leaves; undefined: one of them could not have been drawn. */
  replaced(
    operations: readonly PlannedOperation[],
    replace: (leaf: Leaf) => unknown,
  ): readonly PlannedOperation[] | undefined {
    const after = mapLeaves(operations, replace)
    const isMerged = operations.some(({ argument }, i) => differences(argument) > differences(after[i]?.argument))
    return isMerged || !this.orders.include(after) ? undefined : after
  }
}

/** How many different leaves an argument has. */
function differences(argument: unknown): number {
  return new Set([...leaves(argument)].map(({ value }) => value)).size
}

function isIdentifier(counts: ReadonlyMap<unknown, number>): boolean {
  return counts.size > 1 && [...counts.values()].every((count) => count === 1)
}

/** A number by the simplest ones of its place, a text by one that is more frequent in the plan. */
function instead(value: unknown, values: readonly unknown[], drawn: ReadonlyMap<unknown, number>): readonly unknown[] {
  if (typeof value === 'string') return values.slice(values.indexOf(value) + 1).reverse()
  if (typeof value !== 'number') return []
  const numbers = [...drawn.keys()].filter((one) => typeof one === 'number')
  const simpler = numbers.filter((one) => one !== value && simplicity(one) <= simplicity(value))
  return simpler.sort((a, b) => simplicity(a) - simplicity(b) || Math.abs(a) - Math.abs(b)).slice(0, numbersMax)
}
