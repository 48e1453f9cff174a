import type { AsyncResource } from 'node:async_hooks'
import type { SimEvent } from '../../engine/event.ts'
import { eventKind } from '../../engine/event.ts'
import { captureContext, runInContext } from '../../virtual/async-context.ts'
import { type SocketAddress, socketAddress } from '../addresses.ts'
import { codes } from '../codes.ts'
import type { Connection, ConnectionUser } from '../connection.ts'
import type { Host } from '../host.ts'
import type { Sockets } from '../sockets.ts'
import { Handshake } from './handshake.ts'
import { type Internals, internals } from './internals.ts'

/** A request object of Node's: of a connect, shutdown or write. */
export interface Request {
  oncomplete(...args: unknown[]): void
}

/** A code, or what Node is to complete: from version 26 on it gives no request of its own. */
type WriteResult = number | Request

const parts = internals.found as Internals

const readKind = eventKind<unknown>('socket read')
const doneKind = eventKind<unknown>('socket')

/** A socket of Node's, as far as HTTP has put something on it. */
interface NodeSocket {
  parser?: { close(): void } | null
}

/** The end of a connection below a socket of Node's: has what TCP and Pipe of node:internal have, and is virtual. */
export class StreamHandle implements ConnectionUser {
  bytesRead = 0
  bytesWritten = 0
  /** What Node's streams ask of a handle. */
  readonly isStreamBase = false
  readonly fd = -1
  readonly _externalStream = undefined
  getAsyncId(): number {
    return 0
  }

  reading = false
  onread: ((bytes?: ArrayBufferLike) => unknown) | undefined
  protected readonly sockets: Sockets
  protected readonly host: Host
  protected connection: Connection | undefined
  private readonly context: AsyncResource | undefined
  private userBuffer: Uint8Array | undefined
  private readEvent: SimEvent | undefined
  private isClosed = false
  private hasEnded = false
  private connecting: Request | undefined
  private writing: { readonly request: Request; readonly bytes: number } | undefined
  private keepAliveMicros = 0
  private handshake: Handshake | undefined

  constructor(sockets: Sockets, host: Host, connection?: Connection) {
    this.sockets = sockets
    this.host = host
    this.context = captureContext(sockets.engine)
    sockets.handles.add(this)
    if (connection !== undefined) this.take(connection)
  }

  /** Of its connection; 0: it has none. */
  get number(): number {
    return this.connection?.number ?? 0
  }

  /** Bytes that wait to be sent. */
  get writeQueueSize(): number {
    return this.writing?.bytes ?? 0
  }

  protected take(connection: Connection): void {
    this.connection = connection
    connection.user = this
    if (this.keepAliveMicros > 0) connection.keepAlive(this.keepAliveMicros)
  }

  protected start(request: Request, connection: Connection): number {
    this.take(connection)
    this.connecting = request
    connection.open()
    return codes.ok
  }

  /** A connect that ends in an event of its own, without a connection. */
  protected failLater(request: Request, code: number): number {
    this.later(() => request.oncomplete(code, this, request, false, false))
    return codes.ok
  }

  opened(code: number): void {
    const request = this.connecting
    this.connecting = undefined
    if (request === undefined) return
    this.call(() => request.oncomplete(code, this, request, code === codes.ok, code === codes.ok))
  }

  readable(): void {
    if (this.connecting !== undefined) return
    if (this.writing !== undefined && this.connection?.writeError !== codes.ok) this.finishWrite(codes.brokenPipe)
    if (this.reading && this.readEvent === undefined) this.readOnce()
  }

  written(): void {
    this.finishWrite(codes.ok)
  }

  private finishWrite(code: number): void {
    const { writing } = this
    if (writing === undefined) return
    this.writing = undefined
    this.call(() => writing.request.oncomplete(code, this, undefined))
  }

  /** As the kernel does it: one read, and what it causes; then the next one. */
  private readOnce(): void {
    const { connection } = this
    if (connection === undefined || this.isClosed || this.hasEnded) return
    const read = connection.read()
    if (read === undefined) return
    if (read === 'end' || typeof read === 'number') {
      this.hasEnded = true
      this.give(read === 'end' ? codes.endOfFile : read)
      return
    }
    if (connection.hasMore) this.readLater()
    if (this.handshake === undefined) this.pass(read)
    else this.handshake.take(read)
  }

