import type { Engine } from '../../engine/engine.ts'
import { eventKind } from '../../engine/event.ts'
import type { LifeCycle } from '../../nodes/life-cycle.ts'
import type { DirectoryClient } from './client.ts'
import { DirectoryUnavailable } from '../errors.ts'

const renewKind = eventKind<string>('renew lease', (node) => node)

/** Virtual ms that a lease lasts without being renewed. */
export const leaseMs = 3_000

/** Between the beginnings of two attempts to renew it, µs. */
const renewEveryMicros = (leaseMs * 1000) / 3

const attemptsMax = 4

/**
 * A node's right to have activations.
 *
 * It is renewed with a majority of the directory's hosts and ends on the node's own monotonic clock, earlier than on
 * theirs: when somebody else may take an actor over, its old activation has stopped already. The node counts from when
 * it asked, a host from when it was asked.
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

  /** The number of the present lease; 0: there is none, or it has just been found to have ended. For the node's code. */
  get number(): number {
    if (this.current !== 0 && this.node.monotonicMs() >= this.until) this.expire()
    return this.current
  }

  /** True while the node holds that lease. For who only looks on: it changes nothing. */
  isHeld(lease: number): boolean {
    return lease !== 0 && lease === this.current && this.node.uptimeMs < this.until
  }

  /** The present lease, or a new one; rejects with DirectoryUnavailable when a majority does not give one. */
  acquire(): Promise<number> {
    const { number } = this
    if (number !== 0) return Promise.resolve(number)
    this.acquiring ??= this.acquireNew(this.nextNumber()).finally(() => {
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

  private async acquireNew(lease: number): Promise<number> {
    const { engine, node, client } = this
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      const [asked, askedAt] = [node.monotonicMs(), engine.now]
      const given = await client.renew(lease)
      if (!given || node.monotonicMs() >= asked + leaseMs) continue
      this.current = lease
      this.until = asked + leaseMs
      this.renewAt(askedAt + renewEveryMicros)
      return lease
    }
    throw new DirectoryUnavailable(`no majority of ${client.hosts.join(', ')} gave ${node.id} a lease`)
  }

  private renewAt(time: number): void {
    const { engine, node } = this
    // In the background: an idle cluster that only renews its leases is not getting anywhere.
    engine.scheduleAt(Math.max(time, engine.now), renewKind, 0, node.background, () => this.renew(), node.id)
  }

  private renew(): void {
    const { engine, node, client } = this
    engine.become(node.owner)
    const lease = this.number
    if (lease === 0) return
    const asked = node.monotonicMs()
    // A late answer is as good: the next attempt does not wait for it.
    client.renew(lease, leaseMs).then(
      (renewed) => {
        if (renewed && this.number === lease) this.until = Math.max(this.until, asked + leaseMs)
      },
      () => {},
    )
    this.renewAt(engine.now + renewEveryMicros)
  }

  private expire(): void {
    this.current = 0
    this.ended()
  }
}
