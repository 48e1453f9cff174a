import type { Fault, FaultPlan } from '../chaos/faults.ts'
import type { DelayShaper } from '../chaos/schedule.ts'
import type { Engine } from '../engine/engine.ts'
import { type EventKind, type SimEvent, eventKind } from '../engine/event.ts'
import { inOrder } from '../engine/event-queue.ts'
import type { Wait } from '../engine/failure.ts'
import { type Latency, latencySampler, withoutTail } from './latency.ts'
import type { CutMode, Link } from './link.ts'
import { Links } from './links.ts'
import { type Message, describeMessage } from './message.ts'
import type { MessageRecords } from './message-records.ts'
import type { NetworkObserver } from './observer.ts'
import { judge, type Rule } from './rule.ts'

const deliverKind: EventKind<Message> = eventKind('deliver', describeMessage, undefined, true)
const drainKind: EventKind<Link> = eventKind('deliver held', (link) => describeMessage(link.waiting[0] as Message))

/** What the network counted in one iteration. */
export interface NetworkCounts {
  /** Messages handed over by a sender; copies made by duplication do not count. */
  sent: number
  /** Messages given to a node, duplicates included. */
  delivered: number
  dropped: number
  duplicated: number
  /** Messages on the way, held ones included; those in the background are not. */
  inFlight: number
}

/** Moves messages between endpoints over one-way links, each delivery an event. */
export class MessageNetwork extends Links {
  readonly counts: NetworkCounts = { sent: 0, delivered: 0, dropped: 0, duplicated: 0, inFlight: 0 }
  /** Told of every message that is sent, delivered or copied; undefined: nobody listens. */
  observer: NetworkObserver | undefined
  /** Makes some messages travel longer, by the seed's schedule strategy. */
  shaper: DelayShaper | undefined
  /** Makes the records of a run that is to be told. */
  records: MessageRecords | undefined
  protected readonly faults: FaultPlan
  private readonly copyPayload: <T>(payload: T) => T
  private readonly rules: Rule[] = []
  /** Of links that the test has given no latency of their own, once the network is mended. */
  private mended = this.latency
  private messageIds = 0
  /** True when a plan says which faults happen, to whatever message. */
  private readonly isScripted: boolean

  constructor(engine: Engine, faults: FaultPlan, copyPayload: <T>(payload: T) => T) {
    super(engine)
    this.faults = faults
    this.copyPayload = copyPayload
    this.isScripted = faults.script !== undefined
    engine.describeWaits(() => this.waits())
  }

  /** Names a message that has just been made, before anything is drawn for it. */
  name(message: Message): void {
    this.engine.data?.add(`${message.kind} ${message.method}`, message.payload)
    const link = this.linkBetween(message.from, message.to)
    message.place = link.sending.next(this.engine.now).word
    if (this.faults.named) message.names = link.namesOf(message)
  }

  /** A number for the next message. */
  nextMessageId(): number {
    return ++this.messageIds
  }

  /** Sets the latency of all links, those to come too; `drawn`: by the seed, so that it ends with the faults. */
  setLatency(latency: Latency, drawn = false): void {
    this.latency = latencySampler(latency)
    if (!drawn) this.mended = withoutTail(latency)
    for (const link of this.allLinks) link.sample = this.latency
  }

  /**
   * The chaos phase is over: no link loses, copies, delays or slows messages any more, unless the test sets it anew.
   *
   * What is on the way arrives as soon as if it had been sent now.
   */
  mend(): void {
    this.shaper = undefined
    this.latency = this.mended
    for (const link of this.allLinks) link.mend(this.mended, this.engine.now)
    for (const link of this.outsideLinks) link.mend(this.mended, this.engine.now)
    for (const event of inOrder(this.engine.waitingEvents.filter(isDelivery))) this.hasten(event)
  }

  private hasten(event: SimEvent): void {
    const message = event.data as Message
    const link = this.linkBetween(message.from, message.to)
    const { now } = this.engine
    const rest = Math.max(0, message.sentAt + message.ruledDelay - now)
    const arrival = Math.min(event.time, now + rest + link.sample(link.random.at(message.place)))
    // It stays behind those before it; so a link that nothing has slowed stays as it is.
    link.lastArrival = Math.max(arrival, link.lastArrival + 1)
    if (link.lastArrival !== event.time) this.engine.hasten(event, link.lastArrival)
  }

  addRule(rule: Rule): () => void {
    // Installed twice, a rule is two rules, and each undo takes out its own.
    const own: Rule = (message) => rule(message)
    this.engine.owner.acts()
    this.rules.push(own)
    return () => {
      const at = this.rules.indexOf(own)
      if (at >= 0) this.rules.splice(at, 1)
    }
  }

