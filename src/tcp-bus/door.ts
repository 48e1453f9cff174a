/** The bus of a node on TCP, for production and for simulated sockets. Loads nothing of the simulator. */
export { ConnectionReset, NoSuchNode, RemoteError, RequestTimeout, SendFailed } from '../bus/errors.ts'
export type { NodeBus } from '../bus/door.ts'
export type { RequestOptions, SendOptions } from '../bus/request-options.ts'
export type { PeerAddress, TcpBusOptions } from './options.ts'
export { TcpBus } from './tcp-bus.ts'
