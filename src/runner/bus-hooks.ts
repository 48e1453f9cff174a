import type { SiteRecord } from '../assertions/coverage.ts'
import type { Coverage } from '../assertions/coverage.ts'
import type { BusHooks } from '../bus/hooks.ts'
import type { PendingRequest } from '../bus/pending.ts'
import type { RequestOutcomes } from './builtin-invariants.ts'
import type { FaultPlan } from '../chaos/faults.ts'
import type { SeedChaos } from '../chaos/seed-chaos.ts'
import type { AssertionSink } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import type { Message } from '../network/message.ts'

/** Longest delay of a buggify site in the send path, µs. */
const longestSendDelay = 100_000

/** The faults and the built-in `sometimes` of the bus: fired by the bus itself, so that no test can forget them. */
export class InstrumentedBus implements BusHooks {
  private readonly engine: Engine
  private readonly faults: FaultPlan
  private readonly assertions: AssertionSink
  private readonly sendFailure: number
  private readonly buggify: boolean
  private readonly coverage: Coverage
  private readonly sent: SiteRecord
  private readonly received: SiteRecord
  private readonly called: SiteRecord
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
  }

  beforeSend({ kind, from, to, method }: Message): 'fail' | number {
    if (!this.faults.active) return 0
    if (this.sendFailure > 0 && kind !== 'response' && this.engine.random('send failure').chance(this.sendFailure)) {
      const fault = this.faults.inject('send failure', `${from.id} → ${to.id}`, `${kind} ${method}`)
      if (fault !== undefined) {
        this.faults.effect(fault)
        return 'fail'
      }
    }
    if (!this.buggify) return 0
    const site = kind === 'response' ? 'bus: response sent late' : 'bus: request sent late'
    return this.assertions.buggify(site, 0.25) ? 1 + this.engine.random(site).below(longestSendDelay) : 0
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
    if (error instanceof Error && error.name === 'AssertionError') this.engine.fail(error)
  }
}
