import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Engine } from '../../engine/engine.ts'
import { eventKind } from '../../engine/event.ts'
import { captureContext, runInContext } from '../../virtual/async-context.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { simulating } from '../../virtual/simulating.ts'
import { socketsOf } from '../sockets.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown
type Answer = readonly [error: Error | null, ...values: unknown[]]

const dnsKind = eventKind<unknown>('dns')

/** Queries that the table of nodes answers. */
const answered: Readonly<Record<string, (engine: Engine, args: readonly unknown[]) => Answer>> = {
  lookup: (engine, [name, options]) => lookup(engine, typeof name === 'string' ? name : '', options),
  lookupService: (engine, [address, port]) => lookupService(engine, String(address), Number(port)),
  resolve: (engine, [name, type]) =>
    typeof type === 'string' && type !== 'A' ? absent(`query${type}`, String(name)) : resolve4(engine, String(name)),
  resolve4: (engine, [name, options]) => resolve4(engine, String(name), (options as { ttl?: boolean } | null)?.ttl),
  reverse: (engine, [address]) => reverse(engine, String(address)),
}

/** Queries for records that no node has. */
const unanswered = [
  'resolve6',
  'resolveAny',
  'resolveCaa',
  'resolveCname',
  'resolveMx',
  'resolveNaptr',
  'resolveNs',
  'resolvePtr',
  'resolveSoa',
  'resolveSrv',
  'resolveTlsa',
  'resolveTxt',
] as const

/** All of them, for the table of what is virtual. */
export const nameQueries = [...Object.keys(answered), ...unanswered].toSorted()

function failure(syscall: string, code: string, hostname: string): Error {
  const error = new Error(`${syscall} ${code} ${hostname}`)
  return Object.assign(error, { errno: code === 'ENOTFOUND' ? -3008 : undefined, code, syscall, hostname })
}

function absent(syscall: string, name: string): Answer {
  return [failure(syscall, 'ENODATA', name)]
}

function lookup(engine: Engine, name: string, given: unknown): Answer {
  const options = typeof given === 'object' && given !== null ? (given as { all?: boolean; family?: unknown }) : {}
  const version = isIP(name)
  const address = version > 0 ? name : socketsOf(engine).addressOf(name)
  if (address === undefined) return [failure('getaddrinfo', 'ENOTFOUND', name)]
  const family = isIP(address)
  return options.all === true ? [null, [{ address, family }]] : [null, address, family]
}

function lookupService(engine: Engine, address: string, port: number): Answer {
  const name = socketsOf(engine).nameOf(address)
  return name === undefined ? [failure('getnameinfo', 'ENOTFOUND', address)] : [null, name, String(port)]
}

function resolve4(engine: Engine, name: string, ttl = false): Answer {
  const address = socketsOf(engine).addressOf(name)
  if (address === undefined) return [failure('queryA', 'ENOTFOUND', name)]
  return [null, [ttl ? { address, ttl: 60 } : address]]
}

function reverse(engine: Engine, address: string): Answer {
  const name = socketsOf(engine).nameOf(address)
  return name === undefined ? [failure('getHostByAddr', 'ENOTFOUND', address)] : [null, [name]]
}

/** Gives the answer in an event of its own. */
function later(engine: Engine, answer: Answer, give: (...answer: Answer) => void): void {
  const context = captureContext(engine)
  const act = (): void => runInContext(engine, context, give as AnyFunction, undefined, answer)
  engine.scheduleAt(engine.now, dnsKind, dnsKind.code, engine.owner, act, undefined)
}

function replaceCallback(
  target: object,
  key: string,
  answer: (engine: Engine, args: readonly unknown[]) => Answer,
): void {
  replaceFunction<AnyFunction>(target, key, (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating(`dns.${key}`)
      const callback = args.at(-1)
      if (engine === undefined || typeof callback !== 'function') return original.apply(this, args)
      later(engine, answer(engine, args.slice(0, -1)), callback as AnyFunction)
      return {}
    }
  })
}

function replacePromise(
  target: object,
  key: string,
  answer: (engine: Engine, args: readonly unknown[]) => Answer,
): void {
  replaceFunction<AnyFunction>(target, key, (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating(`dns/promises.${key}`)
      if (engine === undefined) return original.apply(this, args)
      return new Promise((resolve, reject) => {
        later(engine, answer(engine, args), (error, ...values) => {
          if (error !== null) reject(error)
          else resolve(promised(key, values))
        })
      })
    }
  })
}

/** Promises have one value, where callbacks have two. */
function promised(key: string, [first, second]: readonly unknown[]): unknown {
  if (key === 'lookup' && !Array.isArray(first)) return { address: first, family: second }
  return key === 'lookupService' ? { hostname: first, service: second } : first
}

/** Names are those of the nodes, whichever way they are asked for. */
export function installDns(): void {
  const places: readonly [callbacks: object, promises: object][] = [
    [dns, dnsPromises],
    [dns.Resolver.prototype, dnsPromises.Resolver.prototype],
  ]
  for (const [callbacks, promises] of places) {
    for (const [key, answer] of Object.entries(answered)) {
      replaceCallback(callbacks, key, answer)
      replacePromise(promises, key, answer)
    }
    for (const key of unanswered) {
      const answer = (_engine: Engine, [name]: readonly unknown[]): Answer =>
        absent(key.replace('resolve', 'query'), String(name))
      replaceCallback(callbacks, key, answer)
      replacePromise(promises, key, answer)
    }
  }
}
