import { SimulationError } from '../engine/errors.ts'
import { type Linearizability, type LinearizabilityOptions, checkLinearizable } from './check.ts'
import type { Model, Operation } from './model.ts'

/** What an error of an operation says: it was certainly not done, or nobody knows. */
export type ErrorMeaning = 'not done' | 'unknown'

/** Errors that say so themselves, as SendFailed of the bus does. */
function meaningOf(error: unknown): ErrorMeaning {
  const { mayHaveBeenDelivered } = (error ?? {}) as { readonly mayHaveBeenDelivered?: unknown }
  return mayHaveBeenDelivered === false ? 'not done' : 'unknown'
}

/**
 * Operations as clients saw them, to be checked against a model at the end.
 *
 * @example
 * const history = new History(register(0))
 * await history.call('client-1', { write: 1 }, () => client.request('server', 'write', 1))
 * history.check()
 */
export class History<State, Input, Output> {
  readonly operations: Operation<Input, Output>[] = []
  private readonly model: Model<State, Input, Output>
  private readonly meaning: (error: unknown) => ErrorMeaning
  /** Order is all that counts: code of a simulation runs one step after the other. */
  private time = 0

  /** `meaning`: of errors that operations end with. Default: not done where `error.mayHaveBeenDelivered` is false. */
  constructor(model: Model<State, Input, Output>, meaning: (error: unknown) => ErrorMeaning = meaningOf) {
    this.model = model
    this.meaning = meaning
  }

  /** Does an operation, and notes when it was called and what came of it; rejects as `work` does. */
  async call<T>(client: string, input: Input, work: () => T | PromiseLike<T>): Promise<T> {
    const at = this.operations.length
    const call = ++this.time
    const operation: Operation<Input, Output> = { client, input, call }
    this.operations.push(operation)
    try {
      const output = await work()
      this.replace(at, operation, { ...operation, return: ++this.time, output: output as Output | undefined })
      return output
    } catch (error) {
      if (this.meaning(error) === 'not done') this.replace(at, operation, undefined)
      throw error
    }
  }

  private replace(at: number, operation: Operation<Input, Output>, by: Operation<Input, Output> | undefined): void {
    const index = this.operations[at] === operation ? at : this.operations.indexOf(operation)
    this.operations.splice(index, 1, ...(by === undefined ? [] : [by]))
  }

  /**
   * Checks all operations so far.
   *
   * @throws SimulationError (NOT_LINEARIZABLE) that draws what conflicts, or (UNDECIDED) when `limit` was too low
   */
  check(options: LinearizabilityOptions = {}): Linearizability {
    const result = checkLinearizable(this.model, this.operations, options)
    if (result.verdict === 'illegal') throw new SimulationError('NOT_LINEARIZABLE', result.text)
    if (result.verdict === 'unknown') {
      throw new SimulationError(
        'UNDECIDED',
        `no verdict after ${result.steps} steps: raise \`limit\`, or let fewer operations overlap`,
      )
    }
    return result
  }
}
