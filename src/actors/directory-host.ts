import type { LifeCycle } from '../nodes/node.ts'
import type { AcceptMessage, PrepareMessage, Prepared, Registration } from './registration.ts'

interface Register {
  promised: number
  accepted: number
  value: Registration | null
}

interface Lease {
  readonly lease: number
  /** On the host's own monotonic clock, ms. */
  readonly until: number
}

/** Grace that a host gives a lease beyond its length: clocks may drift apart by so much (a share). */
export const driftMargin = 0.25

/**
 * One replica of the directory: an acceptor of CASPaxos (Rystsov, 2018), one register for each actor.
 *
 * Promises and values are on the node's disk: they survive a crash. Leases are in memory: a host that has just started
 * takes every lease for live until it could have ended.
 */
export class DirectoryHost {
  private readonly node: LifeCycle
  private readonly leaseMs: number
  private registers = new Map<string, Register>()
  private leases = new Map<string, Lease>()
  /** Leases found to have ended; they are never renewed. On disk. */
  private ended = new Set<string>()
  private startedAt: number

  constructor(node: LifeCycle, leaseMs: number) {
    this.node = node
    this.leaseMs = leaseMs
    this.startedAt = this.nowMs()
  }

  prepare({ actor, ballot }: PrepareMessage): Prepared {
    const register = this.register(actor)
    const ok = ballot > register.promised
    if (ok) register.promised = ballot
    const { promised, accepted, value } = register
    return { ok, ballot: promised, accepted, value, live: value === null || this.isLive(value) }
  }

  accept({ actor, ballot, value }: AcceptMessage): boolean {
    const register = this.register(actor)
    if (ballot < register.promised) return false
    register.promised = register.accepted = ballot
    register.value = value
    return true
  }

  /** What this replica has, without a promise. */
  look(actor: string): Prepared {
    const { promised, accepted, value } = this.register(actor)
    return { ok: true, ballot: promised, accepted, value, live: value === null || this.isLive(value) }
  }

  /** Prolongs a node's lease; false: it has ended. */
  renew(node: string, lease: number): boolean {
    if (this.ended.has(leaseKey(node, lease))) return false
    this.leases.set(node, { lease, until: this.nowMs() + this.leaseMs })
    return true
  }

  /** Ends a lease at its node's own wish. */
  end(node: string, lease: number): boolean {
    this.ended.add(leaseKey(node, lease))
    return true
  }

  /** The host's node was restarted: its disk is as it was, its memory empty. */
  restarted(): void {
    this.leases = new Map()
    this.startedAt = this.nowMs()
  }

  /** The host's disk is empty. */
  wiped(): void {
    this.registers = new Map()
    this.ended = new Set()
    this.leases = new Map()
  }

  /** Everything it has, for a replica that lost its disk. */
  copy(): HostCopy {
    return {
      registers: [...this.registers].map(([actor, register]) => ({ actor, ...register })),
      ended: [...this.ended],
    }
  }

  /** Takes over what another replica has, the highest ballots winning. */
  merge({ registers, ended }: HostCopy): void {
    for (const { actor, promised, accepted, value } of registers) {
      const own = this.register(actor)
      own.promised = Math.max(own.promised, promised)
      if (accepted > own.accepted) {
        own.accepted = accepted
        own.value = value
      }
    }
    for (const lease of ended) this.ended.add(lease)
  }

  /** Every register with a value. */
  *entries(): Iterable<readonly [string, number, Registration | null]> {
    for (const [actor, { accepted, value }] of this.registers) yield [actor, accepted, value]
  }

  private register(actor: string): Register {
    let register = this.registers.get(actor)
    if (register === undefined) {
      register = { promised: 0, accepted: 0, value: null }
      this.registers.set(actor, register)
    }
    return register
  }

  /** Saying that a lease has ended is final: from then on this host will not renew it. */
  private isLive({ node, lease }: Registration): boolean {
    const key = leaseKey(node, lease)
    if (this.ended.has(key)) return false
    const known = this.leases.get(node)
    const limit = this.leaseMs * (1 + driftMargin)
    const until =
      known !== undefined && known.lease === lease ? known.until + this.leaseMs * driftMargin : this.startedAt + limit
    if (this.nowMs() <= until && !(known !== undefined && known.lease > lease)) return true
    this.ended.add(key)
    return false
  }

  private nowMs(): number {
    return this.node.monotonicMs()
  }
}

/** A replica's disk, as it travels. */
export interface HostCopy {
  readonly registers: readonly ({ readonly actor: string } & Readonly<Register>)[]
  readonly ended: readonly string[]
}

function leaseKey(node: string, lease: number): string {
  return `${node} ${lease}`
}
