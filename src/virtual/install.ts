import { syncBuiltinESMExports } from 'node:module'
import { installAbortTimeout } from './abort-timeout.ts'
import { installAsyncContext } from './async-context.ts'
import { installConsole } from './console.ts'
import { installDate } from './date.ts'
import { installDateTimeFormat } from './date-time-format.ts'
import { installEventTimeStamp } from './event-time-stamp.ts'
import { installFile } from './file.ts'
import { installIo } from './io/install.ts'
import { installLazyGlobals } from './lazy-globals.ts'
import { installMathRandom } from './math-random.ts'
import { installPerformance } from './performance.ts'
import { installExit, installProcess } from './process.ts'
import { installProcessClock } from './process-clock.ts'
import { dispatcherPlaces, putBack } from './put-back.ts'
import { installRandomBytes } from './random-bytes.ts'
import { installRandomInt } from './random-int.ts'
import { installRandomUuid } from './random-uuid.ts'
import { real } from './real.ts'
import { installTemporal } from './temporal.ts'
import { installTimers } from './timers.ts'
import { installTimersPromises } from './timers-promises.ts'
import { installWebCrypto } from './web-crypto.ts'

interface Installation {
  readonly Date: DateConstructor
  readonly places: ReturnType<typeof dispatcherPlaces>
}
const key = Symbol.for('vitest-simulation.installed')

/**
 * Puts dispatchers in place of the globals and builtin exports that read time or randomness.
 *
 * Each one asks whether a simulation is running: if so it answers from the simulation, otherwise it calls the real
 * function. They are never taken out again. Must run before the code under test is loaded, because a function that
 * was captured before (`const { now } = Date`, a destructured `require`) stays the real one. Calling it again, also in
 * another copy of this module, costs nothing and only puts back what Vitest took out: do so before each simulation.
 */
export function installVirtualGlobals(): void {
  const holder = globalThis as unknown as Record<symbol, Installation | undefined>
  const installation = holder[key]
  if (installation === undefined) holder[key] = install()
  // `vi.useRealTimers()` after `vi.setSystemTime()` restores the Date that Vitest captured before any setup file ran.
  else if (globalThis.Date === real.Date) globalThis.Date = installation.Date
  // Vitest gives each test file a console of its own.
  installConsole()
  installExit()
}

/**
 * Takes fake timers out for the time of an iteration: only the simulation's time may pass in it. `isFake` tells a
 * replaced function that is meant to be there, as a spy, from one that is not. Returns how to put them in again.
 */
export function withoutFakeTimers(isFake: (value: unknown) => boolean): () => void {
  const installation = (globalThis as unknown as Record<symbol, Installation | undefined>)[key]
  return installation === undefined ? () => undefined : putBack(installation.places, isFake)
}

function install(): Installation {
  const virtualDate = installDate()
  installDateTimeFormat()
  installTemporal()
  installTimers()
  installTimersPromises()
  installAbortTimeout()
  installPerformance()
  installProcessClock()
  installEventTimeStamp()
  installMathRandom()
  installRandomBytes()
  installRandomInt()
  installRandomUuid()
  installWebCrypto()
  installAsyncContext()
  installLazyGlobals()
  installProcess()
  installFile()
  installIo()
  // Named imports of ES modules (`import { setTimeout } from 'node:timers/promises'`) follow only after this.
  syncBuiltinESMExports()
  return { Date: virtualDate, places: dispatcherPlaces() }
}
