import { eventKind } from '../../engine/event.ts'
import { captureContext, runInContext } from '../../virtual/async-context.ts'
import { isAny, plainAddress, socketAddress } from '../addresses.ts'
import { longestDatagram } from '../bounds.ts'
import { codes } from '../codes.ts'
import { DatagramSocket, type DatagramView } from '../datagram-socket.ts'
import type { Host } from '../host.ts'
import type { Sockets } from '../sockets.ts'
import type { Request } from './stream-handle.ts'

interface RemoteInfo {
  readonly address: string
  readonly family: 'IPv4' | 'IPv6'
  readonly port: number
  readonly size: number
}

const closedKind = eventKind<unknown>('socket')

/** The handle below a socket of node:dgram; has what UDP of node:internal has. */
export class UdpHandle {
  getAsyncId(): number {
    return 0
  }

  readonly fd = -1
  onmessage: ((count: number, handle: object, bytes: Buffer | undefined, from: RemoteInfo) => void) | undefined
  onerror: unknown
  /** Of Node's own handle: resolves names for its socket. */
  lookup: unknown
  private readonly sockets: Sockets
  private readonly host: Host
  private readonly context
  private socket: DatagramSocket | undefined
  private peer: { readonly address: string; readonly port: number } | undefined
  private receiving = false

  constructor(sockets: Sockets, host: Host, lookup: unknown) {
    this.sockets = sockets
    this.host = host
    this.lookup = lookup
    this.context = captureContext(sockets.engine)
  }

  bind(address: string, port: number): number {
    const { sockets, host } = this
    const free = port === 0 ? sockets.freePort(host) : port
    if (host.datagrams.has(free)) return codes.addressInUse
    if (sockets.hostAt(address, host) !== host) return codes.addressNotAvailable
    this.socket = new DatagramSocket(sockets, host, sockets.owner, address, free)
    this.socket.receive = this.receive
    return codes.ok
  }

  bind6(address: string, port: number): number {
    return this.bind(address, port)
  }

  connect(address: string, port: number): number {
    if (this.peer !== undefined) return codes.isConnected
    this.peer = { address: plainAddress(address), port }
    return codes.ok
  }

  connect6(address: string, port: number): number {
    return this.connect(address, port)
  }

  disconnect(): number {
    if (this.peer === undefined) return codes.notConnected
    this.peer = undefined
    return codes.ok
  }

  /** `send(request, list, count, port, address, hasCallback)`, or without port and address when it is connected. */
  send(_request: Request, list: readonly Uint8Array[], _count: number, port: unknown, address?: unknown): number {
    if (this.socket === undefined) return codes.invalid
    const to = typeof port === 'number' ? { address: plainAddress(String(address)), port } : this.peer
    if (to === undefined) return codes.destinationMissing
    const data = Buffer.concat(list)
    if (data.length > longestDatagram) return codes.tooLong
    this.sockets.engine.owner.acts()
    this.socket.send(to.address, to.port, data)
    // Done at once: one more than the bytes that were sent.
    return data.length + 1
  }

  send6(request: Request, list: readonly Uint8Array[], count: number, port: unknown, address?: unknown): number {
    return this.send(request, list, count, port, address)
  }

  private readonly receive = (datagram: DatagramView): void => {
    if (!this.receiving) return
    const { fromAddress, fromPort, data } = datagram
    const { peer } = this
    if (peer !== undefined && (peer.port !== fromPort || !this.isPeer(fromAddress))) return
    const bytes = data as Buffer
    const from = { ...socketAddress(fromAddress, fromPort), size: bytes.length }
    const act = (): void => this.onmessage?.(bytes.length, this, bytes, from)
    runInContext(this.sockets.engine, this.context, act, undefined, [])
  }

  private isPeer(address: string): boolean {
    return this.sockets.hostAt(address, this.host) === this.sockets.hostAt(this.peer?.address ?? '', this.host)
  }

  recvStart(): number {
    this.receiving = true
    return codes.ok
  }

  recvStop(): number {
    this.receiving = false
    return codes.ok
  }

  getsockname(out: Record<string, unknown>): number {
    if (this.socket === undefined) return codes.invalid
    const { address, port } = this.socket
    Object.assign(out, socketAddress(isAny(address) ? address : plainAddress(address), port))
    return codes.ok
  }

  getpeername(out: Record<string, unknown>): number {
    if (this.peer === undefined) return codes.notConnected
    Object.assign(out, socketAddress(this.peer.address, this.peer.port))
    return codes.ok
  }

  addMembership(group: string): number {
    this.socket?.groups.add(group)
    return codes.ok
  }

  dropMembership(group: string): number {
    this.socket?.groups.delete(group)
    return codes.ok
  }

  addSourceSpecificMembership(_source: string, group: string): number {
    return this.addMembership(group)
  }

  dropSourceSpecificMembership(_source: string, group: string): number {
    return this.dropMembership(group)
  }

  setBroadcast(): number {
    return codes.ok
  }

  setTTL(): number {
    return codes.ok
  }

  setMulticastTTL(): number {
    return codes.ok
  }

  setMulticastLoopback(): number {
    return codes.ok
  }

  setMulticastInterface(): number {
    return codes.ok
  }

  /** As large as Linux makes them by default, bytes; 0 asks for the present size. */
  bufferSize(size: number): number {
    return size === 0 ? 212_992 : size
  }

  getSendQueueSize(): number {
    return 0
  }

  getSendQueueCount(): number {
    return 0
  }

  close(done?: () => void): void {
    this.socket?.close()
    this.socket = undefined
    const { engine } = this.sockets
    if (done === undefined) return
    engine.scheduleAt(engine.now, closedKind, closedKind.code, engine.owner, () => done.call(this), undefined)
  }

  ref(): void {}

  unref(): void {}

  hasRef(): boolean {
    return true
  }
}
