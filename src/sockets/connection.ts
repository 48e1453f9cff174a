import { type EventKind, type SimEvent, eventKind } from '../engine/event.ts'
import type { Owner } from '../engine/owner.ts'
import type { Message } from '../network/message.ts'
import { tcp } from './bounds.ts'
import { codes } from './codes.ts'
import type { Host, HostConnection } from './host.ts'
import { Inbox } from './inbox.ts'
import { KeepAlive } from './keep-alive.ts'
import type { Kernel } from './kernel.ts'
import type { Route } from './route.ts'
import { Segment, type SegmentKind, type SegmentSender } from './segment.ts'

/** The process above a connection: a socket. Each is called as code of the connection's owner. */
export interface ConnectionUser {
  /** The connection stands, or `code` says why not. */
  opened(code: number): void
  /** Something may be read: bytes, the end, or an error. */
  readable(): void
  /** A write that had to wait is done. */
  written(): void
}

/** Who takes connections at a port or path. */
interface Acceptor {
  /** Connections on their way to `accept`. */
  waiting: number
  accept(connection: Connection): void
}

type State = 'syn sent' | 'syn received' | 'established' | 'closed'

/** Nothing slows a mended network: what was lost is sent again soon. */
const calmRetransmission = 10_000

const retransmitKind: EventKind<Connection> = eventKind('tcp retransmission', nameOf, calmRetransmission)

function nameOf(connection: Connection): string {
  return connection.name
}

/** The head of a request that opens a WebSocket. */
function upgrades(data: Buffer): boolean {
  return data[0] === 71 && /^upgrade: *websocket\r$/im.test(data.toString('latin1', 0, 2_000))
}

/** One end of a TCP connection, as the kernel of its machine keeps it. */
export class Connection implements HostConnection, SegmentSender {
  readonly sockets: Kernel
  readonly host: Host
  /** Whose socket it is. */
  readonly owner: Owner
  readonly route: Route
  readonly localPort: number
  readonly remotePort: number
  /** Who connected: of its number the faults of the connection are named. */
  readonly number: number
  peer: Connection | undefined
  user: ConnectionUser | undefined
  state: State
  /** Who is to take it, at the end that was connected to. */
  private listener: Acceptor | undefined
  /**
   * It carries WebSocket frames of a client, which are masked by chance: Node's own client keeps a store of masks for as long
   * as the process lives, so that a seed sends what the one before has left.
   */
  isMasked = false
  /** Virtual time of the last segment that came or went, µs. */
  lastActive: number
  /** What the process has written and the network has not taken. */
  private unsent: Buffer[] = []
  private unsentBytes = 0
  /** Bytes on their way, as far as this end knows. */
  private inFlight = 0
  private nextSequence = 0
  private readonly inbox = new Inbox()
  private error: number | undefined
  /** Nothing more is written: the end follows what waits. */
  private ending = false
  private endSent = false
  private endAcknowledged = false
  /** The process has closed its socket. */
  private closed = false
  private lostSegments: Segment[] = []
  private retries = 0
  private timer: SimEvent | undefined
  private readonly alive = new KeepAlive(this)
  /** It waits until the other end has room. */
  private isBlocked = false
  private writeWaits = false

  constructor(sockets: Kernel, host: Host, owner: Owner, route: Route, state: State, number: number) {
    this.sockets = sockets
    this.host = host
    this.owner = owner
    this.route = route
    this.localPort = route.localPort
    this.remotePort = route.remotePort
    this.state = state
    this.number = number
    this.lastActive = sockets.engine.now
  }

  /** 'web:49152 → redis:6379'. */
  get name(): string {
    const { host, route, localPort, remotePort } = this
    return route.path === undefined
      ? `${host.name}:${localPort} → ${route.to.name}:${remotePort}`
      : `${host.name} → ${route.path}`
  }

  /** Bytes that have arrived and wait to be read. */
  get unread(): number {
    return this.inbox.size
  }

  /** Something may be read. */
  get hasMore(): boolean {
    return this.inbox.size > 0 || this.inbox.isEnded || this.error !== undefined
  }

  /** True: a segment that was lost is to be sent again. */
  get isRetrying(): boolean {
    return this.timer !== undefined
  }

