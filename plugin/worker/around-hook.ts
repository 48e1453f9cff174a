import { AsyncLocalStorage } from 'node:async_hooks'
import { within } from './within.ts'

/** A hook that is wrapped around an iteration, and that has called `runTest()`. */
export interface OpenHook {
  /** Calls a function in the asynchronous context in which the hook called `runTest()`. */
  readonly inside: <T>(call: () => T) => T
  /** Lets `runTest()` return, and waits for the end of the hook. */
  readonly close: () => Promise<void>
}

type AroundHook = (runTest: () => Promise<void>, context: unknown, suite: unknown) => unknown

/** Where Vitest keeps the timeout of such a hook; without it the hooks of a suite have none. */
const timeoutKey = Symbol.for('VITEST_AROUND_TIMEOUT')

/** Begins an `aroundEach` hook and returns once it has called `runTest()`; throws what the hook throws before. */
export async function openAround(hook: AroundHook, context: unknown, suite: unknown): Promise<OpenHook> {
  const timeoutMs = (hook as unknown as Record<symbol, number | undefined>)[timeoutKey]
  let leave = (): void => {}
  const left = new Promise<void>((resolve) => (leave = resolve))
  let inside: OpenHook['inside'] | undefined
  let enter = (): void => {}
  const entered = new Promise<void>((resolve) => (enter = resolve))
  const runTest = (): Promise<void> => {
    if (inside !== undefined) {
      throw new Error('The `runTest()` callback was called multiple times in the `aroundEach` hook.')
    }
    inside = AsyncLocalStorage.snapshot() as OpenHook['inside']
    enter()
    return left
  }
  const done = (async () => void (await hook(runTest, context, suite)))()
  // It may fail between two waits.
  done.catch(() => undefined)
  await within(timeoutMs, 'The setup phase of an "aroundEach" hook', Promise.race([entered, done]))
  if (inside === undefined) {
    await done
    throw new Error('The `runTest()` callback was not called in the `aroundEach` hook.')
  }
  return {
    inside,
    close: () => {
      leave()
      return within(timeoutMs, 'The teardown phase of an "aroundEach" hook', done)
    },
  }
}
