import { isIP } from 'node:net'
import type { SocketAddress } from '../addresses.ts'
import { isLoopback, isOwn, plainAddress, socketAddress } from '../addresses.ts'
import { codes } from '../codes.ts'
import type { Route } from '../route.ts'
import { type Internals, internals } from './internals.ts'
import { type Request, StreamHandle } from './stream-handle.ts'

/** What `new TCP(SOCKET)` is outside a simulation. */
export class TcpHandle extends StreamHandle {
  private bound: { readonly address: string; readonly port: number } | undefined

  bind(address: string, port: number): number {
    this.bound = { address, port }
    return codes.ok
  }

  bind6(address: string, port: number): number {
    return this.bind(address, port)
  }

  connect(request: Request, address: string, port: number): number {
    const { sockets, host } = this
    const to = sockets.hostAt(address, host)
    if (to === undefined) return this.failLater(request, codes.unreachable)
    const route: Route = {
      to,
      localAddress: isOwn(plainAddress(address)) ? loopbackLike(address) : host.address,
      remoteAddress: isOwn(plainAddress(address)) ? loopbackLike(address) : plainAddress(address),
      localPort: this.bound?.port || sockets.freePort(host),
      remotePort: port,
    }
    return this.start(request, sockets.connection(host, route))
  }

  connect6(request: Request, address: string, port: number): number {
    return this.connect(request, address, port)
  }

  protected override get localAddress(): SocketAddress | undefined {
    const { bound } = this
    return super.localAddress ?? (bound && socketAddress(bound.address, bound.port))
  }
}

/** The loopback address that a connection to `address` has at both ends. */
function loopbackLike(address: string): string {
  if (isLoopback(address)) return address
  return isIP(address) === 6 ? '::1' : '127.0.0.1'
}

// For `instanceof`: `socket.resetAndDestroy()` asks for it.
if (internals.found !== undefined) {
  Object.setPrototypeOf(StreamHandle.prototype, (internals.found as Internals).TCP.prototype)
}
