/** A simulation between two of its slices: nothing of it may run. */
export interface Suspended {
  /** Code has called `api`; `isOwn`: only code of a simulation has a reason to. */
  called(api: string, isOwn?: boolean): void
}
