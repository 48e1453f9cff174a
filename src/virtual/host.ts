import { real } from './real.ts'

/** One event blocked the thread for longer than it may. */
export interface HostHang {
  /** The stack of the loop, as far as it could be read. */
  readonly stack: string
  readonly blockedMs: number
  /** The call into native code that blocked, where that is known: 'child_process.execSync'. */
  readonly call?: string
}

/** What the driver needs of the real world; the only door through which real time enters a run. */
export interface Host {
  /** Real time, ms, monotonic. */
  now(): number
  /** Runs `slice` in a fresh macrotask. */
  defer(slice: () => void): void
  /** Resolves in a fresh macrotask that belongs to no slice. */
  leave(): Promise<void>
  /** Resolves after so many ms of real time. */
  sleep(ms: number): Promise<void>
  /** Says that an error which escaped from a slice is a watchdog's: the slice was thrown away and will not go on. */
  hangOf?(error: unknown): HostHang | undefined
  /** Drains every nextTick and microtask from a macrotask; undefined: this Node has no such call. */
  readonly drain: (() => void) | undefined
  readonly nextTick: (callback: () => void) => void
}

/** The host without a watchdog. */
export const plainHost: Host = {
  now: real.performanceNow,
  defer: (slice) => void real.setImmediate(slice),
  sleep: (ms) => new Promise((resolve) => void real.setTimeout(resolve, ms)),
  leave: () => new Promise((resolve) => void real.setImmediate(resolve)),
  drain: real.tickCallback,
  nextTick: (callback) => real.nextTick.call(process, callback),
}
