import type { LifeCycle } from '../../nodes/life-cycle.ts'
import type { AcceptMessage, Looked, PrepareMessage, Prepared, Registration } from './registration.ts'

interface Register {
  promised: number
  accepted: number
  value: Registration | null
  /** Where the actor was before. */
  former: string | undefined
}

interface Lease {
  readonly lease: number
  /** On the host's own monotonic clock, ms. */
  readonly until: number
}

/**
 * Grace that a host gives a lease beyond its length, as a share of it.
 *
 * A node's clock may be slow and a host's fast by 10 % each, and the lease still ends on the node first.
 */
export const driftMargin = 0.25

/**
 * One replica of the directory: an acceptor of CASPaxos (Rystsov, 2018), one register for each actor.
 *
 * What the directory promises:
 * - Registration is linearizable for each actor: register, take over and unregister are compare and swap on a register
 *   that a majority of the hosts keeps. Of two that compete one wins, and the other learns who.
 * - At most one activation of an actor is registered under a lease that its node still holds, whatever crashes, pauses,
 *   is cut off, or loses one disk at a time, as long as clocks run at most 10 % fast or slow (wall clocks may jump).
 *   A registration may be taken over only when a majority of the hosts says that its node's lease has ended; hosts wait
 *   longer for that than the node, so its activations have stopped by then.
 * - A look-up is a hint from one host: it may be old. Whoever follows it to the wrong node is forwarded.
 * - It works while a majority of its hosts is up and connected: with three hosts, after the crash of any one. With fewer
 *   than three nodes there is a single host, and no directory while that one is down.
 *
 * Promises and values are on the node's disk: they survive a crash. Leases are in memory: a host that has just started
 * gives every lease that it hears of its full length.
 */
export class DirectoryHost {
  /** The disk was lost, and what was on it has not been learned from the other hosts yet. */
  blank = false
  private readonly node: LifeCycle
  private readonly leaseMs: number
  private registers = new Map<string, Register>()
  private leases = new Map<string, Lease>()
  /** Leases found to have ended; they are never renewed. On disk. */
  private ended = new Set<string>()
  /** No ballot below counts. On disk. */
  private floor = 0

  constructor(node: LifeCycle, leaseMs: number) {
    this.node = node
    this.leaseMs = leaseMs
  }

  prepare({ actor, ballot }: PrepareMessage): Prepared {
    const register = this.register(actor)
    const ok = ballot > Math.max(register.promised, this.floor)
    if (ok) register.promised = ballot
    const { promised, accepted, value } = register
    return { ok, ballot: Math.max(promised, this.floor), accepted, value, live: value === null || this.isLive(value) }
  }

  accept({ actor, ballot, value }: AcceptMessage): boolean {
    const register = this.register(actor)
    if (ballot < Math.max(register.promised, this.floor)) return false
    register.promised = register.accepted = ballot
    if (register.value !== null && register.value.node !== value?.node) register.former = register.value.node
    register.value = value
    return true
  }

  /** What this replica believes. */
  look(actor: string): Looked {
    const register = this.registers.get(actor)
    if (register === undefined) return { node: undefined, former: undefined }
    const { value, former } = register
    return { node: value !== null && this.isLive(value) ? value.node : undefined, former }
  }

  /** Prolongs a node's lease; false: it has ended. */
  renew(node: string, lease: number): boolean {
    const known = this.leases.get(node)
    if (this.ended.has(leaseKey(node, lease)) || (known !== undefined && known.lease > lease)) return false
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
  }

  /** The host's disk is empty. */
  wiped(): void {
    this.registers = new Map()
    this.ended = new Set()
    this.leases = new Map()
    this.floor = 0
    this.blank = true
  }

  /** Makes no promise below `floor` any more, and keeps none. */
  raise(floor: number): void {
    this.floor = Math.max(this.floor, floor)
  }

  /**
   * Everything it has, for a replica that lost its disk, and with it promises that nobody remembers.
   *
   * Whoever holds such a promise must not use it any more: all ballots from before are refused from now on.
   */
  copyAbove(floor: number): HostCopy {
    this.raise(floor)
    return {
      floor: this.floor,
      registers: [...this.registers].map(([actor, register]) => ({ actor, ...register })),
    }
  }

  /**
   * Takes over what another replica has, the highest ballots winning; but not which leases it has found to have ended:
   * that is one vote, and would become two.
   */
  merge({ floor, registers }: HostCopy): void {
    this.raise(floor)
    for (const { actor, promised, accepted, value, former } of registers) {
      const own = this.register(actor)
      own.promised = Math.max(own.promised, promised)
      if (accepted > own.accepted) Object.assign(own, { accepted, value, former })
    }
  }

  /** Every register: the actor, the ballot of its value, the value. */
  *entries(): Iterable<readonly [string, number, Registration | null]> {
    for (const [actor, { accepted, value }] of this.registers) yield [actor, accepted, value]
  }

  private register(actor: string): Register {
    let register = this.registers.get(actor)
    if (register === undefined) {
      register = { promised: 0, accepted: 0, value: null, former: undefined }
      this.registers.set(actor, register)
    }
    return register
  }

  /** Saying that a lease has ended is final: from then on this host will not renew it. */
  private isLive({ node, lease }: Registration): boolean {
    const key = leaseKey(node, lease)
    if (this.ended.has(key)) return false
    const known = this.leases.get(node)
    if (known === undefined || known.lease < lease) {
      // Others may have prolonged it this very moment: its time begins when this host first hears of it.
      this.leases.set(node, { lease, until: this.nowMs() + this.leaseMs })
      return true
    }
    // A node has a newer lease only when it holds the older one no more.
    const isOld = known.lease > lease
    if (!isOld && this.nowMs() <= known.until + this.leaseMs * driftMargin) return true
    this.ended.add(key)
    return false
  }

  private nowMs(): number {
    return this.node.monotonicMs()
  }
}

/** A replica's disk, as it travels. */
export interface HostCopy {
  readonly floor: number
  readonly registers: readonly ({ readonly actor: string } & Readonly<Register>)[]
}

function leaseKey(node: string, lease: number): string {
  return `${node} ${lease}`
}
