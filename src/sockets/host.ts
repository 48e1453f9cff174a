import type { Engine } from '../engine/engine.ts'
import { eventKind } from '../engine/event.ts'
import { Owner } from '../engine/owner.ts'
import type { Endpoint } from '../network/message.ts'
import { ephemeral } from './bounds.ts'

const wakeKind = eventKind<unknown>('socket')

/** The end of a connection, as far as the fate of its machine goes. */
export interface HostConnection {
  /** Its process has ended, and its machine closes it. */
  orphan(): void
  /** Its machine is gone, and says nothing. */
  vanish(): void
  /** Its process has died, and its machine tells the other end. */
  refuse(): void
}

/** A machine: the network stack below the sockets of one node, or of the test. */
export class Host {
  readonly name: string
  readonly address: string
  readonly endpoint: Endpoint
  readonly listeners = new Map<number, object>()
  /** Listeners on paths: Unix sockets. */
  readonly paths = new Map<string, object>()
  readonly datagrams = new Map<number, object>()
  readonly connections = new Set<HostConnection>()
  /** On whose behalf its timers run; dies with the machine, not with the process. */
  kernel: Owner
  /** The process has ended, and the machine has not: it answers that nobody is there. */
  private outlives = false
  private readonly engine: Engine
  private readonly incarnation: () => Owner
  private port: number = ephemeral.first
  /** Connections whose process has died with its machine, until it is known that only the process has. */
  private fallen: readonly HostConnection[] = []
  /** What has reached a process that is paused. */
  private readonly entering: (() => void)[] = []

  constructor(engine: Engine, endpoint: Endpoint, address: string, incarnation: () => Owner) {
    this.engine = engine
    this.name = endpoint.id
    this.address = address
    this.endpoint = endpoint
    this.incarnation = incarnation
    this.kernel = this.boot()
  }

  private boot(): Owner {
    return new Owner(`${this.name} kernel`)
  }

  /** The process that runs here now, or has died here. */
  get owner(): Owner {
    return this.incarnation()
  }

  /** False: the machine is down, and whatever reaches it is lost. */
  get isUp(): boolean {
    return this.outlives || this.incarnation().alive
  }

  /** A port that nobody uses; 0: all are taken. */
  freePort(inUse: (port: number) => boolean): number {
    for (let tries = ephemeral.first; tries < ephemeral.end; tries++) {
      const port = this.port++
      if (this.port === ephemeral.end) this.port = ephemeral.first
      if (!inUse(port)) return port
    }
    return 0
  }

  /** The incarnation is dead: with its machine, or because its process has ended. */
  died(reason: 'crashed' | 'stopped'): void {
    const connections = [...this.connections]
    this.listeners.clear()
    this.paths.clear()
    this.datagrams.clear()
    this.entering.length = 0
    if (reason === 'stopped') {
      this.outlives = true
      for (const connection of connections) connection.orphan()
      return
    }
    this.outlives = false
    this.connections.clear()
    this.fallen = connections
    for (const connection of connections) connection.vanish()
    this.kernel.alive = false
    this.kernel = this.boot()
  }

  /** Only the process has died: the machine closes its connections. */
  resetConnections(): void {
    this.outlives = true
    for (const connection of this.fallen) connection.refuse()
    this.fallen = []
  }

  up(): void {
    this.fallen = []
  }

  /** Runs `action` as code of `owner`: in this event or, where its process is paused, when that goes on. */
  enter(owner: Owner, action: () => void): void {
    const { engine } = this
    if (!owner.alive) return
    if (owner.parked === undefined && this.entering.length === 0) {
      engine.become(owner)
      return action()
    }
    this.entering.push(action)
    engine.scheduleAt(engine.now, wakeKind, 0, owner, this.enterNext, undefined)
  }

  /** In the order of arrival, whatever the order of the events. */
  private readonly enterNext = (): void => {
    this.entering.shift()?.()
  }
}
