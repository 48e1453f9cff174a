import http from 'node:http'
import https from 'node:https'
import type { Engine } from '../../engine/engine.ts'
import type { VirtualProcess } from '../../engine/process.ts'
import { current } from '../../engine/current.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { StreamHandle } from './stream-handle.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** The agents that each process of a simulation has in place of `http.globalAgent` and `https.globalAgent`. */
const agents = new WeakMap<VirtualProcess, Map<http.Agent, http.Agent>>()

/** HTTP on virtual sockets: its dates are virtual, and what it keeps between requests is each process's own. */
export function installHttp(): void {
  installDates()
  installAgents()
}

/** The process of the running code. */
export function processOf(engine: Engine): VirtualProcess {
  return engine.owner.life ?? engine.processes.ofTest
}

/** Node makes the header `Date` from a clock of its own, which nothing can replace. */
function installDates(): void {
  replaceFunction<AnyFunction>(http.ServerResponse.prototype, '_storeHeader', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const response = this as http.ServerResponse
      const { engine } = current
      if (engine === undefined || !response.sendDate) return original.apply(this, args)
      response.sendDate = false
      const [first, headers] = args
      return original.call(this, first, dated(engine, response, headers))
    }
  })
}

/** By the clock of the node. */
function dateText(engine: Engine): string {
  return new Date(engine.dateMs()).toUTCString()
}

/** `headers` is what the response keeps, or what was given with the status. */
function dated(engine: Engine, response: http.ServerResponse, headers: unknown): unknown {
  const date = dateText(engine)
  if (Array.isArray(headers)) {
    const isNested = Array.isArray(headers[0])
    const names = isNested ? headers.map((entry: unknown[]) => entry[0]) : headers.filter((_, index) => index % 2 === 0)
    if (names.some((name) => String(name).toLowerCase() === 'date')) return headers
    return isNested ? [...headers, ['Date', date]] : [...headers, 'Date', date]
  }
  const given = headers as Record<string, unknown> | null | undefined
  const kept = keptHeaders(response)
  if (given !== undefined && given !== null && given === kept) {
    if (!('date' in given)) response.setHeader('Date', date)
    return keptHeaders(response)
  }
  const names = Object.keys(given ?? {})
  if (names.some((name) => name.toLowerCase() === 'date')) return headers
  return { ...given, Date: date }
}

function keptHeaders(response: object): unknown {
  const symbol = Object.getOwnPropertySymbols(response).find(({ description }) => description === 'kOutHeaders')
  return symbol === undefined ? undefined : (response as Record<symbol, unknown>)[symbol]
}

function installAgents(): void {
  // An agent that several nodes use keeps the connections of each apart.
  replaceFunction<AnyFunction>(http.Agent.prototype, 'getName', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const name = original.apply(this, args)
      const { engine } = current
      return engine === undefined ? name : `${String(name)}:${engine.owner.life?.pid ?? ''}`
    }
  })
  const shared = new Set<unknown>([http.globalAgent, https.globalAgent])
  for (const key of ['addRequest', 'destroy'] as const) {
    replaceFunction<AnyFunction>(http.Agent.prototype, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const { engine } = current
        const agent = engine !== undefined && shared.has(this) ? ownAgent(engine, this as http.Agent) : this
        return original.apply(agent, args)
      }
    })
  }
}

function ownAgent(engine: Engine, shared: http.Agent): http.Agent {
  const process = processOf(engine)
  let own = agents.get(process)
  if (own === undefined) agents.set(process, (own = new Map()))
  let agent = own.get(shared)
  if (agent === undefined) {
    const { options } = shared as unknown as { readonly options: http.AgentOptions }
    // Without what the shared one has learned of itself: `path` is of a request.
    const settings = { ...options, path: undefined }
    agent = shared instanceof https.Agent ? new https.Agent(settings) : new http.Agent(settings)
    Object.assign(agent, { maxSockets: shared.maxSockets, maxFreeSockets: shared.maxFreeSockets })
    own.set(shared, agent)
  }
  return agent
}

/** Node's list of the connections of a server, in the order of their places in memory. */
type ConnectionList = Record<string, unknown>

/** An HTTP server begins to listen inside a simulation. */
export function listenForHttp(server: object): void {
  if (!(server instanceof http.Server) && !(server instanceof https.Server)) return
  server.once('listening', () => {
    const symbols = Object.getOwnPropertySymbols(server)
    const fields = server as unknown as Record<symbol, unknown>
    // It looks for slow requests in real time, with a timer that would keep it and its world for ever.
    const interval = symbols.find(({ description }) => /connectionsCheckingInterval/i.test(description ?? ''))
    if (interval !== undefined) clearInterval(fields[interval] as NodeJS.Timeout)
    const list = symbols.find(({ description }) => description === 'http.server.connections')
    if (list !== undefined) putInOrder(fields[list] as ConnectionList)
  })
}

/** `closeAllConnections` and `closeIdleConnections` go by this list. */
function putInOrder(list: ConnectionList): void {
  for (const key of ['all', 'idle', 'active', 'expired']) {
    const original = list[key]
    if (typeof original !== 'function') continue
    list[key] = (...args: unknown[]): unknown[] => {
      const parsers = original.apply(list, args) as { readonly socket?: unknown }[]
      return parsers.toSorted((a, b) => numberOf(a.socket) - numberOf(b.socket))
    }
  }
}

/** Tells the sockets of a simulation apart, in order of their connections. */
function numberOf(socket: unknown): number {
  const handle = (socket as { _handle?: unknown } | undefined)?._handle
  return handle instanceof StreamHandle ? handle.number : 0
}
