import dgram from 'node:dgram'
import type { Engine } from '../../engine/engine.ts'
import { refuse } from '../../virtual/io/treatments.ts'
import { replaceFunction } from '../../virtual/replace.ts'
import { simulating } from '../../virtual/simulating.ts'
import { socketsOf } from '../sockets.ts'
import { UdpHandle } from './udp-handle.ts'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

interface RealHandle {
  lookup?: unknown
  close(): void
}

/** What a socket of node:dgram keeps of itself, under a symbol of Node's. */
interface DatagramState {
  handle: RealHandle | UdpHandle | null
  readonly bindState: number
}

/** Every way into a socket that is not bound yet. */
const doors = ['bind', 'bindSync', 'connect', 'connectSync', 'send', 'sendto'] as const

/** Methods that ask the handle before the socket is bound. */
const settings = ['getRecvBufferSize', 'getSendBufferSize', 'setRecvBufferSize', 'setSendBufferSize'] as const

/** Gives UDP sockets virtual handles when they are first used inside a simulation. */
export function installDgram(): void {
  for (const key of [...doors, ...settings]) {
    replaceFunction<AnyFunction>(dgram.Socket.prototype, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const engine = simulating(`dgram.${key}`)
        if (engine !== undefined) makeVirtual(engine, this as object, `dgram.${key}`)
        return original.apply(this, args)
      }
    })
  }
}

function makeVirtual(engine: Engine, socket: object, api: string): void {
  const state = stateOf(socket)
  if (state === undefined) {
    return refuse(engine, api, `this version of Node (${process.version}) has no virtual UDP sockets`)
  }
  const { handle } = state
  if (handle === null || handle instanceof UdpHandle) return
  // Bound in real time: it is the test's own, and its datagrams are real.
  if (state.bindState !== 0) return refuse(engine, api, 'the socket was bound outside of it. Bind one inside')
  const sockets = socketsOf(engine)
  const virtual = new UdpHandle(sockets, sockets.here, handle.lookup)
  for (const symbol of Object.getOwnPropertySymbols(handle)) {
    Object.defineProperty(virtual, symbol, { value: socket, writable: true, configurable: true, enumerable: false })
  }
  handle.close()
  state.handle = virtual
}

function stateOf(socket: object): DatagramState | undefined {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    const value = (socket as Record<symbol, unknown>)[symbol]
    if (typeof value === 'object' && value !== null && 'bindState' in value && 'handle' in value) {
      return value as DatagramState
    }
  }
  return undefined
}