  private pass(read: Buffer): void {
    this.bytesRead += read.length
    if (this.userBuffer === undefined) this.give(read.length, read)
    else this.fill(this.userBuffer, read)
  }

  /**
   * Speaks first, where it has a greeting, and takes what the other end says as part of a handshake; what is written
   * before it is over waits.
   */
  shakeHands(other: 'client' | 'server', greeting: Buffer | undefined, done: (content: unknown) => void): void {
    const handshake = new Handshake(other, (content, rest) => {
      this.handshake = undefined
      done(content)
      if (this.isClosed) return
      for (const data of handshake.held) this.connection?.write(data)
      if (rest.length > 0) this.pass(rest)
    })
    this.handshake = handshake
    if (greeting !== undefined) this.sendRaw(greeting)
    this.readStart()
  }

  /** Past the handshake. */
  sendRaw(data: Buffer): void {
    this.connection?.write(data)
  }

  private readLater(): void {
    const { engine } = this.sockets
    const owner = this.connection?.owner ?? engine.owner
    this.readEvent = engine.scheduleAt(engine.now, readKind, readKind.code, owner, this.readNext, undefined)
  }

  private readonly readNext = (): void => {
    this.readEvent = undefined
    if (this.reading) this.readOnce()
  }

  /** Into a buffer that the socket's user has given, piece by piece. */
  private fill(buffer: Uint8Array, read: Buffer): void {
    let target = buffer
    for (let at = 0; at < read.length && !this.isClosed;) {
      const size = Math.min(target.length, read.length - at)
      target.set(read.subarray(at, at + size))
      at += size
      const next = this.give(size)
      if (next instanceof Uint8Array) this.userBuffer = target = next
    }
  }

  private give(count: number, bytes?: Buffer): unknown {
    let result: unknown
    this.call(() => {
      parts.state.setRead(count, bytes?.byteOffset ?? 0)
      result = this.onread?.(bytes?.buffer)
    })
    return result
  }

  /** In the context in which the socket was made. */
  private call(callback: () => unknown): void {
    runInContext(this.sockets.engine, this.context, callback, undefined, [])
  }

  private later(action: () => unknown): void {
    const { engine } = this.sockets
    engine.scheduleAt(engine.now, doneKind, doneKind.code, engine.owner, () => this.call(action), undefined)
  }

  /**
   * True where the running code may end the socket. Where it is another process's, as that of a timer which undici has for
   * all of them, `end` is called in an event of its own; in a simulation that is over, never.
   */
  mayEnd(end: () => unknown): boolean {
    const { engine } = this.sockets
    const owner = this.connection?.owner
    if (!engine.test.alive) return false
    if (owner === undefined || owner.life === engine.owner.life || owner === engine.owner) return true
    if (owner.alive) engine.scheduleAt(engine.now, doneKind, doneKind.code, owner, () => this.call(end), undefined)
    return false
  }

  readStart(): number {
    this.reading = true
    if (this.connection?.hasMore === true && this.readEvent === undefined) this.readLater()
    return codes.ok
  }

  readStop(): number {
    this.reading = false
    return codes.ok
  }

  /** Asked before an idle connection is used again, from Node 26.12 on. */
  hasPendingRead(): boolean {
    return this.connection?.hasMore === true
  }

  useUserBuffer(buffer: Uint8Array): void {
    this.userBuffer = buffer
  }

  writeBuffer(request: Request | null, data: Uint8Array): WriteResult {
    // A copy: the writer may use its memory again.
    return this.write(request, Buffer.from(data))
  }

  writeUtf8String(request: Request | null, text: string): WriteResult {
    return this.write(request, Buffer.from(text, 'utf8'))
  }

  writeAsciiString(request: Request | null, text: string): WriteResult {
    return this.write(request, Buffer.from(text, 'latin1'))
  }

  writeLatin1String(request: Request | null, text: string): WriteResult {
    return this.write(request, Buffer.from(text, 'latin1'))
  }

