import { fieldReads } from '../../src/engine/describe-error.ts'
import { defaultLimits } from '../../src/engine/limits.ts'
import { type Host, type HostHang, plainHost } from '../../src/virtual/host.ts'
import { type Hang, createWatchdog, isHang } from './watchdog/watchdog.ts'
import { takeBlockingCall, watchAllCalls, watchWaits } from './watchdog/blocking-calls.ts'

/** The host of a Vitest worker: slices run under a watchdog that ends an event which blocks for `drainMs`; 0: never. */
export function workerHost(drainMs: number = defaultLimits.drainMs): Host {
  const watchdog = createWatchdog('second hang')
  fieldReads.begin = () => watchdog.watch(false)
  fieldReads.end = () => watchdog.watch(true)
  watchWaits(drainMs)
  return {
    ...plainHost,
    defer: (slice) => watchdog.defer(slice, drainMs),
    leave: () => watchdog.leave(),
    hangOf: (error) => (isHang(error) ? hostHang(error) : undefined),
  }
}

function hostHang({ stack = '', blockedMs }: Hang): HostHang {
  const call = takeBlockingCall()
  watchAllCalls()
  return call === undefined ? { stack, blockedMs } : { stack: call.stack, blockedMs, call: call.name }
}
