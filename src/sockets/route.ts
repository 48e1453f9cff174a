import { mapped } from './addresses.ts'
import type { Host } from './host.ts'

/** From one socket to another, as one of them sees it. */
export interface Route {
  readonly to: Host
  readonly localAddress: string
  readonly remoteAddress: string
  /** 0 at both ends of a Unix socket. */
  readonly localPort: number
  readonly remotePort: number
  /** Of a Unix socket. */
  readonly path?: string
}

/** The same way seen from the other end; `isMapped`: by an IPv6 socket, which takes connections over IPv4, too. */
export function reversed(route: Route, from: Host, isMapped: boolean): Route {
  const { localAddress, remoteAddress, localPort, remotePort, path } = route
  const ends = {
    to: from,
    localAddress: isMapped ? mapped(remoteAddress) : remoteAddress,
    remoteAddress: isMapped ? mapped(localAddress) : localAddress,
    localPort: remotePort,
    remotePort: localPort,
  }
  return path === undefined ? ends : { ...ends, path }
}
