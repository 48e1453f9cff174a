import { codes } from '../codes.ts'
import type { Route } from '../route.ts'
import { type Request, StreamHandle } from './stream-handle.ts'

/** What `new Pipe(SOCKET)` is outside a simulation: a Unix socket, within one machine. */
export class PipeHandle extends StreamHandle {
  connect(request: Request, path: string): number {
    const { sockets, host } = this
    if (!host.paths.has(path)) return this.failLater(request, codes.noSuchFile)
    const ends = { localAddress: '', remoteAddress: '', localPort: 0, remotePort: 0 }
    const route: Route = { to: host, ...ends, path }
    return this.start(request, sockets.connection(host, route))
  }
}
