import { randomUUID } from 'node:crypto'
import net from 'node:net'
import type { NodeBus } from '../bus/door.ts'
import { ConnectionReset, NoSuchNode, RemoteError, RequestTimeout, SendFailed } from '../bus/errors.ts'
import type { Handler } from '../bus/handler.ts'
import { copyPayload } from '../bus/payload.ts'
import { type BusMetrics, newBusMetrics } from '../bus/pending.ts'
import {
  type RequestOptions,
  type SendOptions,
  checkMethod,
  checkRequestOptions,
  checkSendOptions,
  defaultTimeoutMs,
} from '../bus/request-options.ts'
import { Answerer } from './answerer.ts'
import { type Frame, FrameReader, encodeFrame } from './frames.ts'
import { type TcpBusOptions, checkTcpBusOptions } from './options.ts'
import { Peer } from './peer.ts'

/** A request that waits for its outcome. */
interface Waiting {
  readonly to: string
  readonly method: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout | undefined
  isWritten: boolean
}

/**
 * The bus of a node on TCP: the same methods and errors as `node.bus`, on `node:net`. It runs in production and, over simulated
 * sockets, in a simulation.
 *
 * One connection to each peer is made when something is sent, and made again when it ends; messages to one peer arrive in
 * their order. A request whose connection ends is a ConnectionReset; one that was never written is a SendFailed.
 */
export class TcpBus implements NodeBus {
  readonly metrics: BusMetrics = newBusMetrics()
  private readonly options: TcpBusOptions
  private readonly answerer: Answerer
  private readonly peers = new Map<string, Peer>()
  private readonly waiting = new Map<number, Waiting>()
  private readonly connections = new Set<net.Socket>()
  private readonly server: net.Server | undefined
  private lastId = 0

  /** @throws SimulationError (BAD_INPUT) */
  constructor(options: TcpBusOptions) {
    checkTcpBusOptions(options)
    this.options = options
    this.answerer = new Answerer(options.id)
    if (options.port !== undefined) this.server = net.createServer((socket) => this.serve(socket))
    this.server?.listen(options.port, options.host)
  }

  /** Requests sent from here that have no outcome yet. */
  get pending(): number {
    return this.waiting.size
  }

  /** Resolves to the port at which it listens. Rejects when it cannot listen, or was not told to. */
  listening(): Promise<number> {
    const { server } = this
    if (server === undefined) return Promise.reject(new TypeError('TcpBus: it has no port to listen at'))
    const port = (): number => (server.address() as net.AddressInfo).port
    if (server.listening) return Promise.resolve(port())
    return new Promise((resolve, reject) => {
      server.once('listening', () => resolve(port())).once('error', reject)
    })
  }

  handle<Payload>(method: string, handler: Handler<Payload>): void {
    checkMethod(method, 'bus.handle')
    this.answerer.handle(method, handler as Handler)
  }

