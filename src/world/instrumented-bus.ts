import type { SiteRecord } from '../assertions/coverage.ts'
import type { Coverage } from '../assertions/coverage.ts'
import type { BusHooks } from '../bus/hooks.ts'
import type { PendingRequest } from '../bus/pending.ts'
import type { RequestOutcomes } from './builtin-invariants.ts'
import type { FaultPlan } from '../chaos/faults.ts'
import type { SeedChaos } from '../chaos/seed-chaos.ts'
import type { AssertionSink } from '../engine/current.ts'
import { errorName } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { mix } from '../random/hash.ts'
import type { RandomStream } from '../random/stream.ts'
import type { Message } from '../network/message.ts'

/** Delay of a buggify site in the send path, virtual ms. */
const sendDelayMs = [0.001, 100] as const

/** The faults and the built-in `sometimes` of the bus: fired by the bus itself, so that no test can forget them. */
export class InstrumentedBus implements BusHooks {
  private readonly engine: Engine
  private readonly faults: FaultPlan
  private readonly assertions: AssertionSink
  private readonly sendFailure: number
  private failing: RandomStream | undefined
  private readonly buggify: boolean
  private readonly coverage: Coverage
  private readonly sent: SiteRecord
  private readonly received: SiteRecord
  private readonly called: SiteRecord
  /** By link: virtual time, µs, at which the last delayed message is handed to the network. */
  private readonly handedOver = new Map<number, number>()
  /** Undefined: that built-in invariant is off. */
  outcomes: RequestOutcomes | undefined

  constructor(engine: Engine, faults: FaultPlan, assertions: AssertionSink, coverage: Coverage, chaos: SeedChaos) {
    this.engine = engine
    this.faults = faults
    this.assertions = assertions
    this.coverage = coverage
    this.sendFailure = chaos.sendFailure
    this.buggify = chaos.buggify
    this.sent = coverage.site('sometimes', 'request sent', true)
    this.received = coverage.site('sometimes', 'response received', true)
    this.called = coverage.site('sometimes', 'callback completed', true)
    if (this.sendFailure > 0) faults.enable('send failure')
    if (this.buggify) faults.enable('buggify')
  }

  wait(message: Message): number {
    if (!this.faults.active) return this.handedOver.size === 0 ? 0 : this.inTurn(message, 0)
    return this.buggify ? this.late(message) : 0
  }

  /** Nothing is late any more: what waits is handed over now, in its order. */
  mend(): void {
    const { now } = this.engine
    for (const [link, at] of this.handedOver) if (at > now) this.handedOver.set(link, now)
  }

  fails({ kind, from, to, method, place, names }: Message): boolean {
    const { faults } = this
    if ((this.sendFailure === 0 && faults.script === undefined) || !faults.active || kind === 'response') return false
    this.failing ??= this.engine.random('send failure')
    const random = this.failing.at(mix(from.index * 16_384 + to.index, place))
    const isDrawn = random.chance(this.sendFailure)
    const subject = faults.named ? `${from.id} → ${to.id}` : ''
    if (!faults.happens(isDrawn, 'send failure', subject, names)) return false
    const fault = faults.inject('send failure', subject, faults.named ? `${kind} ${method}` : '', names)
    if (fault === undefined) return false
    faults.effect(fault)
    return true
  }

  /** A delay before the network, µs. */
  private late(message: Message): number {
    const site = message.kind === 'response' ? 'bus: response sent late' : 'bus: request sent late'
    const { from, to, names } = message
    const name = names && `${from.id} → ${to.id} ${names.number}`
    return this.inTurn(message, Math.ceil(this.assertions.buggifyDelay(site, sendDelayMs, name) * 1000))
  }

  /** Whatever is sent after a late message waits behind it, so that the order of each link stays. */
  private inTurn({ from, to }: Message, delay: number): number {
    const { now } = this.engine
    const link = from.index * 65_536 + to.index
    const before = this.handedOver.get(link) ?? -1
    if (delay === 0 && before < now) return 0
    // Not 0: that would let it pass those that are handed over at this very instant.
    const wait = Math.max(1, before - now, delay)
    this.handedOver.set(link, now + wait)
    return wait
  }

  requested(pending: PendingRequest): void {
    this.coverage.hit(this.sent)
    this.outcomes?.requested(pending)
  }

  responded(): void {
    this.coverage.hit(this.received)
  }

  completed(pending: PendingRequest): void {
    this.coverage.hit(this.called)
    this.outcomes?.ended(pending)
  }

  abandoned(pending: PendingRequest): void {
    this.outcomes?.ended(pending)
  }

  handlerFailed(error: unknown): void {
    // A caller that catches RemoteError must not be able to hide a failed expectation.
    if (errorName(error) === 'AssertionError') this.engine.fail(error)
  }
}
