import type { PlannedOperation } from '../workload/planned-operation.ts'
import { leaves } from './plan-size.ts'

/** Of an argument with more numbers only the first ones are compared: their pairs become too many. */
const comparedMax = 16

/** In which orders the numbers within one argument were drawn: where `lo` was never above `hi`, it must not be in a plan. */
export class NumberOrders {
  private readonly drawn = new Set<string>()

  /** `operations`: all of the original run. */
  constructor(operations: readonly PlannedOperation[]) {
    for (const operation of operations) for (const order of ordersOf(operation)) this.drawn.add(order)
  }

  /** True when every two numbers are in an order in which they were drawn, too. */
  include(operations: readonly PlannedOperation[]): boolean {
    return operations.every((operation) => [...ordersOf(operation)].every((order) => this.drawn.has(order)))
  }
}

/** 'reserve lo hi -1' where lo is below hi, for every two numbers of an argument. */
function* ordersOf({ name, argument }: PlannedOperation): Iterable<string> {
  const numbers = [...leaves(argument)].filter(({ value }) => typeof value === 'number').slice(0, comparedMax)
  for (const [i, a] of numbers.entries()) {
    for (const b of numbers.slice(i + 1)) {
      yield `${name} ${a.path} ${b.path} ${Math.sign((a.value as number) - (b.value as number))}`
    }
  }
}
