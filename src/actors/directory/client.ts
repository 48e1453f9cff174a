import type { Bus } from '../../bus/bus.ts'
import { sealed } from '../../bus/payload.ts'
import type { Engine } from '../../engine/engine.ts'
import type { LifeCycle } from '../../nodes/life-cycle.ts'
import { RequestTimeout } from '../../bus/errors.ts'
import { nextBallot } from './ballot.ts'
import type { DirectoryHost } from './host.ts'
import { type LeaseMessage, type Question, answer } from './questions.ts'
import { DirectoryUnavailable } from '../errors.ts'
import { type Round, askAll, countOf, majorityOf } from './quorum.ts'
import type { AcceptMessage, Looked, PrepareMessage, Prepared, Registration } from './registration.ts'

/** A registration with whether a majority of the hosts says that its lease has ended. */
export interface Found {
  readonly value: Registration | null
  readonly ended: boolean
}

/** What a register holds after a change, and the ballot of the change: later ones have higher ballots. */
export interface Changed {
  readonly value: Registration | null
  readonly ballot: number
}

/** How much it takes before the directory counts as unavailable: four times silence, or many refusals. */
const patienceMax = 16
const costOfSilence = 4
const costOfRefusal = 1

/** Bounds of how long hosts are waited for, virtual ms. */
const shortestTimeoutMs = 200
const longestTimeoutMs = 3_200

/** How often a long wait looks whether it may be shorter, µs. */
const lookAgainMicros = 1_000_000

/** The directory as one node reaches it over the network. */
export class DirectoryClient {
  private readonly engine: Engine
  private readonly node: LifeCycle
  private readonly bus: Bus
  /** Ids of the nodes with a replica. */
  readonly hosts: readonly string[]
  /** The replica on the node itself; undefined: it has none. */
  private readonly replica: DirectoryHost | undefined
  /** Highest ballot seen; kept over crashes, because a ballot must never be used twice. */
  private highest = 0
  /** Learned from how long the hosts take to answer, as TCP does: doubled when they are late. */
  private timeoutMs = shortestTimeoutMs
  /** How long the last round took that a majority answered, µs. */
  private roundMicros = 0

  constructor(engine: Engine, node: LifeCycle, bus: Bus, hosts: readonly string[], replica: DirectoryHost | undefined) {
    this.engine = engine
    this.node = node
    this.bus = bus
    this.hosts = hosts
    this.replica = replica
  }

  /**
   * Where one host believes an actor to be: a hint, which may be old. What is certain is only what `change` returns.
   *
   * Asks this node's own replica when it has one, else one of the hosts after the other, until `deadline` (virtual time,
   * µs). Rejects with DirectoryUnavailable.
   */
  async look(actor: string, deadline: number): Promise<Looked> {
    const { hosts } = this
    const own = hosts.indexOf(this.node.id)
    const first = own >= 0 ? own : this.engine.random(`directory ${this.node.id}`).below(hosts.length)
    for (let i = 0; i < hosts.length; i++) {
      const host = hosts[(first + i) % hosts.length] as string
      const leftMs = (deadline - this.engine.now) / 1000
      if (leftMs <= 0) break
      const isCut = leftMs < this.timeoutMs
      try {
        return await this.ask<Looked>(host, '$directory.look', actor, isCut ? leftMs : this.timeoutMs)
      } catch (error) {
        // The next one may answer. One that was not waited for long enough is not late.
        if (error instanceof RequestTimeout && !isCut) this.late()
      }
    }
    throw new DirectoryUnavailable(`none of ${hosts.join(', ')} answered about ${actor}`)
  }

  /**
   * Changes a register by compare and swap: `decide` gets what is there and says what shall be.
   *
   * Returns what is there afterwards; `decide` may run several times. Rejects with DirectoryUnavailable: then the
   * change may have been made, or may still be, until another change has `settle`d the register.
   */
  async change(actor: string, decide: (found: Found) => Registration | null, settle = false): Promise<Changed> {
    const majority = majorityOf(this.hosts.length)
    let patience = patienceMax
    // A value that only a minority has accepted may come back, unless a later ballot is accepted over it.
    let mustWrite = settle
    for (let attempt = 0; patience > 0; attempt++) {
      if (attempt > 0) await this.backOff(attempt)
      const ballot = nextBallot(this.highest, this.node.index)
      this.highest = ballot
      const prepare: PrepareMessage = { actor, ballot }
      const prepared = await this.askHosts<Prepared>('$directory.prepare', prepare)
      for (const { ballot: seen } of prepared.replies) this.highest = Math.max(this.highest, seen)
      patience -= prepared.majority ? costOfRefusal : costOfSilence
      if (countOf(prepared.replies, ({ ok }) => ok) < majority) continue
      const found = this.judge(prepared)
      const value = decide(found)
      // What a majority has accepted under one ballot is decided: there is nothing to change.
      if (!mustWrite && value === found.value && found.isDecided) return { value, ballot: found.ballot }
      mustWrite = true
      const accept: AcceptMessage = { actor, ballot, value }
      const accepted = await this.askHosts<boolean>('$directory.accept', accept)
      if (countOf(accepted.replies, isYes) >= majority) return { value, ballot }
      if (!accepted.majority) patience -= costOfSilence
    }
    throw new DirectoryUnavailable(`no majority of ${this.hosts.join(', ')} agreed on ${actor}`)
  }

