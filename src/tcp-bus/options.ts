import { badInput } from '../engine/errors.ts'

/** Where another bus listens. */
export interface PeerAddress {
  readonly host: string
  readonly port: number
}

export interface TcpBusOptions {
  /** By this name others know it. */
  readonly id: string
  /** Port to listen at; 0: any that is free. Default: it listens nowhere, and only asks. */
  readonly port?: number
  /** Address to listen at. Default: all of this machine. */
  readonly host?: string
  /** The other buses, by id. */
  readonly peers: Readonly<Record<string, PeerAddress>>
  /** Messages to one peer that may wait for a connection; more end with SendFailed. Default 1,000. */
  readonly queueLimit?: number
}

const known = ['id', 'port', 'host', 'peers', 'queueLimit']

const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65_536

/** Throws SimulationError (BAD_INPUT) that names the option, its value and what is allowed. */
export function checkTcpBusOptions(options: TcpBusOptions): void {
  if (typeof options !== 'object' || options === null)
    throw badInput('TcpBus options', options, 'they must be an object')
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw badInput(`TcpBus option '${name}'`, name, `known options are ${known.join(', ')}`)
  }
  const { id, port, peers, queueLimit } = options
  if (typeof id !== 'string' || id === '') throw badInput('TcpBus id', id, 'it must be a non-empty string')
  if (port !== undefined && !isPort(port)) throw badInput('TcpBus port', port, 'it must be a port, 0 to 65535')
  if (queueLimit !== undefined && !(Number.isInteger(queueLimit) && queueLimit > 0)) {
    throw badInput('TcpBus queueLimit', queueLimit, 'it must be a whole number above 0')
  }
  if (typeof peers !== 'object' || peers === null)
    throw badInput('TcpBus peers', peers, 'it must be an object of addresses by id')
  for (const [name, address] of Object.entries(peers)) {
    if (typeof address?.host === 'string' && isPort(address.port)) continue
    throw badInput(`TcpBus peers.${name}`, address, 'it must say { host, port }')
  }
}
