import { type EventKind, type SimEvent, eventKind } from '../engine/event.ts'
import { tcp } from './bounds.ts'
import { codes } from './codes.ts'
import type { Host } from './host.ts'
import type { Kernel } from './kernel.ts'
import { Segment, type SegmentSender } from './segment.ts'

/** The end of a connection that is to be kept alive. */
interface Watched extends SegmentSender {
  readonly sockets: Kernel
  readonly host: Host
  readonly name: string
  readonly state: string
  /** Virtual time of the last segment that came or went, µs. */
  readonly lastActive: number
  fail(code: number): void
}

const probeKind: EventKind<KeepAlive> = eventKind('tcp keep-alive', ({ connection }) => connection.name)

/** Asks the other end of a connection, after some silence, whether it is still there. */
export class KeepAlive {
  readonly connection: Watched
  private event: SimEvent | undefined
  /** µs of silence; 0: it never asks. */
  private after = 0
  private unanswered = 0
  private insists = false

  constructor(connection: Watched) {
    this.connection = connection
  }

  set(micros: number): void {
    this.stop()
    this.after = micros
    this.start()
  }

  /** The connection stands. */
  start(): void {
    if (this.after > 0 && this.connection.state === 'established') this.watch(this.after)
  }

  stop(): void {
    if (this.event !== undefined) this.connection.sockets.engine.cancel(this.event)
    this.event = undefined
  }

  answered(): void {
    this.unanswered = 0
  }

  /** Nobody answers: from here on it counts as something that happens. False: it never asks, or counts already. */
  insist(): boolean {
    const { event } = this
    if (event === undefined || this.insists || !this.connection.host.isUp) return false
    this.insists = true
    const { engine } = this.connection.sockets
    engine.cancel(event)
    this.watch(event.time - engine.now)
    return true
  }

  private watch(micros: number): void {
    const { host, sockets } = this.connection
    const { engine, background } = sockets
    const owner = this.insists ? host.kernel : background
    this.event = engine.scheduleAt(engine.now + micros, probeKind, 0, owner, this.probe, this)
  }

  private readonly probe = (): void => {
    const { connection, after } = this
    const { sockets, host, state, lastActive } = connection
    this.event = undefined
    this.insists &&= this.unanswered > 0
    if (state !== 'established' || !host.isUp) return undefined
    const silence = sockets.engine.now - lastActive
    if (this.unanswered === 0 && silence < after) return this.watch(after - silence)
    if (this.unanswered >= tcp.keepAliveProbes) return connection.fail(codes.timedOut)
    this.unanswered++
    sockets.transmit(new Segment('probe', connection, -1))
    return this.watch(tcp.keepAliveInterval)
  }
}
