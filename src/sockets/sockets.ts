import type { FaultPlan } from '../chaos/faults.ts'
import type { Engine } from '../engine/engine.ts'
import { SimulationError } from '../engine/errors.ts'
import type { Wait } from '../engine/failure.ts'
import { Owner } from '../engine/owner.ts'
import { type Endpoint, Message, nameSubject } from '../network/message.ts'
import type { MessageNetwork } from '../network/message-network.ts'
import type { LifeCycle } from '../nodes/life-cycle.ts'
import { addressOf, addressOfTest, isLoopback, isOwn, plainAddress } from './addresses.ts'
import { tcp } from './bounds.ts'
import { Connection } from './connection.ts'
import { Host } from './host.ts'
import type { Kernel, SocketHandle } from './kernel.ts'
import type { Listener } from './listener.ts'
import { type Route, reversed } from './route.ts'
import type { Segment } from './segment.ts'
import { SegmentLosses } from './segment-losses.ts'
import { readable } from './protocols/describe-bytes.ts'
import { SegmentTexts } from './segment-texts.ts'

/** A node, as far as sockets have to do with it. */
export interface SocketNode extends LifeCycle {
  readonly bus: Endpoint
}

const nameOfTest = 'test'

/** Segments that only say that others have arrived. */
const housekeeping: ReadonlySet<string> = new Set(['ack', 'window', 'probe'])

/** The sockets of one simulation: a machine for each node, and one for the test; made when the first one is used. */
export class Sockets implements Kernel {
  readonly engine: Engine
  readonly network: MessageNetwork
  readonly background = Owner.background('kernel')
  retrying = 0
  /** Those that are not closed. */
  readonly handles = new Set<SocketHandle>()
  private readonly nodes: ReadonlyMap<string, SocketNode>
  private readonly hosts = new Map<string, Host>()
  private readonly losses: SegmentLosses
  private readonly texts: SegmentTexts | undefined
  private connections = 0

  constructor(engine: Engine, network: MessageNetwork, faults: FaultPlan, nodes: ReadonlyMap<string, SocketNode>) {
    this.engine = engine
    this.network = network
    this.nodes = nodes
    this.losses = new SegmentLosses(engine, faults)
    if (engine.recorder !== undefined) this.texts = new SegmentTexts()
    engine.describeWaits(() => this.waits())
  }

  /** The machine on which the running code runs. */
  get here(): Host {
    return this.hostOf(this.engine.owner.life?.nodeId ?? nameOfTest)
  }

  /** For whom a socket that is made now works. */
  get owner(): Owner {
    const { owner, test } = this.engine
    return owner.life === undefined ? test : owner
  }

  /** The address of a name: of a node, of what it calls its host, of the machine itself; undefined: nobody has it. */
  addressOf(name: string): string | undefined {
    const plain = name.toLowerCase()
    if (plain === 'localhost' || plain.endsWith('.localhost') || plain === '') return '127.0.0.1'
    for (const [id, node] of this.nodes) {
      if (id.toLowerCase() === plain || node.processes.host.toLowerCase() === plain) return addressOf(node.index)
    }
    return plain === nameOfTest ? addressOfTest : undefined
  }

  /** The name of an address, for who asks backwards. */
  nameOf(address: string): string | undefined {
    const plain = plainAddress(address)
    if (isLoopback(plain)) return 'localhost'
    for (const node of this.nodes.values()) if (addressOf(node.index) === plain) return node.processes.host
    return plain === addressOfTest ? nameOfTest : undefined
  }

  /** The machine at an address, as `from` reaches it; undefined: there is none. */
  hostAt(address: string, from: Host): Host | undefined {
    const plain = plainAddress(address)
    if (isOwn(plain) || plain === from.address) return from
    for (const [id, node] of this.nodes) if (addressOf(node.index) === plain) return this.hostOf(id)
    return plain === addressOfTest ? this.hostOf(nameOfTest) : undefined
  }

  /** Every machine that there may be, in order of the nodes. */
  get everyHost(): readonly Host[] {
    return Array.from(this.nodes.keys(), (id) => this.hostOf(id))
  }

  /** A port of a machine that nobody listens at or has bound; 0: there is none. */
  freePort(host: Host): number {
    return host.freePort((port) => host.listeners.has(port) || host.datagrams.has(port))
  }

  /** A connection to be opened. */
  connection(from: Host, route: Route): Connection {
    return new Connection(this, from, this.owner, route, 'syn sent', ++this.connections)
  }

  /** The process of a node has died, and its machine has not. */
  resetConnections(node: string): void {
    this.hosts.get(node)?.resetConnections()
  }

  /** The simulation is over. */
  end(): void {
    for (const handle of this.handles) handle.release()
    this.handles.clear()
  }

  /** Nothing is to be sent again. */
  get isQuiet(): boolean {
    return this.retrying === 0
  }

