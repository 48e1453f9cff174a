import net from 'node:net'
import type { PeerAddress } from './options.ts'
import { type Frame, FrameReader, encodeFrame } from './frames.ts'

/** A frame that waits until there is a connection. */
export interface Queued {
  readonly bytes: Buffer
  /** The connection has taken it. */
  written(): void
  /** It was never written. */
  failed(reason: string): void
}

export interface PeerListener {
  received(frame: Frame): void
  /** The connection is gone: whatever was written on it may have been handled or not. */
  reset(): void
}

/** Waits between two attempts to connect, ms: the first one, doubled up to the longest. */
const backoff = { first: 50, longest: 2_000 } as const

/** How long a connection may take to be made, ms: TCP itself tries for two minutes. */
const connectTimeout = 2_000

/** How long a peer may take to answer a ping before its connection is given up, ms. */
const pingTimeout = 1_000

/** The way to one other bus: a connection that is made again when it ends, and what waits for it, in order. */
export class Peer {
  private readonly id: string
  private readonly address: PeerAddress
  private readonly listener: PeerListener
  private readonly queueLimit: number
  private readonly queue: Queued[] = []
  private socket: net.Socket | undefined
  private isConnected = false
  private failures = 0
  private timer: NodeJS.Timeout | undefined
  private isClosed = false
  private pingTimer: NodeJS.Timeout | undefined

  /** `id`: of the bus that it belongs to. */
  constructor(id: string, address: PeerAddress, queueLimit: number, listener: PeerListener) {
    this.id = id
    this.address = address
    this.queueLimit = queueLimit
    this.listener = listener
  }

  /** Sends when it can; the result takes it back while it has not been written. */
  send(entry: Queued): () => void {
    if (this.isClosed) entry.failed('the bus is closed')
    else if (this.isConnected) this.write(entry)
    else if (this.queue.length >= this.queueLimit)
      entry.failed(`${this.queueLimit} messages wait for a connection already`)
    else {
      this.queue.push(entry)
      if (this.socket === undefined && this.timer === undefined) this.connect()
    }
    return () => {
      const at = this.queue.indexOf(entry)
      if (at >= 0) this.queue.splice(at, 1)
    }
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    this.trust()
    this.socket?.destroy()
    for (const entry of this.queue.splice(0)) entry.failed('the bus is closed')
  }

  /**
   * A request has had no answer: its handler may be slow, or the connection dead. TCP finds that out after minutes, so this asks,
   * and connects anew when nothing comes.
   */
  doubt(): void {
    if (!this.isConnected || this.pingTimer !== undefined) return
    const { socket } = this
    socket?.write(encodeFrame({ kind: 'ping' }))
    this.pingTimer = setTimeout(() => socket?.destroy(), pingTimeout)
  }

  private trust(): void {
    clearTimeout(this.pingTimer)
    this.pingTimer = undefined
  }

  private write(entry: Queued): void {
    this.socket?.write(entry.bytes)
    entry.written()
  }

  private connect(): void {
    this.timer = undefined
    const reader = new FrameReader()
    const socket = net.connect({ ...this.address, keepAlive: true, noDelay: true })
    this.socket = socket
    socket.setTimeout(connectTimeout, () => socket.destroy())
    socket.on('connect', () => {
      socket.setTimeout(0)
      this.isConnected = true
      this.failures = 0
      socket.write(encodeFrame({ kind: 'hello', from: this.id }))
      for (const entry of this.queue.splice(0)) this.write(entry)
    })
    socket.on('data', (data) => this.take(socket, reader, data as unknown as Buffer))
    socket.on('error', () => {})
    socket.on('close', () => this.lost())
  }

  private take(socket: net.Socket, reader: FrameReader, data: Buffer): void {
    this.trust()
    let frames: Frame[]
    try {
      frames = reader.read(data)
    } catch {
      socket.destroy()
      return
    }
    for (const frame of frames) this.listener.received(frame)
  }

  private lost(): void {
    const wasConnected = this.isConnected
    this.trust()
    this.socket = undefined
    this.isConnected = false
    if (wasConnected) this.listener.reset()
    if (this.isClosed || this.queue.length === 0) return
    const wait = Math.min(backoff.first * 2 ** this.failures++, backoff.longest)
    this.timer = setTimeout(() => this.connect(), wait)
  }
}
