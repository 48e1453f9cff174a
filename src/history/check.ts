import { badInput } from '../engine/errors.ts'
import { drawConflict } from './draw.ts'
import { findOrder } from './linearizability.ts'
import type { Model, Operation } from './model.ts'

/** What `checkLinearizable` has found. */
export interface Linearizability {
  /** `unknown`: the limit was reached. */
  readonly verdict: 'ok' | 'illegal' | 'unknown'
  /** Why it is illegal: the operations that no order explains, with what came before; empty otherwise. */
  readonly text: string
  readonly steps: number
}

export interface LinearizabilityOptions {
  /** Steps of the search, for each key. Default 10,000,000. */
  readonly limit?: number
}

/**
 * Checks whether a history is linearizable: as if each operation had taken effect at one instant between its call and its
 * return.
 *
 * @throws SimulationError (BAD_INPUT) for an operation that returns before it is called
 */
export function checkLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  options: LinearizabilityOptions = {},
): Linearizability {
  const { limit = 10_000_000 } = options
  if (!(Number.isSafeInteger(limit) && limit > 0)) throw badInput('limit', limit, 'it must be a whole number above 0')
  let steps = 0
  let isUnknown = false
  for (const part of partsOf(model.keyOf, operations)) {
    const found = findOrder(model, part, limit)
    steps += found.steps
    if (found.verdict === 'illegal') return { verdict: 'illegal', text: explain(model, part, limit), steps }
    if (found.verdict === 'unknown') isUnknown = true
  }
  return { verdict: isUnknown ? 'unknown' : 'ok', text: '', steps }
}

function partsOf<Input, Output>(
  keyOf: ((input: Input) => string) | undefined,
  operations: readonly Operation<Input, Output>[],
): Iterable<readonly Operation<Input, Output>[]> {
  const parts = new Map<string, Operation<Input, Output>[]>()
  for (const given of operations) {
    const { call, return: end, output } = given
    // It has returned, and nothing: that is known, and no reader's answer to what is there.
    const operation = end !== undefined && output === undefined ? { ...given, output: null as Output } : given
    if (end !== undefined && !(end >= call)) throw badInput('return', end, `it must be ${call} or later, as the call`)
    const key = keyOf?.(operation.input) ?? ''
    const part = parts.get(key)
    if (part === undefined) parts.set(key, [operation])
    else part.push(operation)
  }
  return parts.values()
}

/** The shortest beginning of a history that is illegal: until then nothing was wrong. */
function explain<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  limit: number,
): string {
  const ends = operations.flatMap(({ return: end }) => (end === undefined ? [] : [end])).toSorted((a, b) => a - b)
  let [low, high] = [0, ends.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (findOrder(model, until(operations, ends[middle] as number), limit).verdict === 'illegal') high = middle
    else low = middle + 1
  }
  const beginning = until(operations, ends[low] as number)
  const { order } = findOrder(model, beginning, limit)
  return drawConflict(model, beginning, order)
}

/** What was called until then; what had not returned may have any outcome. */
function until<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  time: number,
): readonly Operation<Input, Output>[] {
  return operations
    .filter(({ call }) => call <= time)
    .map((one) =>
      one.return !== undefined && one.return <= time ? one : { ...one, return: undefined, output: undefined },
    )
}
