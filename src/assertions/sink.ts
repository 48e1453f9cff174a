import type { FaultPlan, Names } from '../chaos/faults.ts'
import type { AssertionSink } from '../engine/current.ts'
import type { Engine } from '../engine/engine.ts'
import { SimulationError, show, showFully } from '../engine/errors.ts'
import { Occasion } from '../random/occasion.ts'
import type { RandomStream } from '../random/stream.ts'
import type { Coverage, SiteRecord } from './coverage.ts'
import {
  type Comparison,
  comparisonNames,
  conditionFlaw,
  isDetails,
  isNumber,
  nameFlaw,
  numericFlaw,
  what,
} from './misuse.ts'

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

  check(kind: 'always' | 'alwaysOrUnreachable', condition: unknown, name: unknown, details: unknown): void {
    if (!isNamed(name) || typeof condition !== 'boolean' || !isDetails(details)) {
      return this.refuse(kind, name, conditionFlaw(condition, name, details))
    }
    this.engine.data?.add(`${kind} ${name}`, [condition, details])
    this.engine.recorder?.check(kind, name, condition, details)
    const record = this.coverage.site(kind, name)
    if (condition) {
      this.coverage.hit(record)
      return
    }
    record.misses++
    this.engine.report('AlwaysViolated', name, `${kind} "${name}" was false${explain(details)}`)
  }

  sometimes(condition: unknown, name: unknown, details: unknown): void {
    if (!isNamed(name) || typeof condition !== 'boolean' || !isDetails(details)) {
      return this.refuse('sometimes', name, conditionFlaw(condition, name, details))
    }
    this.engine.data?.add(`sometimes ${name}`, [condition, details])
    this.engine.recorder?.check('sometimes', name, condition, details)
    const record = this.coverage.site('sometimes', name)
    if (condition) this.coverage.hit(record)
    else record.misses++
  }

  reachable(name: unknown): void {
    if (!isNamed(name)) return this.refuse('reachable', name, nameFlaw(name))
    this.engine.recorder?.check('reachable', name, true)
    this.coverage.hit(this.coverage.site('reachable', name))
  }

  unreachable(name: unknown, details: unknown): void {
    if (!isNamed(name)) return this.refuse('unreachable', name, nameFlaw(name))
    this.engine.recorder?.check('unreachable', name, false, details)
    this.coverage.hit(this.coverage.site('unreachable', name))
    this.engine.report('UnreachableReached', name, `unreachable "${name}" was reached${explain(details)}`)
  }

  numeric(
    kind: 'always' | 'sometimes',
    comparison: Comparison,
    value: unknown,
    bound: unknown,
    name: unknown,
    details: unknown,
  ): void {
    if (!isNamed(name) || !isNumber(value) || !isNumber(bound) || !isDetails(details)) {
      return this.refuse(`${kind}${comparisonNames[comparison]}`, name, numericFlaw(value, bound, name, details))
    }
    this.compare(kind, comparison, value, bound, name, details)
  }

  all(conditions: unknown, name: unknown): void {
    const values = valuesOf(conditions)
    if (!isNamed(name)) return this.refuse('sometimesAll', name, nameFlaw(name))
    if (values.length === 0) {
      return this.refuse(
        'sometimesAll',
        name,
        `its conditions are ${what(conditions)}: they must be an object of conditions`,
      )
    }
    let held = 0
    for (const [key, value] of values) {
      if (typeof value !== 'boolean') {
        return this.refuse('sometimesAll', name, `its condition '${key}' is ${what(value)}: it must be true or false`)
      }
      if (value) held++
    }
    this.compare('sometimes', '>=', held, values.length, name, undefined)
  }

  each(name: unknown, value: unknown, expected: unknown): void {
    if (!isNamed(name)) return this.refuse('sometimesEach', name, nameFlaw(name))
    if (!isEachValue(value)) {
      return this.refuse('sometimesEach', name, `its value is ${what(value)}: it must be a string or a number`)
    }
    if (!Array.isArray(expected) || !expected.every(isEachValue)) {
      return this.refuse(
        'sometimesEach',
        name,
        `expected is ${what(expected)}: it must be a list of strings and numbers`,
      )
    }
    this.engine.data?.add(`sometimesEach ${name}`, value)
    this.engine.recorder?.check('sometimesEach', name, true, value)
    // The call itself, as the catalogue knows it.
    this.coverage.hit(this.coverage.site('sometimes', name))
    for (const other of expected as unknown[]) {
      if (String(other) !== String(value)) this.coverage.site('sometimes', `${name}: ${String(other)}`)
    }
    this.coverage.hit(this.coverage.site('sometimes', `${name}: ${value}`))
  }

  buggify(name: unknown, probability: unknown): boolean {
    if (!isNamed(name)) return this.refuse('buggify', name, nameFlaw(name)) ?? false
    if (!(isNumber(probability) && probability >= 0 && probability <= 1)) {
      const flaw = `its probability is ${what(probability)}: it must be a number from 0 to 1`
      return this.refuse('buggify', name, flaw) ?? false
    }
    return this.fires(this.site(name), probability)
  }

  buggifyDelay(name: unknown, range: unknown, call?: string): number {
    if (!isNamed(name)) return this.refuse('buggifyDelay', name, nameFlaw(name)) ?? 0
    if (!isRange(range) || range[0] < 0) {
      return this.refuse('buggifyDelay', name, rangeFlaw(range, 'of virtual milliseconds, 0 or more')) ?? 0
    }
    const site = this.site(name)
    return this.fires(site, 0.25, call, range) ? site.delayMs : 0
  }

  /** Draws how long a site waits, and gives it back in µs. It is drawn at the place of this firing: no other one moves it. */
  private drawDelay(site: BuggifySite, range: readonly [number, number], names: Names | undefined): number {
    const { faults } = this
    site.delays ??= this.engine.random(`buggify delay ${site.name}`)
    const drawn = site.delays.at(site.occasion.word).between(range[0], range[1])
    site.delayMs =
      faults.script === undefined ? drawn : faults.lasts(drawn * 1_000, 'buggify', site.name, names) / 1_000
    return Math.round(site.delayMs * 1_000)
  }

  buggifyValue(site: unknown, usual: number, range: unknown): number {
    if (!isNamed(site)) return this.refuse('buggifyValue', site, nameFlaw(site)) ?? usual
    if (!isNumber(usual)) {
      return this.refuse('buggifyValue', site, `its usual value is ${what(usual)}: it must be a number`) ?? usual
    }
    if (!isRange(range)) return this.refuse('buggifyValue', site, rangeFlaw(range, 'of numbers')) ?? usual
    const known = this.values.get(site)
    if (known !== undefined) return known
    const [min, max] = range
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

  private compare(
    kind: 'always' | 'sometimes',
    comparison: Comparison,
    value: number,
    bound: number,
    name: string,
    details: unknown,
  ): void {
    this.engine.data?.add(`${kind} ${name}`, [value, bound, details])
    this.engine.recorder?.check(kind, name, holds(comparison, value, bound), `${value} ${comparison} ${bound}`)
    const record = this.coverage.site(kind, name)
    const isUpperBound = comparison === '<' || comparison === '<='
    const upward = isUpperBound === (kind === 'always')
    const mark = record.watermark
    if (mark === undefined || (upward ? value > mark : value < mark)) {
      record.watermark = value
      record.bound = `${comparison} ${bound}`
    }
    if (holds(comparison, value, bound)) {
      this.coverage.hit(record)
      return
    }
    record.misses++
    if (kind === 'always') {
      const text = `always "${name}" was false: ${value} is not ${comparison} ${bound}${explain(details)}`
      this.engine.report('AlwaysViolated', name, text)
    }
  }

  /** Ends the iteration: an assertion that cannot be judged must not pass. The caller goes on as if nothing were. */
  private refuse(call: string, name: unknown, flaw: string | undefined): undefined {
    const site = isNamed(name) ? name : call
    const text = `${isNamed(name) ? `${call} "${name}"` : call}: ${flaw}`
    this.engine.report('BadCondition', site, text, new SimulationError('BAD_CONDITION', text))
    return undefined
  }

  /** `delay`: draws how long it takes, µs. */
  private fires(site: BuggifySite, probability: number, call?: string, delay?: readonly [number, number]): boolean {
    const { name, record, occasion } = site
    const { faults } = this
    const isOn = this.isOn(site)
    if (!isOn && (faults.script === undefined || !faults.active)) {
      record.misses++
      return false
    }
    occasion.next(this.engine.now)
    // Numbered by the call, not by the firing: leaving one out must not rename those that follow.
    const names = faults.named ? { time: `#${occasion.name}`, number: call ?? `call no. ${++site.calls}` } : undefined
    site.firings ??= this.engine.random(`buggify ${name}`)
    const isDrawn = isOn && site.firings.at(occasion.word).chance(probability)
    if (!faults.happens(isDrawn, 'buggify', name, names)) {
      record.misses++
      return false
    }
    const fault = faults.inject(
      'buggify',
      name,
      '',
      names,
      delay === undefined ? 0 : this.drawDelay(site, delay, names),
    )
    if (fault === undefined) return false
    faults.effect(fault)
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
        calls: 0,
        active: undefined,
        firings: undefined,
        delays: undefined,
        delayMs: 0,
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
  /** How often it was asked; counted while names are read. */
  calls: number
  /** Undefined: not drawn yet. */
  active: boolean | undefined
  firings: RandomStream | undefined
  delays: RandomStream | undefined
  /** How long it waits this time. */
  delayMs: number
}

function isNamed(name: unknown): name is string {
  return typeof name === 'string' && name !== ''
}

function holds(comparison: Comparison, value: number, bound: number): boolean {
  switch (comparison) {
    case '<':
      return value < bound
    case '<=':
      return value <= bound
    case '>':
      return value > bound
    case '>=':
      return value >= bound
  }
}

function isEachValue(value: unknown): value is string | number {
  return typeof value === 'string' || isNumber(value)
}

function isRange(range: unknown): range is readonly [number, number] {
  if (!Array.isArray(range) || range.length !== 2) return false
  // By index: to destructure an array runs its iterator, at each message under buggify.
  const min: unknown = range[0]
  const max: unknown = range[1]
  return Number.isFinite(min) && Number.isFinite(max) && (min as number) <= (max as number)
}

function rangeFlaw(range: unknown, of: string): string {
  return `its range is ${what(range)}: it must be [min, max] ${of}`
}

/** Names and values of an object of conditions; none when there is nothing to be had of it. */
function valuesOf(conditions: unknown): readonly [string, unknown][] {
  try {
    return typeof conditions === 'object' && conditions !== null ? Object.entries(conditions) : []
  } catch {
    return []
  }
}

function explain(details: unknown): string {
  if (details === undefined || details === null) return ''
  try {
    const value: unknown = typeof details === 'function' ? (details as () => unknown)() : details
    return `: ${showFully(value)}`
  } catch (error) {
    return ` (its details threw ${show(error)})`
  }
}
