import type { Engine } from '../../engine/engine.ts'
import { Timeout } from '../../virtual/timeout.ts'

/** More ticks than the longest timeout of undici has (5 minutes). */
const enoughTicks = 2_000

/**
 * Lets undici forget the timeouts of a simulation that is over: the one that is part of Node lives as long as the process,
 * and would look after them in the next one. Its sockets are of the simulation, and say nothing more.
 */
export function forgetTimeouts(engine: Engine): void {
  for (const timer of engine.sharedTimers ?? []) {
    if (!(timer instanceof Timeout)) continue
    for (let ticks = 0; ticks < enoughTicks && timer.isArmed; ticks++) tick(timer)
  }
}

function tick(timer: Timeout): void {
  timer.disarm()
  try {
    timer._onTimeout?.()
  } catch {
    // Nobody is there any more who could be told.
  }
}
