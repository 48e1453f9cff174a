/**
 * Finds code of a crashed or paused node that goes on in another's event: behind a promise that somebody else settles.
 * Implemented in src/virtual/followed-owners.ts.
 */
export interface Strays {
  /** Calls what begins as code of the present owner. */
  run<T>(action: (data: T) => void, data: T): void
  /** The same where contexts are kept for code under test that has such itself. */
  enter(action: () => void): void
  /** Calls `make` as nobody's code. */
  outside<T>(make: () => T): T
  /** Fails the seed when the running code is that of a node that must not run. */
  look(): void
  stop(): void
}
