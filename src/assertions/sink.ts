import type { FaultPlan } from '../chaos/faults.ts'
import type { AssertionSink, Details } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import { show } from '../engine/errors.ts'
import { Occasion } from '../random/occasion.ts'
import type { RandomStream } from '../random/stream.ts'
import type { Coverage, SiteRecord } from './coverage.ts'

/** FoundationDB's probability that a buggify site is active in a given run. */
export const siteActivation = 0.25

/** Counts the assertions of one iteration and reports the violated ones. */
export class IterationAssertions implements AssertionSink {
  private readonly engine: Engine
  private readonly coverage: Coverage
  private readonly faults: FaultPlan
  /** Buggify as a whole is on in this seed. */
  private readonly buggifyOn: boolean
  private readonly sites = new Map<string, BuggifySite>()
  private readonly values = new Map<string, number>()

  constructor(engine: Engine, coverage: Coverage, faults: FaultPlan, buggifyOn: boolean) {
    this.engine = engine
    this.coverage = coverage
    this.faults = faults
    this.buggifyOn = buggifyOn
  }

  check(kind: 'always' | 'alwaysOrUnreachable', condition: boolean, name: string, details: Details): void {
    const record = this.coverage.site(kind, name)
    if (condition) {
      this.coverage.hit(record)
      return
    }
    record.misses++
    this.engine.report('AlwaysViolated', name, `${kind} "${name}" was false${explain(details)}`)
  }

  sometimes(condition: boolean, name: string, _details: Details): void {
    const record = this.coverage.site('sometimes', name)
    if (condition) this.coverage.hit(record)
    else record.misses++
  }

  reachable(name: string): void {
    this.coverage.hit(this.coverage.site('reachable', name))
  }

  unreachable(name: string, details: Details): void {
    this.coverage.hit(this.coverage.site('unreachable', name))
    this.engine.report('UnreachableReached', name, `unreachable "${name}" was reached${explain(details)}`)
  }

  numeric(
    kind: 'always' | 'sometimes',
    holds: boolean,
    value: number,
    bound: string,
    name: string,
    details: Details,
  ): void {
    const record = this.coverage.site(kind, name)
    const upward = bound.startsWith('<') === (kind === 'always')
    const mark = record.watermark
    if (mark === undefined || (upward ? value > mark : value < mark)) record.watermark = value
    if (holds) {
      this.coverage.hit(record)
      return
    }
    record.misses++
    if (kind === 'always') {
      this.engine.report(
        'AlwaysViolated',
        name,
        `always "${name}" was false: ${value} is not ${bound}${explain(details)}`,
      )
    }
  }

  each(name: string, value: string, expected: readonly string[]): void {
    // The call itself, as the catalogue knows it.
    this.coverage.hit(this.coverage.site('sometimes', name))
    for (const other of expected) if (other !== value) this.coverage.site('sometimes', `${name}: ${other}`)
    this.coverage.hit(this.coverage.site('sometimes', `${name}: ${value}`))
  }

  buggify(name: string, probability: number): boolean {
    return this.fires(this.site(name), probability)
  }

  buggifyDelay(name: string, min: number, max: number): number {
    const site = this.site(name)
    if (!this.fires(site, 0.25)) return 0
    site.delays ??= this.engine.random(`buggify delay ${name}`)
    // At the place of this firing: no other one moves it.
    return site.delays.at(site.occasion.word).between(min, max)
  }

  buggifyValue(site: string, usual: number, min: number, max: number): number {
    const known = this.values.get(site)
    if (known !== undefined) return known
    const record = this.coverage.site('buggify', site)
    let value = usual
    if (this.isOn(this.site(site))) {
      const drawn = this.engine.random(`buggify ${site}`).between(min, max)
      const other = Number.isInteger(min) && Number.isInteger(max) ? Math.round(drawn) : drawn
      const fault = this.faults.inject('buggify', site, `= ${other}`)
      if (fault !== undefined) {
        value = other
        this.faults.effect(fault)
        this.coverage.hit(record)
      }
    }
    this.values.set(site, value)
    return value
  }

  private fires(site: BuggifySite, probability: number): boolean {
    const { name, record, occasion } = site
    if (!this.isOn(site)) {
      record.misses++
      return false
    }
    occasion.next(this.engine.now)
    site.firings ??= this.engine.random(`buggify ${name}`)
    if (!site.firings.at(occasion.word).chance(probability)) {
      record.misses++
      return false
    }
    const fault = this.faults.inject('buggify', name, '', occasion.name)
    if (fault === undefined) return false
    this.faults.effect(fault)
    this.coverage.hit(record)
    return true
  }

  private isOn(site: BuggifySite): boolean {
    if (!this.buggifyOn || !this.faults.active) return false
    return (site.active ??= this.engine.random(`buggify activation ${site.name}`).chance(siteActivation))
  }

  private site(name: string): BuggifySite {
    let site = this.sites.get(name)
    if (site === undefined) {
      site = {
        name,
        record: this.coverage.site('buggify', name),
        occasion: new Occasion(),
        active: undefined,
        firings: undefined,
        delays: undefined,
      }
      this.sites.set(name, site)
    }
    return site
  }
}

/** One buggify site in one iteration; its streams are made when they are first needed. */
interface BuggifySite {
  readonly name: string
  readonly record: SiteRecord
  /** Firings of one site are told apart by their time: leaving one call out must not move the others. */
  readonly occasion: Occasion
  /** Undefined: not drawn yet. */
  active: boolean | undefined
  firings: RandomStream | undefined
  delays: RandomStream | undefined
}

function explain(details: Details): string {
  if (details === undefined) return ''
  try {
    const value = typeof details === 'function' ? details() : details
    return `: ${typeof value === 'string' ? value : show(value)}`
  } catch (error) {
    return ` (its details threw ${show(error)})`
  }
}
