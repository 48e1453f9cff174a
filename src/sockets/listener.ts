import type { Owner } from '../engine/owner.ts'
import type { Connection } from './connection.ts'
import type { Host } from './host.ts'

/** Somebody who takes connections at a port or path. */
export class Listener {
  readonly host: Host
  readonly owner: Owner
  /** '::' and '0.0.0.0' take connections from anywhere; '' for a path. */
  readonly address: string
  readonly port: number
  /** Connections that may wait to be taken. */
  readonly backlog: number
  /** Takes one; called as code of `owner`. */
  readonly accept: (connection: Connection) => void
  /** Connections on their way to `accept`. */
  waiting = 0

  constructor(
    host: Host,
    owner: Owner,
    at: { readonly address: string; readonly port: number },
    backlog: number,
    accept: (connection: Connection) => void,
  ) {
    this.host = host
    this.owner = owner
    this.address = at.address
    this.port = at.port
    this.backlog = backlog
    this.accept = accept
  }
}
