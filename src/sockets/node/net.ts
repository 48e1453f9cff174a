import net from 'node:net'
import type { Engine } from '../../engine/engine.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { simulating } from '../../virtual/simulating.ts'
import { refuse } from '../../virtual/io/treatments.ts'
import { socketsOf } from '../sockets.ts'
import { type Internals, internals } from './internals.ts'
import { listenForHttp } from './http.ts'
import { ListenHandle } from './listen-handle.ts'
import { PipeHandle } from './pipe-handle.ts'
import { installSocketTimeouts } from './socket-timeouts.ts'
import { StreamHandle } from './stream-handle.ts'
import { TcpHandle } from './tcp-handle.ts'
import { listenSecurely } from './tls.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** A socket, as far as its handle is set here. */
interface NodeSocket {
  _handle: object | null
  readonly destroyed: boolean
}

interface NodeServer {
  _handle: object | null
}

/** Gives sockets and servers virtual handles inside a simulation; everything above them is Node's own. */
export function installNet(): void {
  replaceFunction<AnyFunction>(net.Socket.prototype, 'connect', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating('net.connect')
      if (engine === undefined) return original.apply(this, args)
      const parts = internalsFor(engine, 'net.connect')
      const socket = this as NodeSocket
      // Connected again after its end: Node would make a new handle.
      if (socket._handle === null || socket.destroyed) {
        if (socket.destroyed) socket._handle = null
        adopt(parts, socket, handleFor(engine, args))
      }
      return original.apply(this, args)
    }
  })
  replaceFunction<AnyFunction>(net.Server.prototype, '_listen2', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const engine = simulating('net.Server.listen')
      if (engine !== undefined) {
        internalsFor(engine, 'net.Server.listen')
        listen(engine, this as NodeServer, args)
        const [address, port, addressType, ...rest] = args
        // Everywhere: as Node does it on a machine that has IPv6.
        if (addressType !== -1 && !address) return original.call(this, '::', port, 6, ...rest)
      }
      return original.apply(this, args)
    }
  })
  replaceFunction<AnyFunction>(net.Socket.prototype, 'destroy', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const { _handle: handle } = this as NodeSocket
      if (!(handle instanceof StreamHandle) || handle.mayEnd(() => original.apply(this, args))) {
        return original.apply(this, args)
      }
      return this
    }
  })
  installSocketTimeouts()
}

function internalsFor(engine: Engine, api: string): Internals {
  const { found, missing } = internals
  if (found === undefined) {
    refuse(engine, api, `this version of Node (${process.version}) has no virtual sockets: ${missing}`)
  }
  return found as Internals
}

function handleFor(engine: Engine, args: readonly unknown[]): StreamHandle {
  const sockets = socketsOf(engine)
  const [first] = args
  const options = (Array.isArray(first) ? first[0] : first) as { path?: unknown } | string | number | undefined
  const isPath = typeof options === 'object' ? Boolean(options?.path) : isPathName(options)
  return isPath ? new PipeHandle(sockets, sockets.here) : new TcpHandle(sockets, sockets.here)
}

/** `connect('/tmp/socket')`: a text that is no number. */
function isPathName(value: unknown): boolean {
  return typeof value === 'string' && !/^\d+$/.test(value.trim())
}

/** What Node does with a handle that it has made itself. */
function adopt(parts: Internals, socket: NodeSocket, handle: StreamHandle): void {
  socket._handle = handle
  handle.onread = parts.onRead
  Object.defineProperty(handle, parts.owner, { value: socket, writable: true, configurable: true, enumerable: false })
  const fields = socket as unknown as Record<symbol, unknown>
  const symbolOf = (name: string): symbol | undefined =>
    Object.getOwnPropertySymbols(socket).find(({ description }) => description === name)
  const [buffer, generator] = [symbolOf('kBuffer'), symbolOf('kBufferGen')]
  if (buffer === undefined || generator === undefined || !fields[buffer]) return
  const make = fields[generator]
  if (typeof make === 'function') fields[buffer] = make() as unknown
  if (fields[buffer] instanceof Uint8Array) handle.useUserBuffer(fields[buffer])
}

function listen(engine: Engine, server: NodeServer, args: readonly unknown[]): void {
  const [address, port, addressType] = args
  const sockets = socketsOf(engine)
  if (server._handle !== null) return
  listenForHttp(server)
  listenSecurely(server)
  if (addressType === -1 && typeof address === 'string') {
    server._handle = new ListenHandle(sockets, sockets.here, { path: address })
  } else if (typeof port === 'number' && port >= 0) {
    const at = typeof address === 'string' && address !== '' ? address : '::'
    server._handle = new ListenHandle(sockets, sockets.here, { address: at, port })
  } else {
    refuse(engine, 'net.Server.listen', 'a file descriptor belongs to the real machine. Listen on a port or a path')
  }
}