  async request<Result = unknown>(
    to: string,
    method: string,
    payload?: unknown,
    options: RequestOptions = {},
  ): Promise<Result> {
    checkRequestOptions(options)
    checkMethod(method, 'bus.request method')
    const copy = copyPayload(payload)
    const { timeout = defaultTimeoutMs, retry } = options
    const given = retry?.idempotencyKey
    const key = given === true ? randomUUID() : given || undefined
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.attempt(to, method, copy, timeout, key)) as Result
      } catch (error) {
        const mayRetry =
          error instanceof RequestTimeout || error instanceof SendFailed || error instanceof ConnectionReset
        if (!mayRetry || error instanceof NoSuchNode || attempt >= (retry?.attempts ?? 1)) throw error
        this.metrics.retried++
        await new Promise((resolve) => setTimeout(resolve, retry?.delay ?? 0))
      }
    }
  }

  async send(to: string, method: string, payload?: unknown, options: SendOptions = {}): Promise<void> {
    checkSendOptions(options)
    checkMethod(method, 'bus.send method')
    const bytes = encodeFrame({ kind: 'one-way', method, payload: copyPayload(payload) })
    const peer = this.peerOf(to, method)
    await new Promise<void>((resolve, reject) => {
      const failed = (reason: string): void => {
        this.metrics.unsent++
        reject(new SendFailed(to, method, reason))
      }
      const written = (): void => {
        this.metrics.sent++
        resolve()
      }
      peer.send({ bytes, written, failed })
    })
  }

  /** Ends all connections and stops listening; what waits ends with ConnectionReset or SendFailed. */
  async close(): Promise<void> {
    for (const peer of this.peers.values()) peer.close()
    for (const socket of this.connections) socket.destroy()
    for (const [id, { to }] of this.waiting) this.reset(to, id)
    const { server } = this
    if (server?.listening === true) await new Promise((resolve) => server.close(resolve))
  }

  private attempt(to: string, method: string, payload: unknown, timeoutMs: number, key?: string): Promise<unknown> {
    const peer = this.peerOf(to, method)
    const id = ++this.lastId
    const frame: Frame = { kind: 'request', id, method, payload, ...(key !== undefined && { key }) }
    const bytes = encodeFrame(frame)
    this.metrics.issued++
    return new Promise((resolve, reject) => {
      const entry = {
        bytes,
        written: () => (waiting.isWritten = true),
        failed: (reason: string) => {
          this.metrics.sendFailures++
          this.finish(id)?.reject(new SendFailed(to, method, reason))
        },
      }
      const expire = (): void => {
        takeBack()
        if (!waiting.isWritten) return entry.failed(`no connection within ${timeoutMs} ms`)
        this.metrics.timedOut++
        peer.doubt()
        this.finish(id)?.reject(new RequestTimeout(to, method, timeoutMs))
      }
      const timer = timeoutMs === Infinity ? undefined : setTimeout(expire, timeoutMs)
      const waiting: Waiting = { to, method, resolve, reject, timer, isWritten: false }
      this.waiting.set(id, waiting)
      const takeBack = peer.send(entry)
    })
  }

  private finish(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id)
    this.waiting.delete(id)
    clearTimeout(waiting?.timer)
    return waiting
  }

  /** @throws NoSuchNode */
  private peerOf(to: string, method: string): Peer {
    const known = this.peers.get(to)
    if (known !== undefined) return known
    const { peers, queueLimit = 1_000, id } = this.options
    const address = Object.hasOwn(peers, to) ? peers[to] : undefined
    if (address === undefined) throw new NoSuchNode(to, method)
    const peer = new Peer(id, address, queueLimit, {
      received: (frame) => this.received(to, frame),
      reset: () => {
        for (const [number, waiting] of this.waiting) if (waiting.to === to && waiting.isWritten) this.reset(to, number)
      },
    })
    this.peers.set(to, peer)
    return peer
  }

  private reset(to: string, id: number): void {
    const waiting = this.finish(id)
    if (waiting === undefined) return
    this.metrics.reset++
    waiting.reject(new ConnectionReset(to, waiting.method))
  }

  private received(from: string, frame: Frame): void {
    if (frame.kind !== 'result' && frame.kind !== 'failure') return
    const waiting = this.finish(frame.id)
    if (waiting === undefined) {
      this.metrics.lateResponses++
      return
    }
    if (frame.kind === 'result') {
      this.metrics.resolved++
      waiting.resolve(frame.payload)
      return
    }
    this.metrics.rejected++
    waiting.reject(new RemoteError(from, waiting.method, frame.name, frame.message, frame.rootName))
  }

  /** A connection of another bus: its messages, and our answers to them. */
  private serve(socket: net.Socket): void {
    const reader = new FrameReader()
    let from = ''
    this.connections.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => this.connections.delete(socket))
    socket.on('data', (data) => {
      let frames: Frame[]
      try {
        frames = reader.read(data as unknown as Buffer)
      } catch {
        socket.destroy()
        return
      }
      for (const frame of frames) {
        if (frame.kind === 'hello') from = frame.from
        else if (frame.kind === 'ping') socket.write(encodeFrame({ kind: 'pong' }))
        else void this.perform(socket, from, frame)
      }
    })
  }

  private async perform(socket: net.Socket, from: string, frame: Frame): Promise<void> {
    if (frame.kind === 'one-way') {
      this.metrics.handled++
      return this.answerer.take(from, frame)
    }
    if (frame.kind !== 'request') return
    this.metrics.handled++
    const answer = await this.answerer.answer(from, frame)
    if (!socket.destroyed) socket.write(this.encoded(answer))
  }

  /** A result that cannot cross the wire is an error of the handler. */
  private encoded(answer: Extract<Frame, { kind: 'result' | 'failure' }>): Buffer {
    try {
      return encodeFrame(answer)
    } catch (error) {
      const { message } = error as Error
      return encodeFrame({
        kind: 'failure',
        id: answer.id,
        name: 'PayloadNotCloneable',
        message,
        rootName: 'PayloadNotCloneable',
      })
    }
  }
}
