import type { Engine } from '../engine/engine.ts'
import { eventKind } from '../engine/event.ts'
import type { LifeCycle } from '../nodes/node.ts'
import type { DirectoryClient } from './directory-client.ts'
import { DirectoryUnavailable } from './errors.ts'

const renewKind = eventKind<string>('renew lease', (node) => node)

/** Virtual ms that a lease lasts without being renewed. */
export const leaseMs = 3_000

/**
 * A node's right to have activations.
 *
 * It is renewed with a majority of the directory's hosts and ends on the node's own monotonic clock, earlier than on
 * theirs: when somebody else may take an actor over, its old activation has stopped already.
 */
export class Lease {
  private readonly engine: Engine
  private readonly node: LifeCycle
  private readonly client: DirectoryClient
  private readonly nextNumber: () => number
  /** Told when the lease has ended: every activation under it must go. */
  private readonly ended: () => void
  private current = 0
  /** On the node's monotonic clock, ms. */
  private until = -1
  private acquiring: Promise<number> | undefined

  constructor(engine: Engine, node: LifeCycle, client: DirectoryClient, nextNumber: () => number, ended: () => void) {
    this.engine = engine
    this.node = node
    this.client = client
    this.nextNumber = nextNumber
    this.ended = ended
  }

  /** The number of the present lease; 0: there is none, or it has just been found to have ended. */
  get number(): number {
    if (this.current !== 0 && this.node.monotonicMs() >= this.until) this.expire()
    return this.current
  }

  /** The present lease, or a new one; rejects when a majority does not give one. */
  acquire(): Promise<number> {
    const { number } = this
    if (number !== 0) return Promise.resolve(number)
    this.acquiring ??= this.renewAs(this.nextNumber()).finally(() => {
      this.acquiring = undefined
    })
    return this.acquiring
  }

  /** Gives the lease back, after its activations have gone. */
  async release(): Promise<void> {
    const lease = this.number
    if (lease === 0) return
    this.current = 0
    await this.client.release(lease)
  }

  private async renewAs(lease: number): Promise<number> {
    for (let attempt = 0; attempt < 5; attempt++) {
      const start = this.node.monotonicMs()
      if (await this.client.renew(lease)) {
        this.current = lease
        this.until = start + leaseMs
        this.renewLater()
        return lease
      }
    }
    throw new DirectoryUnavailable(`no lease for ${this.node.id}`)
  }

  private renewLater(): void {
    const { engine, node } = this
    const at = engine.now + (leaseMs * 1000) / 3
    // In the background: an idle cluster that only renews its leases is not getting anywhere.
    engine.scheduleAt(at, renewKind, 0, node.background, () => this.renew(), node.id)
  }

  private renew(): void {
    this.engine.become(this.node.owner)
    const lease = this.number
    if (lease === 0) return
    const start = this.node.monotonicMs()
    this.client.renew(lease).then(
      (renewed) => {
        if (renewed && this.number === lease) this.until = Math.max(this.until, start + leaseMs)
      },
      () => {},
    )
    this.renewLater()
  }

  private expire(): void {
    this.current = 0
    this.ended()
  }
}
