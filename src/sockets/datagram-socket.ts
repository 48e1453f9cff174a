import type { Owner } from '../engine/owner.ts'
import { type Carrier, Message, nameSubject } from '../network/message.ts'
import { isAny, isLoopback, isMulticast, isOwn } from './addresses.ts'
import type { Host } from './host.ts'
import { describeBytes, readable } from './protocols/describe-bytes.ts'
import type { Sockets } from './sockets.ts'

/** A datagram, as rules of a test see it: `payload` of a message whose method is 'udp'. */
export interface DatagramView {
  readonly fromAddress: string
  readonly fromPort: number
  readonly toAddress: string
  readonly toPort: number
  readonly data: Uint8Array
}

/** A bound UDP socket. What it sends may be lost, copied and overtaken, like any message. */
export class DatagramSocket implements Carrier {
  readonly isOrdered = false
  readonly sockets: Sockets
  readonly host: Host
  readonly owner: Owner
  readonly address: string
  readonly port: number
  /** Multicast groups that it has joined. */
  readonly groups = new Set<string>()
  /** Takes a datagram; called as code of `owner`. */
  receive: ((datagram: DatagramView) => void) | undefined

  constructor(sockets: Sockets, host: Host, owner: Owner, address: string, port: number) {
    this.sockets = sockets
    this.host = host
    this.owner = owner
    this.address = address
    this.port = port
    host.datagrams.set(port, this)
  }

  close(): void {
    if (this.host.datagrams.get(this.port) === this) this.host.datagrams.delete(this.port)
  }

  /** Sends to an address: of a machine, of a group, or of everybody. Nobody may be there. */
  send(address: string, port: number, data: Uint8Array): void {
    for (const to of this.receivers(address)) this.sendTo(to, address, port, data)
  }

  private receivers(address: string): readonly Host[] {
    const { sockets, host } = this
    if (isMulticast(address) || address === '255.255.255.255') return sockets.everyHost
    const to = sockets.hostAt(address, host)
    return to === undefined ? [] : [to]
  }

  private sendTo(to: Host, toAddress: string, toPort: number, data: Uint8Array): void {
    const { sockets, host } = this
    const { network } = sockets
    const fromAddress = isOwn(toAddress) ? '127.0.0.1' : host.address
    const view: DatagramView = { fromAddress, fromPort: this.port, toAddress, toPort, data: Buffer.from(data) }
    const id = network.nextMessageId()
    const message = new Message(id, 'one-way', host.endpoint, to.endpoint, 'udp', 0, view, false)
    message.carrier = this
    network.name(message)
    if (sockets.engine.recorder !== undefined) {
      const text = describeBytes(Buffer.from(data), { protocol: 'bytes', ports: [this.port, toPort] })
      nameSubject(view, `udp ${text}`, readable(Buffer.from(data)), true)
    }
    network.send(message)
  }

  arrived(message: Message): void {
    const { sockets } = this
    const view = message.payload as DatagramView
    const host = sockets.hostOf(message.to.id)
    const socket = host.datagrams.get(view.toPort) as DatagramSocket | undefined
    const { records } = sockets.network
    if (!host.isUp || socket === undefined || !socket.takes(view)) {
      records?.fate('drop', message, host.isUp ? `nobody at port ${view.toPort}` : `${host.name} is down`)
      return
    }
    records?.fate('deliver', message)
    host.enter(socket.owner, () => socket.receive?.({ ...view, data: Buffer.from(view.data) }))
  }

  dropped(): void {}

  private takes({ fromAddress, toAddress }: DatagramView): boolean {
    if (isMulticast(toAddress)) return this.groups.has(toAddress)
    return isAny(this.address) || !isLoopback(this.address) || isLoopback(fromAddress)
  }
}