  /** Asks the other machine for a connection. */
  open(): void {
    this.host.connections.add(this)
    this.send('syn')
  }

  /** Takes bytes; returns false when the write ends later. */
  write(data: Buffer): boolean {
    if (this.nextSequence === 0 && this.sockets.engine.data !== undefined) this.isMasked = upgrades(data)
    this.unsent.push(data)
    this.unsentBytes += data.length
    this.pump()
    this.writeWaits = this.unsentBytes + this.inFlight > tcp.sendBuffer
    return !this.writeWaits
  }

  /** Error of a write now; 0: it may write. */
  get writeError(): number {
    if (this.error !== undefined) return codes.brokenPipe
    return this.ending || this.closed ? codes.brokenPipe : codes.ok
  }

  /** The next bytes; 'end', or a negative code of an error; undefined: nothing yet. */
  read(): Buffer | 'end' | number | undefined {
    const piece = this.inbox.shift()
    if (piece !== undefined) {
      if (this.peer?.isBlocked === true) this.grant()
      return piece
    }
    if (this.error !== undefined) return this.error
    return this.inbox.isEnded ? 'end' : undefined
  }

  /** Nothing more will be written. */
  end(): void {
    this.ending = true
    this.pump()
  }

  /** The process has closed its socket. What it has written still goes out. */
  close(): void {
    if (this.closed) return
    this.closed = true
    this.user = undefined
    this.alive.stop()
    if (this.state === 'syn sent' || this.error !== undefined) return this.forget()
    if (this.inbox.size > 0) return this.abort()
    this.end()
    this.settle()
  }

  /** Ends it at once, at both ends. */
  abort(): void {
    if (this.state !== 'closed' && this.error === undefined) this.send('rst')
    this.closed = true
    this.user = undefined
    this.forget()
  }

  orphan(): void {
    this.close()
  }

  vanish(): void {
    this.user = undefined
    this.state = 'closed'
    this.stopTimers()
  }

  refuse(): void {
    this.transmit(new Segment('rst', this, -1))
  }

  /** Asks the other end whether it is still there after so many µs of silence; 0: never. */
  keepAlive(micros: number): void {
    this.alive.set(micros)
  }

  /** Nobody answers: from here on its keep-alive counts as something that happens. False: it has none, or did already. */
  insist(): boolean {
    return this.alive.insist()
  }

  deliver(segment: Segment, message: Message): void {
    this.sockets.deliver(segment, message)
  }

  /** A segment has reached this end. */
  take(segment: Segment): void {
    this.lastActive = this.sockets.engine.now
    this.alive.answered()
    switch (segment.kind) {
      case 'rst':
        return this.fail(this.state === 'syn sent' ? codes.connectionRefused : codes.connectionReset)
      case 'syn-ack':
        return this.confirm(segment)
      case 'ack':
        return this.accepted()
      case 'window':
        return this.hasRoom()
      case 'probe':
        // Whoever asks is answered by the acknowledgement that every segment has.
        return undefined
      default:
        return this.takeInOrder(segment)
    }
  }

  /** It waits for room: the other end must say when there is some. */
  get wantsRoom(): boolean {
    return this.isBlocked || this.writeWaits
  }

  /** The other end has `segment`; whatever follows from that comes with a segment of that end. */
  acknowledged(segment: Segment): void {
    if (segment.data !== undefined) this.inFlight -= segment.data.length
    else if (segment.kind === 'fin') this.endAcknowledged = true
    this.lastActive = this.sockets.engine.now
    this.alive.answered()
    this.retries = 0
    this.settle()
  }

  /** Says that there is room. */
  grant(): void {
    this.send('window')
  }

  private hasRoom(): void {
    this.pump()
    if (!this.writeWaits || this.unsentBytes + this.inFlight > tcp.sendBuffer) return
    this.writeWaits = false
    this.notify((user) => user.written())
  }

  /** A segment, or what acknowledges it, has not arrived: it is sent again after a while. */
  lost(segment: Segment): void {
    if (this.state === 'closed' || segment.kind === 'rst') return
    if (segment.kind === 'probe') return
    this.lostSegments.push(segment)
    if (this.timer === undefined) this.retransmitLater()
  }