  writeUcs2String(request: Request | null, text: string): WriteResult {
    return this.write(request, Buffer.from(text, 'utf16le'))
  }

  /** `chunks`: buffers, or texts each of which is followed by its encoding. */
  writev(request: Request | null, chunks: readonly unknown[], allBuffers: boolean): WriteResult {
    if (allBuffers) return this.write(request, Buffer.concat(chunks as Uint8Array[]))
    const buffers: Uint8Array[] = []
    for (let index = 0; index < chunks.length; index += 2) {
      const chunk = chunks[index]
      buffers.push(
        typeof chunk === 'string' ? Buffer.from(chunk, chunks[index + 1] as BufferEncoding) : (chunk as Buffer),
      )
    }
    return this.write(request, Buffer.concat(buffers))
  }

  private write(request: Request | null, data: Buffer): WriteResult {
    const { connection, sockets } = this
    const error = connection?.writeError ?? codes.notConnected
    parts.state.setWritten(data.length, false)
    if (error !== codes.ok || connection === undefined) return error
    sockets.engine.owner.acts()
    this.bytesWritten += data.length
    if (this.handshake !== undefined) {
      this.handshake.held.push(data)
      return codes.ok
    }
    if (data.length === 0 || connection.write(data)) return codes.ok
    const pending = request ?? ({ writeStatus: null } as unknown as Request)
    this.writing = { request: pending, bytes: data.length }
    parts.state.setWritten(data.length, true)
    return request === null ? pending : codes.ok
  }

  shutdown(request: Request): number {
    if (this.connection === undefined) return codes.notConnected
    this.connection.end()
    this.later(() => request.oncomplete(codes.ok))
    return codes.ok
  }

  close(done?: () => void): void {
    this.end(done, () => this.connection?.close())
  }

  reset(done?: () => void): number {
    this.end(done, () => this.connection?.abort())
    return codes.ok
  }

  private end(done: (() => void) | undefined, end: () => void): void {
    if (this.isClosed) return
    this.isClosed = true
    this.reading = false
    end()
    if (this.writing !== undefined) this.writing = undefined
    const owner = this.socket ?? this
    this.later(() => {
      this.sockets.handles.delete(this)
      done?.call(owner)
    })
  }

  private get socket(): NodeSocket | undefined {
    return (this as unknown as Record<symbol, NodeSocket | undefined>)[parts.owner]
  }

  /** Node's parsers of HTTP are roots of the collector until they are closed: each would keep its whole simulation. */
  release(): void {
    const { socket } = this
    const parser = socket?.parser
    if (socket === undefined || parser === undefined || parser === null) return
    socket.parser = null
    parser.close()
  }

  setKeepAlive(isOn: boolean, seconds: number): number {
    this.keepAliveMicros = isOn ? Math.max(1, seconds) * 1_000_000 : 0
    this.connection?.keepAlive(this.keepAliveMicros)
    return codes.ok
  }

  getsockname(out: Record<string, unknown>): number {
    const address = this.localAddress
    if (address === undefined) return codes.notConnected
    Object.assign(out, address)
    return codes.ok
  }

  getpeername(out: Record<string, unknown>): number {
    const { connection } = this
    if (connection === undefined || connection.route.path !== undefined) return codes.notConnected
    Object.assign(out, socketAddress(connection.route.remoteAddress, connection.remotePort))
    return codes.ok
  }

  protected get localAddress(): SocketAddress | undefined {
    const { connection } = this
    if (connection === undefined || connection.route.path !== undefined) return undefined
    return socketAddress(connection.route.localAddress, connection.localPort)
  }

  setNoDelay(): number {
    return codes.ok
  }

  setTypeOfService(): number {
    return codes.ok
  }

  getTypeOfService(): number {
    return 0
  }

  setBlocking(): number {
    return codes.ok
  }

  setPendingInstances(): void {}

  setSimultaneousAccepts(): number {
    return codes.ok
  }

  getProviderType(): number {
    return 0
  }

  asyncReset(): void {}

  ref(): void {}

  unref(): void {}

  hasRef(): boolean {
    return true
  }
}
