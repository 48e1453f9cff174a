import type { ExpectStatic } from 'vitest'

/** What `vi.waitFor`, `vi.waitUntil` and `expect.poll` take, ms of virtual time. */
interface WaitOptions {
  readonly interval?: number
  readonly timeout?: number
  readonly message?: string
}

/** Vitest's own defaults. */
const defaults = { interval: 50, timeout: 1000 }

// Inside a simulation this is the clock and the timer of whoever waits.
const now = (): number => performance.now()
const sleep = (ms: number): Promise<void> => new Promise((resolve) => void globalThis.setTimeout(resolve, ms))

/** `vi.waitFor` by the simulation's time: calls `callback` until it does not throw. */
export async function waitFor(callback: () => unknown, options: WaitOptions | number = {}): Promise<unknown> {
  const { interval, timeout } = { ...defaults, ...(typeof options === 'number' ? { timeout: options } : options) }
  const end = now() + timeout
  for (;;) {
    try {
      return await callback()
    } catch (error) {
      if (now() + interval > end) throw error
    }
    await sleep(interval)
  }
}

/** `vi.waitUntil` by the simulation's time: calls `callback` until it returns something truthy. */
export async function waitUntil(callback: () => unknown, options: WaitOptions | number = {}): Promise<unknown> {
  const { interval, timeout } = { ...defaults, ...(typeof options === 'number' ? { timeout: options } : options) }
  const end = now() + timeout
  // Made here, where its stack still names who waits.
  const timedOut = new Error(`Timed out in waitUntil! (after ${timeout} ms of virtual time)`)
  for (;;) {
    const value = await callback()
    if (value) return value
    if (now() + interval > end) throw timedOut
    await sleep(interval)
  }
}

type Matchers = Record<string, unknown>

/** `expect.poll` by the simulation's time: an assertion whose matcher is tried until it holds. */
export function poll(expect: ExpectStatic, read: () => unknown, options: WaitOptions = {}): unknown {
  const { message, ...times } = options
  const { assertionCalls } = expect.getState()
  const attempt = async (path: readonly string[], args: unknown[]): Promise<void> => {
    const value = await read()
    let holder = expect(value, message) as unknown as Matchers
    // However often it is tried, it is one assertion.
    expect.setState({ assertionCalls: assertionCalls + 1 })
    for (const name of path.slice(0, -1)) holder = holder[name] as Matchers
    await (holder[path.at(-1) as string] as (...args: unknown[]) => unknown)(...args)
  }
  const chain = (path: readonly string[]): unknown =>
    new Proxy(() => undefined, {
      // A proxy that had a `then` would be taken for a promise.
      get: (_target, key) => (typeof key !== 'string' || key === 'then' ? undefined : chain([...path, key])),
      apply: (_target, _this, args: unknown[]) => waitFor(() => attempt(path, args), times),
    })
  return chain([])
}
