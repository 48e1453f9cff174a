import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { current } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import { replaceFunction } from './replace.ts'

// Keeping context costs a resource and a scope for each event (a third of the throughput), so nothing is kept until
// code inside a simulation enters a context for the first time. Until then there is only one context to be in.
let everUsed = false

/** The context in which each simulation was when it first entered another one; its events start from there. */
const baseContexts = new WeakMap<Engine, AsyncResource>()

function createResource(): AsyncResource {
  return new AsyncResource('Simulation', { requireManualDestroy: true })
}

/**
 * Gives a new simulation the context of its caller, in which each of its events starts: what one event enters must not
 * be seen by the next, though both run in one stretch of synchronous code.
 */
export function beginContext(engine: Engine): void {
  if (everUsed) keepBase(engine)
}

function noteUse(): void {
  const engine = current.engine
  if (engine === undefined || baseContexts.has(engine)) return
  keepBase(engine)
  everUsed = true
}

function keepBase(engine: Engine): void {
  const base = engine.strays?.outside(createResource) ?? createResource()
  baseContexts.set(engine, base)
  engine.around = (action, data) => runInBase(engine, base, () => action(data))
}

function runInBase(engine: Engine, base: AsyncResource, action: () => void): void {
  // A resource of its own, because on Node 20 `enterWith` writes into the resource that is being run.
  const own = base.runInAsyncScope(createResource)
  if (engine.strays === undefined) own.runInAsyncScope(action)
  else own.runInAsyncScope(() => engine.strays?.enter(action))
}

/** The asynchronous context of the running code; undefined while its simulation has only one. */
export function captureContext(engine: Engine): AsyncResource | undefined {
  return everUsed && baseContexts.has(engine) ? createResource() : undefined
}

/**
 * Calls `callback` in a context from `captureContext`, so that user-land AsyncLocalStorage survives an event.
 *
 * @param context undefined: the context in which the simulation began.
 */
export function runInContext(
  engine: Engine,
  context: AsyncResource | undefined,
  callback: (...args: unknown[]) => unknown,
  receiver: unknown,
  args: readonly unknown[],
): void {
  if (context !== undefined) {
    context.runInAsyncScope(callback, receiver, ...args)
    return
  }
  const base = everUsed ? baseContexts.get(engine) : undefined
  if (base === undefined) Reflect.apply(callback, receiver, args)
  else runInBase(engine, base, () => void Reflect.apply(callback, receiver, args))
}

/** Learns when code under test starts to use AsyncLocalStorage; changes nothing of what it does. */
export function installAsyncContext(): void {
  for (const key of ['run', 'enterWith', 'withScope']) {
    replaceFunction<(...args: unknown[]) => unknown>(AsyncLocalStorage.prototype, key, (original) => {
      return function (this: unknown, ...args: unknown[]) {
        if (current.engine !== undefined) noteUse()
        return original.apply(this, args)
      }
    })
  }
}