  /**
   * Two that compete for a register must not meet again and again: the slower the hosts, the longer each waits. A long
   * wait becomes shorter when the hosts have become faster meanwhile: the lease is renewed each second.
   */
  private async backOff(attempt: number): Promise<void> {
    const { engine } = this
    const began = engine.now
    const longest = this.longestBackoff(attempt)
    const drawn = engine.random(`directory ${this.node.id}`).integer(1_000, longest)
    for (;;) {
      const left = began + Math.round(drawn * Math.min(1, this.longestBackoff(attempt) / longest)) - engine.now
      if (left <= 0) return
      await engine.sleep(Math.min(left, lookAgainMicros))
    }
  }

  /** µs */
  private longestBackoff(attempt: number): number {
    const doublings = Math.min(attempt, 5)
    return Math.max(10_000 << doublings, this.roundMicros * 2 ** (doublings - 1))
  }

  /** Prolongs this node's lease; true when a majority has done so within `timeoutMs` (default: as long as usual). */
  async renew(lease: number, timeoutMs?: number): Promise<boolean> {
    const message: LeaseMessage = { node: this.node.id, lease }
    const { hosts } = this
    const ask = (i: number): Promise<boolean> =>
      this.ask(hosts[i] as string, '$directory.renew', message, timeoutMs ?? this.timeoutMs, true)
    const majority = majorityOf(hosts.length)
    const asked = this.engine.now
    const round = await askAll(hosts.length, majority, ask)
    // Whoever waits for as long as the lease lasts does not call the hosts late.
    if (round.majority) this.learn(asked)
    else if (timeoutMs === undefined) this.late()
    return countOf(round.replies, isYes) >= majority
  }

  /** Gives this node's lease back: every registration under it is void. */
  async release(lease: number): Promise<boolean> {
    const message: LeaseMessage = { node: this.node.id, lease }
    return (await this.askHosts<boolean>('$directory.release', message)).majority
  }

  private askHosts<Reply>(question: Question, payload: unknown): Promise<Round<Reply>> {
    const { hosts, timeoutMs } = this
    return this.timed((i) => this.ask<Reply>(hosts[i] as string, question, payload, timeoutMs))
  }

  /** Asks one host; the payload is not copied, so nobody may change it. */
  private ask<Reply>(
    host: string,
    question: Question,
    payload: unknown,
    timeoutMs: number,
    background = false,
  ): Promise<Reply> {
    const { node, replica } = this
    // Before it has booted its replica does not answer others either: then it waits for its own message.
    if (replica === undefined || host !== node.id || node.state !== 'running') {
      return this.bus.ask(host, question, sealed(payload), timeoutMs, background)
    }
    try {
      return Promise.resolve(answer(replica, question, payload) as Reply)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  private async timed<Reply>(ask: (index: number) => Promise<Reply>): Promise<Round<Reply>> {
    const asked = this.engine.now
    const round = await askAll(this.hosts.length, majorityOf(this.hosts.length), ask)
    if (!round.majority) {
      this.late()
      return round
    }
    this.learn(asked)
    return round
  }

  private learn(asked: number): void {
    this.roundMicros = this.engine.now - asked
    this.timeoutMs = bounded(Math.max(this.timeoutMs * 0.8, (this.roundMicros / 1000) * 3))
  }

  private late(): void {
    this.timeoutMs = bounded(this.timeoutMs * 2)
  }

  /** The newest value of a majority, and whether all of a majority say that its lease has ended. */
  private judge({ replies }: Round<Prepared>): Found & { readonly isDecided: boolean; readonly ballot: number } {
    let newest = replies[0] as Prepared
    for (const reply of replies) if (reply.accepted > newest.accepted) newest = reply
    const { value, accepted: ballot } = newest
    const majority = majorityOf(this.hosts.length)
    const isDecided = countOf(replies, ({ accepted }) => accepted === ballot) >= majority
    if (value === null) return { value, ended: false, isDecided, ballot }
    const votes = countOf(replies, (reply) => !reply.live && reply.value?.activation === value.activation)
    return { value, ended: votes >= majority, isDecided, ballot }
  }
}

const isYes = (reply: boolean): boolean => reply

function bounded(timeoutMs: number): number {
  return Math.min(Math.max(timeoutMs, shortestTimeoutMs), longestTimeoutMs)
}
