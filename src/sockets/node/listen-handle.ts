import { eventKind } from '../../engine/event.ts'
import { captureContext, runInContext } from '../../virtual/async-context.ts'
import { socketAddress } from '../addresses.ts'
import { codes } from '../codes.ts'
import type { Connection } from '../connection.ts'
import type { Host } from '../host.ts'
import { Listener } from '../listener.ts'
import type { Sockets } from '../sockets.ts'
import { PipeHandle } from './pipe-handle.ts'
import { TcpHandle } from './tcp-handle.ts'

const closedKind = eventKind<unknown>('socket')

/** The handle below a listening server. */
export class ListenHandle {
  getAsyncId(): number {
    return 0
  }

  readonly fd = -1
  onconnection: ((status: number, handle: object) => void) | undefined
  private readonly sockets: Sockets
  private readonly host: Host
  private readonly address: string
  private readonly path: string | undefined
  private port: number
  private listener: Listener | undefined
  private readonly context

  /** `at`: an address and port, or a path. */
  constructor(sockets: Sockets, host: Host, at: { address: string; port: number } | { path: string }) {
    this.sockets = sockets
    this.host = host
    this.context = captureContext(sockets.engine)
    this.path = 'path' in at ? at.path : undefined
    this.address = 'path' in at ? '' : at.address
    this.port = 'path' in at ? 0 : at.port
    // By this Node knows that the server's address is its path.
    if (this.path !== undefined) Object.defineProperty(this, 'getsockname', { value: undefined })
  }

  listen(backlog: number): number {
    const { sockets, host, address, path } = this
    if (path === undefined && this.port === 0) this.port = sockets.freePort(host)
    const isTaken = path === undefined ? host.listeners.has(this.port) : host.paths.has(path)
    if (isTaken) return codes.addressInUse
    if (path === undefined && sockets.hostAt(address, host) !== host) return codes.addressNotAvailable
    this.listener = new Listener(host, sockets.owner, { address, port: this.port }, backlog, this.accept)
    if (path === undefined) host.listeners.set(this.port, this.listener)
    else host.paths.set(path, this.listener)
    return codes.ok
  }

  private readonly accept = (connection: Connection): void => {
    const { sockets, host } = this
    if (this.listener === undefined) return connection.abort()
    const Handle = this.path === undefined ? TcpHandle : PipeHandle
    const handle = new Handle(sockets, host, connection)
    const accept = (): void => this.onconnection?.(codes.ok, handle)
    runInContext(sockets.engine, this.context, accept, undefined, [])
  }

  getsockname(out: Record<string, unknown>): number {
    Object.assign(out, socketAddress(this.address, this.port))
    return codes.ok
  }

  close(done?: () => void): void {
    const { sockets, host, listener, path } = this
    if (listener !== undefined) {
      if (path === undefined) host.listeners.delete(this.port)
      else host.paths.delete(path)
    }
    this.listener = undefined
    const { engine } = sockets
    if (done === undefined) return
    engine.scheduleAt(engine.now, closedKind, closedKind.code, engine.owner, () => done.call(this), undefined)
  }

  setSimultaneousAccepts(): number {
    return codes.ok
  }

  ref(): void {}

  unref(): void {}

  hasRef(): boolean {
    return true
  }
}
