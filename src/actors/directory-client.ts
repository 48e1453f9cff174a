import type { Bus } from '../bus/bus.ts'
import type { Engine } from '../engine/engine.ts'
import type { LifeCycle } from '../nodes/node.ts'
import { nextBallot } from './ballot.ts'
import { DirectoryUnavailable } from './errors.ts'
import { type Round, askAll, majorityOf } from './quorum.ts'
import type { AcceptMessage, PrepareMessage, Prepared, Registration } from './registration.ts'

/** A registration with whether a majority of the hosts says that its lease has ended. */
export interface Found {
  readonly value: Registration | null
  readonly ended: boolean
}

/** Attempts before the directory counts as unavailable; each waits twice as long for the hosts as the one before. */
const attemptsMax = 4
const firstTimeoutMs = 200

/** The directory as one node reaches it over the network. */
export class DirectoryClient {
  private readonly engine: Engine
  private readonly node: LifeCycle
  private readonly bus: Bus
  private readonly hosts: readonly string[]
  private highest = 0

  constructor(engine: Engine, node: LifeCycle, bus: Bus, hosts: readonly string[]) {
    this.engine = engine
    this.node = node
    this.bus = bus
    this.hosts = hosts
  }

  /**
   * Where one host believes an actor to be: a hint, which may be old. What is certain is only what `change` gives back.
   *
   * Asks this node's own replica when it has one, else one of the hosts after the other. Rejects with
   * DirectoryUnavailable.
   */
  async look(actor: string): Promise<Registration | undefined> {
    const { hosts, bus } = this
    const own = hosts.indexOf(this.node.id)
    const first = own >= 0 ? own : this.engine.random(`directory ${this.node.id}`).below(hosts.length)
    for (let i = 0; i < hosts.length; i++) {
      const host = hosts[(first + i) % hosts.length] as string
      try {
        const { value, live } = await bus.request<Prepared>(host, '$directory.look', actor, { timeout: firstTimeoutMs })
        return value !== null && live ? value : undefined
      } catch {
        // The next one may answer.
      }
    }
    throw new DirectoryUnavailable(`none of ${hosts.join(', ')} answered about ${actor}`)
  }

  /**
   * Changes a register by compare and swap: `decide` gets what is there and says what shall be.
   *
   * Gives back what is there afterwards; `decide` may run several times. Rejects with DirectoryUnavailable.
   */
  async change(actor: string, decide: (found: Found) => Registration | null): Promise<Found> {
    let timeoutMs = firstTimeoutMs
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (attempt > 0) {
        // Two that compete for a register must not meet again and again.
        await this.engine.sleep(this.engine.random(`directory ${this.node.id}`).integer(1_000, 20_000 << attempt))
        timeoutMs *= 2
      }
      const ballot = nextBallot(this.highest, this.node.index)
      this.highest = ballot
      const prepared = await this.ask<Prepared>(
        '$directory.prepare',
        { actor, ballot } satisfies PrepareMessage,
        timeoutMs,
      )
      for (const { reply } of prepared.replies) this.highest = Math.max(this.highest, reply.ballot)
      const promises = prepared.replies.filter(({ reply }) => reply.ok)
      if (promises.length < majorityOf(this.hosts.length)) continue
      const found = this.judge(prepared, newest(prepared).value)
      const value = decide(found)
      const message: AcceptMessage = { actor, ballot, value }
      const accepted = await this.ask<boolean>('$directory.accept', message, timeoutMs)
      const votes = accepted.replies.filter(({ reply }) => reply).length
      if (votes >= majorityOf(this.hosts.length)) return { value, ended: value === found.value && found.ended }
    }
    throw new DirectoryUnavailable(`no majority for ${actor} in ${attemptsMax} attempts`)
  }

  /** Prolongs this node's lease; true when a majority has done so. */
  async renew(lease: number): Promise<boolean> {
    const message = { node: this.node.id, lease }
    const { hosts, bus } = this
    const round = await askAll(hosts.length, majorityOf(hosts.length), (i) =>
      bus.requestInBackground<boolean>(hosts[i] as string, '$directory.renew', message, firstTimeoutMs * 2),
    )
    return round.replies.filter(({ reply }) => reply).length >= majorityOf(this.hosts.length)
  }

  /** Gives this node's lease back: every registration under it is void. */
  async release(lease: number): Promise<boolean> {
    return (await this.ask<boolean>('$directory.release', { node: this.node.id, lease }, firstTimeoutMs * 4)).majority
  }

  private ask<Reply>(method: string, payload: unknown, timeout: number): Promise<Round<Reply>> {
    const { hosts, bus } = this
    return askAll(hosts.length, majorityOf(hosts.length), (i) =>
      bus.request<Reply>(hosts[i] as string, method, payload, { timeout }),
    )
  }

  private judge(round: Round<Prepared>, value: Registration | null): Found {
    const votes = round.replies.filter(({ reply }) => !reply.live && same(reply.value, value)).length
    return { value, ended: value !== null && votes >= majorityOf(this.hosts.length) }
  }
}

function newest(round: Round<Prepared>): Prepared {
  let best = (round.replies[0] as { reply: Prepared }).reply
  for (const { reply } of round.replies) if (reply.accepted > best.accepted) best = reply
  return best
}

function same(a: Registration | null, b: Registration | null): boolean {
  return a?.activation === b?.activation
}
