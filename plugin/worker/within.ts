import { real } from '../../src/virtual/real.ts'

/** Waits for `work`, at most so many ms of real time; undefined or 0: for ever. */
export function within<T>(timeoutMs: number | undefined, what: string, work: Promise<T>): Promise<T> {
  if (timeoutMs === undefined || timeoutMs <= 0 || timeoutMs === Infinity) return work
  return new Promise((resolve, reject) => {
    const timer = real.setTimeout(() => reject(new Error(`${what} timed out in ${timeoutMs}ms.`)), timeoutMs)
    work.then(resolve, reject).finally(() => real.clearTimeout(timer))
  })
}
