import { current } from '../../engine/current.ts'
import type { Engine } from '../../engine/engine.ts'
import type { VirtualProcess } from '../../engine/process.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { processOf } from './http.ts'
import { chosenDispatcher } from './undici-global.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** An `Agent` of the undici that is part of Node: it keeps connections. */
type Dispatcher = object

/** Where undici keeps its global dispatcher, newest place first. The older one may hold a wrapper for older clients. */
const places = ['undici.globalDispatcher.2', 'undici.globalDispatcher.1'].map((name) => Symbol.for(name))

/** The pools of connections of each process of a simulation. */
const dispatchers = new WeakMap<VirtualProcess, Dispatcher>()

/** The dispatcher of the running process; undefined: the global one is not Node's, and stays. */
function dispatcherOf(engine: Engine): Dispatcher | undefined {
  const process = processOf(engine)
  const chosen = chosenDispatcher(process)
  if (chosen !== undefined) return chosen
  const Agent = globalClass()
  // One that somebody has put in its place, such as a mock or a proxy, is for everybody, as they wanted it.
  if (Agent?.name !== 'Agent') return undefined
  let own = dispatchers.get(process)
  if (own === undefined) dispatchers.set(process, (own = new Agent()))
  return own
}

/** The class of the global dispatcher. */
function globalClass(): (new () => Dispatcher) | undefined {
  // Reading it loads undici, which then sets its dispatcher.
  void globalThis.Request
  const held = globalThis as unknown as Record<symbol, Dispatcher | undefined>
  const dispatcher = places.map((place) => held[place]).find((one) => one !== undefined)
  return dispatcher?.constructor as (new () => Dispatcher) | undefined
}

/** `fetch`, `WebSocket` and `EventSource` keep their connections in the process that makes them. */
export function installFetch(): void {
  replaceFunction<AnyFunction>(globalThis, 'fetch', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const { engine } = current
      if (engine === undefined) return original.apply(this, args)
      const [input, init] = args
      // What a Request has are getters of its class: a copy of its own properties would be empty.
      if (init instanceof Request) return fetchLike(original, engine, input, init)
      return original.call(this, input, withDispatcher(engine, init, input))
    }
  })
  for (const key of ['WebSocket', 'EventSource']) replaceClass(key)
}

/** A function that is async: what a Request refuses rejects, as it does in `fetch`. */
async function fetchLike(original: AnyFunction, engine: Engine, input: unknown, init: Request): Promise<unknown> {
  return original.call(globalThis, new Request(input as Request, init), withDispatcher(engine, undefined))
}

function withDispatcher(engine: Engine, init: unknown, input?: unknown): unknown {
  if (init !== undefined && init !== null && typeof init !== 'object') return init
  if ((init as { dispatcher?: unknown } | null | undefined)?.dispatcher !== undefined) return init
  if ((input as { dispatcher?: unknown } | null | undefined)?.dispatcher !== undefined) return init
  const dispatcher = dispatcherOf(engine)
  return dispatcher === undefined ? init : { ...init, dispatcher }
}

/** A class of the global object; Node defines some of them on first access. */
function replaceClass(key: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, key)
  if (descriptor === undefined || descriptor.configurable !== true) return
  let replaced: unknown
  const get = (): unknown => {
    const value: unknown = descriptor.get === undefined ? descriptor.value : descriptor.get.call(globalThis)
    if (typeof value !== 'function') return value
    return (replaced ??= new Proxy(value, {
      construct(target, [url, given], newTarget) {
        const { engine } = current
        return Reflect.construct(
          target,
          [url, engine === undefined ? given : optionsFor(engine, given)],
          newTarget,
        ) as object
      },
    }))
  }
  const set = (value: unknown): void => {
    Object.defineProperty(globalThis, key, { value, writable: true, configurable: true, enumerable: false })
  }
  Object.defineProperty(globalThis, key, { get, set, configurable: true, enumerable: descriptor.enumerable ?? false })
}

/** A WebSocket takes its protocols in the same place. */
function optionsFor(engine: Engine, given: unknown): unknown {
  const isProtocols = typeof given === 'string' || Array.isArray(given)
  return withDispatcher(engine, isProtocols ? { protocols: given } : given)
}
