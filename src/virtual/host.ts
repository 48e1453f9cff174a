import type { Host } from '../runner/host.ts'
import { real } from './real.ts'

/** The host without a watchdog. */
export const plainHost: Host = {
  now: real.performanceNow,
  defer: (slice) => void real.setImmediate(slice),
  beat: () => {},
  drain: real.tickCallback,
  nextTick: (callback) => real.nextTick.call(process, callback),
}
