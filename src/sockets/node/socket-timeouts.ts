import net from 'node:net'
import { current } from '../../engine/current.ts'
import type { Engine } from '../../engine/engine.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { Timeout } from '../../virtual/timeout.ts'
import { StreamHandle } from './stream-handle.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** A socket, as far as its idle timeout goes. */
interface TimedSocket {
  _handle: unknown
  _parent: TimedSocket | null
  readonly destroyed: boolean
  timeout: number
  _onTimeout(): void
  once(event: string, listener: () => void): void
  removeListener(event: string, listener: () => void): void
}

const timers = new WeakMap<TimedSocket, Timeout>()

/**
 * The idle timeout of virtual sockets. Node's own is a timer of its internals, which runs in real time; this one is set by
 * the same calls and is as long in virtual time.
 */
export function installSocketTimeouts(): void {
  replaceFunction<AnyFunction>(net.Socket.prototype, 'setTimeout', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const socket = this as TimedSocket
      const [ms, callback] = args
      const { engine } = current
      // It has no handle before it is connected.
      const isVirtual = !socket._handle || socket._handle instanceof StreamHandle
      if (engine === undefined || !isVirtual || !isDelay(ms)) {
        return original.apply(this, args)
      }
      if (socket.destroyed) return this
      set(engine, socket, ms, callback as (() => void) | undefined)
      return this
    }
  })
  replaceFunction<AnyFunction>(net.Socket.prototype, '_unrefTimer', (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      for (let socket = this as TimedSocket | null; socket !== null && socket !== undefined; socket = socket._parent) {
        timers.get(socket)?.refresh()
      }
      return original.apply(this, args)
    }
  })
}

/** What Node refuses is for Node to refuse. */
function isDelay(ms: unknown): ms is number {
  return typeof ms === 'number' && ms >= 0 && Number.isFinite(ms)
}

function set(engine: Engine, socket: TimedSocket, ms: number, callback: (() => void) | undefined): void {
  socket.timeout = ms
  const known = timers.get(socket)
  known?.close()
  timers.delete(socket)
  if (ms === 0) {
    if (callback !== undefined) socket.removeListener('timeout', callback)
    return
  }
  const expire = (): void => {
    if (!socket.destroyed) socket._onTimeout()
  }
  timers.set(socket, new Timeout(engine, expire, ms, undefined, false))
  if (callback !== undefined) socket.once('timeout', callback)
}
