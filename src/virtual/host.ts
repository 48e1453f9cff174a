import { real } from './real.ts'

/** What the driver needs of the real world; the only door through which real time enters a run. */
export interface Host {
  /** Real time, ms, monotonic. */
  now(): number
  /** Runs `slice` in a fresh macrotask. */
  defer(slice: () => void): void
  /** Called every few events: shows a watchdog that the loop is alive. */
  beat(): void
  /** Drains every nextTick and microtask from a macrotask; undefined: this Node has no such call. */
  readonly drain: (() => void) | undefined
  readonly nextTick: (callback: () => void) => void
}

/** The host without a watchdog. */
export const plainHost: Host = {
  now: real.performanceNow,
  defer: (slice) => void real.setImmediate(slice),
  beat: () => {},
  drain: real.tickCallback,
  nextTick: (callback) => real.nextTick.call(process, callback),
}
