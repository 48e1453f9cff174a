import { fieldReads } from '../../src/engine/describe-error.ts'
import { defaultLimits } from '../../src/engine/limits.ts'
import { type Host, plainHost } from '../../src/virtual/host.ts'
import { createWatchdog, isHang } from '../watchdog.ts'

/** The host of a Vitest worker: slices run under a watchdog that ends an event which blocks for `drainMs`; 0: never. */
export function workerHost(drainMs: number = defaultLimits.drainMs): Host {
  const watchdog = createWatchdog('second hang')
  fieldReads.begin = () => watchdog.watch(false)
  fieldReads.end = () => watchdog.watch(true)
  return {
    ...plainHost,
    defer: (slice) => watchdog.defer(slice, drainMs),
    leave: () => watchdog.leave(),
    hangOf: (error) => (isHang(error) ? { stack: error.stack ?? '', blockedMs: error.blockedMs } : undefined),
  }
}