  /** Takes a message from its sender. */
  send(message: Message): void {
    const { engine } = this
    const link = this.linkBetween(message.from, message.to)
    message.sentAt = engine.now
    this.counts.sent++
    if (!message.background) this.counts.inFlight++
    this.observer?.sent(message)
    this.records?.sent(message)
    let delay = link.sample(link.random.at(message.place))
    if (this.rules.length > 0) {
      const verdict = this.ruled(message)
      if (verdict === 'drop') return this.drop(message, 'rule')
      if (typeof verdict === 'object') delay += message.ruledDelay = verdict.delay
    }
    if (this.shaper !== undefined && message.from !== message.to) {
      this.shaper.meet(this.endpoints.length)
      delay += this.shaper.extra(message)
    }
    if (message.carrier?.isOrdered === true) return this.queue(link, message, delay)
    const mayFail = link.faulty && (this.faults.active || link.byHand)
    if (mayFail || (this.isScripted && this.faults.active)) return this.sendUnderFaults(link, message, delay)
    this.queue(link, message, delay)
  }

  /** Takes a message from a sender that knows it to be lost. */
  lose(message: Message): void {
    message.sentAt = this.engine.now
    this.counts.sent++
    if (!message.background) this.counts.inFlight++
    this.observer?.sent(message)
    this.records?.sent(message)
    this.drop(message, 'loss')
  }

  /** For a message that could not be sent: what the strategy does to others must not depend on it. */
  skip(): void {
    this.shaper?.meet(this.endpoints.length)
  }

  /** Puts a message on the link; it arrives after all that were sent before it. */
  protected queue(link: Link, message: Message, delay: number): void {
    // What never arrives holds nothing up.
    if (link.obstructed && this.dropIfCut(link, message)) return
    let arrival = this.engine.now + delay
    if (arrival <= link.lastArrival) arrival = link.lastArrival + 1
    link.lastArrival = arrival
    if (link.late !== undefined && arrival < link.late.arrival) {
      this.faults.effect(link.late.fault)
      link.late = undefined
    }
    this.arriveAt(arrival, message)
  }

  /** Puts a message on its link without regard to the others. */
  protected arriveAt(arrival: number, message: Message): void {
    this.engine.scheduleAt(arrival, deliverKind, message.id, message.to.address, this.arrive, message)
  }

  private sendUnderFaults(link: Link, message: Message, delay: number): void {
    const { faults } = this
    const random = (link.faultRandom ??= this.engine.random(`faults ${link.name}`)).at(message.place)
    const { loss, duplication, reordering } = link.faults
    // Every draw is made before any fault is decided on: leaving a fault out must not move the others.
    let isLost = random.chance(loss)
    let copyDelay = random.chance(duplication) ? 1 + random.below(50_000) : 0
    let extraDelay = random.chance(reordering) ? 1 + random.below(50_000) : 0
    if (this.isScripted) {
      isLost = faults.happens(isLost, 'loss', link.name, message.names)
      copyDelay = this.planned('duplication', link, message, copyDelay)
      extraDelay = this.planned('reordering', link, message, extraDelay)
    }
    if (copyDelay > 0) {
      const fault = this.inject('duplication', link, message, copyDelay)
      if (fault !== undefined) {
        faults.effect(fault)
        this.duplicate(link, message, delay, copyDelay, isLost)
      }
    }
    if (isLost) {
      const fault = this.inject('loss', link, message)
      if (fault !== undefined) {
        faults.effect(fault)
        return this.drop(message, 'loss')
      }
    }
    const overtaken = extraDelay > 0 ? this.inject('reordering', link, message, extraDelay) : undefined
    if (overtaken === undefined) return this.queue(link, message, delay)
    if (link.obstructed && this.dropIfCut(link, message)) return
    const arrival = this.engine.now + delay + extraDelay
    // It overtakes those before it, or those after it may overtake it.
    if (arrival < link.lastArrival) faults.effect(overtaken)
    else link.late = { arrival, fault: overtaken }
    this.arriveAt(arrival, message)
  }

  private inject(family: string, link: Link, message: Message, lasts = 0): Fault | undefined {
    const detail = this.engine.trace === undefined ? '' : describeMessage(message)
    return this.faults.inject(family, link.name, detail, message.names, lasts)
  }

  /** The delay, µs, when a plan says that the fault happens; 0: it does not. */
  private planned(family: string, link: Link, { names }: Message, drawn: number): number {
    const { faults } = this
    if (!faults.happens(drawn > 0, family, link.name, names)) return 0
    return Math.max(1, faults.lasts(drawn, family, link.name, names))
  }

