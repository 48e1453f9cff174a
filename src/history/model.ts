/**
 * What an object does when it is used by one client after the other. A history is right when it can be told as such a story.
 *
 * States are values: `step` changes none.
 */
export interface Model<State, Input, Output> {
  readonly name: string
  init(): State
  /**
   * The state after an operation, or undefined where it cannot have had this output. `output` is undefined where nobody knows
   * it: then any will do. It is null where the operation returned nothing.
   */
  step(state: State, input: Input, output: Output | undefined): State | undefined
  /** Operations with different keys do not touch each other, and are checked apart. Default: all touch all. */
  keyOf?(input: Input): string
  /** The same text for equal states. Default: JSON. */
  textOf?(state: State): string
  /** An operation for people. Default: input and output as JSON. */
  describe?(input: Input, output: Output | undefined): string
}

/** One operation as its client saw it. */
export interface Operation<Input, Output> {
  /** Who did it: a client does one operation after the other. */
  readonly client: string
  readonly input: Input
  /** When it was called; any numbers that grow. */
  readonly call: number
  /** When its output was there; undefined: it may take effect at any time after its call, or never. */
  readonly return?: number | undefined
  /** Undefined where it has not returned. */
  readonly output?: Output | undefined
}
