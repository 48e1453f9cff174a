import dgram from 'node:dgram'
import dns from 'node:dns'
import dnsPromises from 'node:dns/promises'
import net from 'node:net'
import { simulating } from '../simulating.ts'
import { replaceFunction } from '../replace.ts'
import { makeRefused, refuse } from './treatments.ts'

export const insteadOfSockets =
  'sockets are not part of it yet. Use the bus of the nodes, pass a fake client in, or do it for real in `await sim.real(() => …)`'

export const datagrams = ['bind', 'connect', 'send'] as const

export const nameQueries = [
  'lookup',
  'lookupService',
  'resolve',
  'resolve4',
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
  'resolveTxt',
  'reverse',
] as const

export const clients = ['fetch', 'WebSocket', 'EventSource'] as const

type AnyFunction = (...args: unknown[]) => unknown

/** Refuses the network of the machine, at the doors that every client and server goes through. */
export function installSockets(): void {
  const doors: readonly [object, string, string][] = [
    [net.Socket.prototype, 'connect', 'net.connect'],
    [net.Server.prototype, 'listen', 'net.Server.listen'],
  ]
  for (const [target, key, api] of doors) {
    replaceFunction<AnyFunction>(target, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const engine = simulating(api)
        if (engine !== undefined) refuse(engine, callerOf(api), insteadOfSockets)
        return original.apply(this, args)
      }
    })
  }
  for (const key of datagrams) {
    makeRefused({ target: dgram.Socket.prototype, key, api: `dgram.${key}` }, insteadOfSockets)
  }
  for (const key of nameQueries) {
    makeRefused({ target: dns, key, api: `dns.${key}` }, insteadOfSockets)
    makeRefused({ target: dnsPromises, key, api: `dns/promises.${key}` }, insteadOfSockets, 'rejects')
  }
  makeRefused({ target: globalThis, key: 'fetch', api: 'fetch' }, insteadOfSockets, 'rejects')
  for (const key of clients) if (key !== 'fetch') refuseConstruction(key)
}

/** The module of Node that was asked, by the stack: an HTTP request opens a socket, and so does a server. */
const askedBy: readonly [RegExp, string][] = [
  [/\(?node:_http_client:/, 'http.request'],
  [/\(?node:internal\/http2\//, 'http2.connect'],
  [/\(?node:(?:_tls_wrap|tls|internal\/tls\/\w+):/, 'tls.connect'],
  [/\(?node:https?:/, 'http.request'],
]

function callerOf(api: string): string {
  if (api !== 'net.connect') return api
  const stack = new Error(api).stack ?? ''
  return askedBy.find(([pattern]) => pattern.test(stack))?.[1] ?? api
}

/** A class of the global object; Node defines some of them on first access. */
function refuseConstruction(key: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, key)
  if (descriptor === undefined || descriptor.configurable !== true) return
  let refusing: unknown
  const get = (): unknown => {
    const value: unknown = descriptor.get === undefined ? descriptor.value : descriptor.get.call(globalThis)
    if (typeof value !== 'function') return value
    return (refusing ??= new Proxy(value, {
      construct(target, args, newTarget) {
        const engine = simulating(`new ${key}`)
        if (engine !== undefined) refuse(engine, `new ${key}`, insteadOfSockets)
        return Reflect.construct(target, args, newTarget) as object
      },
    }))
  }
  const set = (value: unknown): void => {
    Object.defineProperty(globalThis, key, { value, writable: true, configurable: true, enumerable: false })
  }
  Object.defineProperty(globalThis, key, { get, set, configurable: true, enumerable: descriptor.enumerable ?? false })
}