  /** The copy comes after the original; where that is lost it keeps its place among the others. */
  private duplicate(link: Link, message: Message, delay: number, copyDelay: number, isOnly: boolean): void {
    this.counts.duplicated++
    if (message.effects !== undefined) message.effects.count++
    if (!message.background) this.counts.inFlight++
    this.observer?.copied(message)
    this.records?.fate('duplicate', message)
    const copy = message.withPayload(this.copyPayload(message.payload))
    if (isOnly) return this.queue(link, copy, delay + copyDelay)
    if (link.obstructed && this.dropIfCut(link, copy)) return
    this.arriveAt(Math.max(this.engine.now + delay, link.lastArrival + 1) + copyDelay, copy)
  }

  /** An error in a rule is the test's: it fails the iteration, whoever sent the message. */
  private ruled(message: Message): ReturnType<typeof judge> {
    try {
      return judge(this.rules, message)
    } catch (error) {
      this.engine.fail(error)
      return 'pass'
    }
  }

  private readonly arrive = (message: Message): void => {
    const link = this.linkBetween(message.from, message.to)
    if (link.obstructed) this.arriveObstructed(link, message)
    else this.deliver(message)
  }

  private deliver(message: Message): void {
    if (!message.background) this.counts.inFlight--
    this.counts.delivered++
    this.observer?.delivered(message)
    if (message.carrier === undefined) message.to.accept(message)
    else message.carrier.arrived(message)
  }

  /** Judged at delivery: what a partition, hold or clog does applies to what is on the way, too. */
  private arriveObstructed(link: Link, message: Message): void {
    if (this.dropIfCut(link, message)) return
    if (link.waiting.length > 0 || this.blocked(link)) {
      for (const { fault } of link.cuts) if (fault !== undefined) this.faults.effect(fault)
      link.waiting.push(message)
      this.records?.fate('hold', message, 'blocked link')
      this.drain(link)
    } else {
      link.obstructed = link.cuts.length > 0
      this.deliver(message)
    }
  }

  private dropIfCut(link: Link, message: Message): boolean {
    for (const cut of link.cuts) {
      if (cut.mode !== 'drop') continue
      if (cut.fault !== undefined) this.faults.effect(cut.fault)
      this.drop(message, 'partition')
      return true
    }
    return false
  }

  private blocked(link: Link): boolean {
    for (const cut of link.cuts) if (cut.mode === 'hold') return true
    return false
  }

  /** Lets what waits arrive, in order and one µs apart, unless the link is blocked. */
  private drain(link: Link, delay = 0): void {
    const first = link.waiting[0]
    if (first === undefined || link.draining || this.blocked(link)) return
    link.draining = true
    this.engine.scheduleAt(this.engine.now + delay, drainKind, first.id, link.to.address, this.drainOne, link)
  }

  private readonly drainOne = (link: Link): void => {
    link.draining = false
    if (this.blocked(link)) return
    const message = link.waiting.shift()
    if (message === undefined) return
    if (!this.dropIfCut(link, message)) this.deliver(message)
    this.drain(link, 1)
  }

  protected cut(link: Link, partition: number, mode: CutMode, fault: Fault | undefined): void {
    this.engine.owner.acts()
    link.cuts = [...link.cuts, { partition, mode, fault }]
    link.obstructed = true
  }

  protected uncut(link: Link, partition: number): void {
    const left = link.cuts.filter((cut) => cut.partition !== partition)
    if (left.length === link.cuts.length) return
    this.engine.owner.acts()
    link.cuts = left
    this.drain(link)
  }

  private drop(message: Message, reason: 'loss' | 'partition' | 'rule'): void {
    this.records?.fate('drop', message, reason)
    if (!message.background) this.counts.inFlight--
    this.counts.dropped++
    this.observer?.dropped(message)
    if (this.engine.trace !== undefined) this.engine.note('fault', `drop ${describeMessage(message)}`)
    message.carrier?.dropped(message)
  }

  /** Every message that is on the way or kept back, for the reports of who waits for what. */
  private *waits(): Iterable<Wait> {
    for (const { kind, data } of this.engine.waitingEvents) {
      if (kind === (deliverKind as EventKind)) yield waitFor('delivery of', data)
    }
    for (const link of this.allLinks) {
      for (const message of link.waiting) yield waitFor(`a blocked link, ${link.name}, to deliver`, message)
    }
  }
}

function isDelivery({ kind }: SimEvent): boolean {
  return kind === (deliverKind as EventKind)
}

function waitFor(what: string, message: Message): Wait {
  const { from, sentAt, background } = message
  return { owner: from.id, what: `${what} ${describeMessage(message)}`, since: sentAt, isUnderWay: !background }
}
