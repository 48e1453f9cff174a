import { replaceFunction } from './replace.ts'
import { Timeout } from './timeout.ts'
import { simulating } from './simulating.ts'

/** Lets `AbortSignal.timeout` abort at a virtual time; `AbortSignal.any` follows such a signal as any other. */
export function installAbortTimeout(): void {
  replaceFunction<(delay: number) => AbortSignal>(AbortSignal, 'timeout', (original) => {
    return function timeout(delay: number): AbortSignal {
      const engine = simulating('AbortSignal.timeout')
      const valid = Number.isInteger(delay) && delay >= 0 && delay < 2 ** 32
      if (engine === undefined || !valid) return original.call(AbortSignal, delay)
      const controller = new AbortController()
      const abort = (): void =>
        controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
      new Timeout(engine, abort, delay, undefined, false).unref()
      return controller.signal
    }
  })
}