  /**
   * Keep-alives keep no simulation going, unless they are about to find that nobody answers: true when one is.
   */
  findDeadPeers(): boolean {
    let found = false
    for (const host of this.hosts.values()) {
      for (const connection of host.connections as Set<Connection>) {
        if (!this.isAnswered(connection) && connection.insist()) found = true
      }
    }
    return found
  }

  private isAnswered({ host, route, peer }: Connection): boolean {
    const { to } = route
    if (!to.isUp || peer === undefined || !to.connections.has(peer)) return false
    return !this.network.isCut(host.endpoint, to.endpoint) && !this.network.isCut(to.endpoint, host.endpoint)
  }

  segmentSize(end: object): number {
    const connection = end as Connection
    return connection.host === connection.route.to ? tcp.segmentSize : this.losses.segmentSize(connection)
  }

  transmit(segment: Segment): void {
    const { network } = this
    const from = segment.from as Connection
    const { host, route } = from
    const view = segment.view
    const id = network.nextMessageId()
    const message = new Message(id, 'one-way', host.endpoint, route.to.endpoint, 'tcp', 0, view, false)
    message.carrier = segment
    message.background = segment.kind !== 'data' && segment.kind !== 'syn'
    message.isUntold = housekeeping.has(segment.kind)
    network.name(message)
    if (this.texts !== undefined)
      nameSubject(view, this.texts.of(segment), segment.data && readable(segment.data), true)
    const link = network.linkBetween(host.endpoint, route.to.endpoint)
    if (this.losses.loses(link, from)) network.lose(message)
    else network.send(message)
  }

  /** A segment has reached its machine. */
  deliver(segment: Segment, message: Message): void {
    const { records } = this.network
    const from = segment.from as Connection
    const host = from.route.to
    if (!host.isUp) {
      records?.fate('drop', message, `${host.name} is down`)
      return segment.dropped()
    }
    records?.fate('deliver', message)
    if (segment.kind === 'syn') return this.welcome(host, segment)
    const to = from.peer
    if (to === undefined) return undefined
    if (!host.connections.has(to)) {
      if (segment.kind === 'data' || segment.kind === 'probe' || segment.kind === 'syn-ack') to.refuse()
      return undefined
    }
    to.take(segment)
    return this.acknowledge(segment, host)
  }

  /** The sender knows at once, unless nothing comes back to it; where it waits for room it is told by a segment. */
  private acknowledge(segment: Segment, host: Host): void {
    const from = segment.from as Connection
    const { kind } = segment
    if (kind !== 'data' && kind !== 'fin' && kind !== 'probe') return
    if (this.network.isCut(host.endpoint, from.host.endpoint)) return from.lost(segment)
    from.acknowledged(segment)
    if (from.wantsRoom) from.peer?.grant()
  }

  private welcome(host: Host, segment: Segment): void {
    const from = segment.from as Connection
    const { path, remotePort } = from.route
    const found = path === undefined ? host.listeners.get(remotePort) : host.paths.get(path)
    const listener = found as Listener | undefined
    const back = reversed(from.route, from.host, listener?.address === '::')
    const end = new Connection(this, host, listener?.owner ?? host.kernel, back, 'syn received', from.number)
    if (listener === undefined || !reaches(listener, from)) {
      end.peer = from
      return end.refuse()
    }
    // As Linux does: the other machine asks again.
    if (listener.waiting >= listener.backlog) return segment.dropped()
    return end.welcome(listener, from)
  }

  /** The machine of a node, or of the test. */
  hostOf(name: string): Host {
    let host = this.hosts.get(name)
    if (host === undefined) this.hosts.set(name, (host = this.createHost(name)))
    return host
  }

  private createHost(name: string): Host {
    const { engine, network } = this
    const node = this.nodes.get(name)
    if (node !== undefined) {
      const host = new Host(engine, node.bus, addressOf(node.index), () => node.owner)
      node.listen(host)
      return host
    }
    if (name !== nameOfTest) throw new SimulationError('BAD_INPUT', `there is no machine '${name}'`)
    const { test } = engine
    const accept = (): void => {}
    const endpoint: Endpoint = { id: nameOfTest, index: -1, address: test, accept }
    network.attachOutsider(endpoint)
    return new Host(engine, endpoint, addressOfTest, () => test)
  }

  private *waits(): Iterable<Wait> {
    for (const host of this.hosts.values()) {
      for (const { owner, name, state, lastActive, isRetrying } of host.connections as Set<Connection>) {
        if (!owner.alive || state === 'syn received') continue
        const what = state === 'syn sent' ? `connection ${name} to open` : `connection ${name}, idle`
        yield { owner: owner.id, what, since: lastActive, stack: undefined, isUnderWay: isRetrying }
      }
    }
  }
}

/** A listener on a loopback address is there for its own machine only. */
function reaches(listener: Listener, from: Connection): boolean {
  return from.host === listener.host || !isLoopback(listener.address)
}

/** The sockets of the running simulation. */
export function socketsOf(engine: Engine): Sockets {
  return engine.world?.sockets as Sockets
}