  /** It has failed: its process is told when it reads, writes or connects. */
  fail(code: number): void {
    if (this.state === 'closed') return
    const wasOpening = this.state === 'syn sent'
    this.state = 'closed'
    this.error = code
    this.unsent = []
    this.unsentBytes = 0
    this.stopTimers()
    this.host.connections.delete(this)
    this.notify((user) => (wasOpening ? user.opened(code) : user.readable()))
  }

  private confirm(segment: Segment): void {
    if (this.state !== 'syn sent') return
    this.peer = segment.from as Connection
    this.state = 'established'
    this.send('ack')
    this.alive.start()
    this.notify((user) => user.opened(codes.ok))
  }

  private accepted(): void {
    const { listener } = this
    if (this.state !== 'syn received' || listener === undefined) return
    this.state = 'established'
    this.listener = undefined
    this.alive.start()
    this.host.enter(this.owner, () => {
      listener.waiting--
      listener.accept(this)
    })
  }

  private takeInOrder(segment: Segment): void {
    // The acknowledgement of its SYN is lost, or late: this says as much.
    this.accepted()
    if (!this.inbox.take(segment)) return
    if (!this.closed) this.notify((user) => user.readable())
    else if (this.inbox.size > 0) this.abort()
    this.settle()
  }

  /** Gives the network what it may take. */
  private pump(): void {
    if (this.state !== 'established') return
    while (this.unsent.length > 0) {
      const room = tcp.receiveBuffer - this.inFlight - (this.peer?.unread ?? 0)
      if (room <= 0) {
        this.isBlocked = true
        return
      }
      const first = this.unsent[0] as Buffer
      const size = Math.min(first.length, room, this.sockets.segmentSize(this))
      if (size === first.length) this.unsent.shift()
      else this.unsent[0] = first.subarray(size)
      this.unsentBytes -= size
      this.inFlight += size
      this.transmit(new Segment('data', this, this.nextSequence++, first.subarray(0, size)))
    }
    this.isBlocked = false
    if (this.ending && !this.endSent) {
      this.endSent = true
      this.transmit(new Segment('fin', this, this.nextSequence++))
    }
  }

  private send(kind: SegmentKind): void {
    this.transmit(new Segment(kind, this, -1))
  }

  /** For the end that is connected to. */
  welcome(listener: Acceptor, from: Connection): void {
    this.host.connections.add(this)
    this.listener = listener
    this.peer = from
    listener.waiting++
    this.send('syn-ack')
  }

  private transmit(segment: Segment): void {
    this.lastActive = this.sockets.engine.now
    this.sockets.transmit(segment)
  }

  private retransmitLater(): void {
    const isOpening = this.state !== 'established'
    const first = isOpening ? tcp.synTimeout : tcp.retransmissionTimeout
    const wait = Math.min(first * 2 ** this.retries, tcp.longestTimeout)
    const { engine } = this.sockets
    this.sockets.retrying++
    this.timer = engine.scheduleAt(engine.now + wait, retransmitKind, 0, this.host.kernel, this.retransmit, this)
  }

  private readonly retransmit = (): void => {
    this.timer = undefined
    this.sockets.retrying--
    const limit = this.state === 'established' ? tcp.retries : tcp.synRetries
    if (++this.retries > limit) return this.fail(codes.timedOut)
    const segments = this.lostSegments.toSorted((a, b) => a.sequence - b.sequence)
    this.lostSegments = []
    for (const segment of segments) this.transmit(segment)
  }

  /** Tells the process, when there is one. */
  private notify(tell: (user: ConnectionUser) => void): void {
    const { user } = this
    if (user === undefined) return
    this.host.enter(this.owner, () => {
      if (this.user === user) tell(user)
    })
  }

  /** Forgets it once both ends have nothing more to say. */
  private settle(): void {
    if (this.closed && this.inbox.isEnded && this.endAcknowledged && this.inFlight === 0) this.forget()
  }

  private forget(): void {
    this.state = 'closed'
    this.stopTimers()
    this.host.connections.delete(this)
  }

  private stopTimers(): void {
    this.alive.stop()
    if (this.timer === undefined) return
    this.sockets.engine.cancel(this.timer)
    this.sockets.retrying--
    this.timer = undefined
  }
}
