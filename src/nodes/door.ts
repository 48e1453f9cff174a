/** What a user sees of a node's disk and clock. */

/** A disk: a crash may lose what was written and not synced, a wipe loses everything. Values are copied. */
export interface NodeStorage {
  /**
   * Reads the value of a key; undefined: there is none. Rejects with StorageFailed.
   *
   * @example
   * const count = (await node.storage.read<number>('count'))?.value ?? 0
   */
  read<T>(key: string, options?: { fence?: number }): Promise<Stored<T> | undefined>
  /**
   * Writes a value, which is durable after the next `sync`; resolves to its version.
   *
   * Rejects with VersionConflict when `ifVersion` is given and another version is there (0: nothing may be there), or
   * with StorageFailed: then it may have been written.
   *
   * @example
   * await node.storage.write('count', 1, { ifVersion: 0 })
   */
  write(key: string, value: unknown, options?: WriteOptions): Promise<number>
  /**
   * Makes everything written so far durable. Rejects with StorageFailed: then some of it may be.
   *
   * @example
   * await node.storage.sync()
   */
  sync(): Promise<void>
}

/** A node's clock as its own code reads it: `Date`, `performance.now`, timers. */
export interface Clock {
  /** How far the wall clock is from the simulation's, ms. */
  readonly skewMs: number
  /**
   * Sets how far the wall clock is off, ms; negative: behind. `performance.now` does not jump.
   *
   * @example
   * node.clock.setSkew(-250)
   */
  setSkew(ms: number): void
  /**
   * Makes the wall clock jump, ms; negative: back. `performance.now` does not jump, and timers do not move.
   *
   * @example
   * node.clock.jump(60_000)
   */
  jump(ms: number): void
  /**
   * Makes wall clock, `performance.now` and timers run fast from now on, in parts per million (±500,000); negative: slow.
   *
   * @example
   * node.clock.setDrift(200)
   */
  setDrift(ppm: number): void
}

/** A stored value with its version; versions count from 1, 0 means that there is none. */
export interface Stored<T = unknown> {
  /** A copy of what was written. */
  readonly value: T
  /** One more with each write of the key. */
  readonly version: number
}

/** How a write is to be made. */
export interface WriteOptions {
  /** Write only over this version; 0: only when nothing is there. */
  readonly ifVersion?: number
  /** Who writes: refused when somebody with a higher number has read the key with `fence` since (Kleppmann, 2016). */
  readonly fence?: number
}
