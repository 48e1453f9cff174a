import type { Engine } from '../engine/engine.ts'
import { replaceFunction } from './replace.ts'
import { simulating } from './simulating.ts'

function nanoseconds(engine: Engine): number {
  return Math.round(engine.monotonicMs() * 1e6)
}

/** Two integers, as `process.hrtime` returned them before; anything else is for the real function to refuse. */
function isPrevious(previous: unknown): previous is [number, number] {
  return Array.isArray(previous) && previous.length === 2
}

/** Replaces process.hrtime, process.hrtime.bigint and process.uptime: all count from the start of the owner's clock. */
export function installProcessClock(): void {
  replaceFunction<() => bigint>(process.hrtime, 'bigint', (original) => {
    return () => {
      const engine = simulating('process.hrtime.bigint')
      return engine === undefined ? original() : BigInt(nanoseconds(engine))
    }
  })
  replaceFunction<(previous?: [number, number]) => [number, number]>(process, 'hrtime', (original) => {
    return (previous) => {
      const engine = simulating('process.hrtime')
      if (engine === undefined || (previous !== undefined && !isPrevious(previous))) return original(previous)
      const now = nanoseconds(engine)
      const seconds = Math.floor(now / 1e9)
      const nanos = now % 1e9
      if (previous === undefined) return [seconds, nanos]
      const difference = nanos - previous[1]
      return difference < 0 ? [seconds - previous[0] - 1, difference + 1e9] : [seconds - previous[0], difference]
    }
  })
  replaceFunction<() => number>(process, 'uptime', (original) => {
    return () => {
      const engine = simulating('process.uptime')
      return engine === undefined ? original() : engine.monotonicMs() / 1000
    }
  })
}
