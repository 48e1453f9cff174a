import { AsyncLocalStorage } from 'node:async_hooks'
import { real } from './real.ts'

/**
 * True where asynchronous context costs next to nothing (Node 24 and newer). Elsewhere it is made of promise hooks, which slow
 * each promise.
 */
export const contextIsFree = !('_enable' in AsyncLocalStorage.prototype)

/** Storage of our own; its methods are Node's: those that we have put in their place tell that code under test uses such a thing. */
export function ownStorage<T>(): AsyncLocalStorage<T> {
  return Object.defineProperties(new AsyncLocalStorage<T>(), {
    run: { value: real.contextRun },
    enterWith: { value: real.contextEnterWith },
  })
}
