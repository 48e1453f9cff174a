import { promisify } from 'node:util'
import { SimulationError } from '../../engine/errors.ts'
import type { Engine } from '../../engine/engine.ts'
import { eventKind } from '../../engine/event.ts'
import { ownerStream } from '../owner-stream.ts'
import { replaceFunction } from '../replace.ts'
import { simulating } from '../simulating.ts'

type AnyFunction = (...args: unknown[]) => unknown

const ioKind = eventKind<unknown>('io')
const latencyStream = ownerStream('io')

/** Bounds of what work that is done at once takes in virtual time, µs. */
const latencyMicros = { min: 20, max: 500 }

/** Calls `done` for the present owner when work of this process would be over. */
export function afterwards(engine: Engine, done: () => void): void {
  const latency = latencyStream(engine).integer(latencyMicros.min, latencyMicros.max)
  engine.scheduleAt(engine.now + latency, ioKind, ioKind.code, engine.owner, done, undefined)
}

/**
 * Fails the seed and throws: `api` reaches for something real that no simulation can repeat.
 *
 * Code that catches the error changes nothing: it would have gone another way with the real one.
 */
export function refuse(engine: Engine, api: string, instead: string): never {
  const message = `${api} leaves the simulation: ${instead}`
  const error = new SimulationError('REAL_WORK', message)
  engine.report('RealWork', api, message, error)
  throw error
}

/** What an installer needs of a function: where it is, and its name for people. */
export interface Place {
  readonly target: object
  readonly key: string
  readonly api: string
}

/** Its synchronous form, with the callback in an event of its own. Wrong arguments throw at once, as in Node. */
export function makeInstant({ target, key, api }: Place, syncKey = `${key}Sync`): void {
  const functions = target as Record<string, AnyFunction>
  // The watchdog may have put something before it since.
  const own = functions[key]
  replaceFunction<AnyFunction>(target, key, (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const callback = args.at(-1)
      const sync = (syncKey === key ? own : functions[syncKey]) as AnyFunction
      const engine = typeof callback === 'function' ? simulating(api) : undefined
      if (engine === undefined) return original.apply(this, args)
      let outcome: readonly unknown[]
      try {
        outcome = [null, sync.apply(this, args.slice(0, -1))]
      } catch (error) {
        if (isMisuse(error)) throw error
        outcome = [error]
      }
      afterwards(engine, () => (callback as AnyFunction)(...outcome))
      return undefined
    }
  })
}

/** Node throws these before any work is done. */
function isMisuse(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^ERR_(?:INVALID_ARG|OUT_OF_RANGE|MISSING|CRYPTO_INVALID)/.test(code)
}

/** Done for real while virtual time stands still: functions that return a promise. */
export function makeFrozen(
  { target, key, api }: Place,
  look: (args: unknown[], engine: Engine) => void = () => {},
): void {
  replaceFunction<AnyFunction>(target, key, (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating(api)
      if (engine === undefined) return original.apply(this, args)
      try {
        look(args, engine)
      } catch (error) {
        return Promise.reject(error as Error)
      }
      return engine.outside.wait(() => original.apply(this, args))
    }
  })
}

/** The same for functions that call back. */
export function makeFrozenCallback(
  { target, key, api }: Place,
  look: (args: unknown[], engine: Engine) => void = () => {},
): void {
  replaceFunction<AnyFunction>(target, key, (original) => {
    const frozen = function (this: unknown, ...args: unknown[]): unknown {
      const at = args.findLastIndex((argument) => typeof argument === 'function')
      const engine = at < 0 ? undefined : simulating(api)
      if (engine === undefined) return original.apply(this, args)
      look(args, engine)
      const callback = args[at] as AnyFunction
      const work = (): Promise<unknown[]> =>
        new Promise((resolve) => {
          original.apply(
            this,
            args.with(at, (...outcome: unknown[]) => resolve(outcome)),
          )
        })
      // What the callback throws is nobody's promise: it belongs to the event.
      void engine.outside.wait(work).then(
        (outcome) => callback(...outcome),
        (error: unknown) => callback(error),
      )
      return undefined
    }
    return promisifiedAs(frozen, original, (promised) => (args) => {
      const engine = simulating(api)
      if (engine === undefined) return promised(...args)
      look(args, engine)
      return engine.outside.wait(() => promised(...args))
    })
  })
}

/** Gives a replacement its own form for `util.promisify`, where Node has one: that of the original is the original. */
function promisifiedAs(
  replacement: AnyFunction,
  original: AnyFunction,
  make: (promised: AnyFunction) => (args: unknown[]) => unknown,
): AnyFunction {
  const promised = (original as unknown as Record<symbol, AnyFunction | undefined>)[promisify.custom]
  if (promised === undefined) return replacement
  const replaced = make(promised)
  return Object.assign(replacement, { [promisify.custom]: (...args: unknown[]) => replaced(args) })
}

/** Refused by name, unless `allows` says that these arguments are harmless. */
export function makeRefused(
  { target, key, api }: Place,
  instead: string,
  form: 'throws' | 'rejects' = 'throws',
  allows: (args: unknown[]) => boolean = () => false,
): void {
  replaceFunction<AnyFunction>(target, key, (original) => {
    const refusing = (call: (args: unknown[]) => unknown, rejects: boolean, args: unknown[]): unknown => {
      const engine = simulating(api)
      if (engine === undefined || allows(args)) return call(args)
      if (!rejects) refuse(engine, api, instead)
      try {
        refuse(engine, api, instead)
      } catch (error) {
        return Promise.reject(error as Error)
      }
    }
    const refused = function (this: unknown, ...args: unknown[]): unknown {
      return refusing((given) => original.apply(this, given), form === 'rejects', args)
    }
    return promisifiedAs(refused, original, (promised) => (args) => refusing((given) => promised(...given), true, args))
  })
}
