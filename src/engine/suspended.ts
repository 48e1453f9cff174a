/** A simulation between two of its slices: nothing of it may run. */
export interface Suspended {
  /** Code has called `api`, which only runs inside a simulation, or should. */
  called(api: string): void
}
