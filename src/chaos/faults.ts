import type { Engine } from '../engine/engine.ts'
import type { FaultScript } from './script.ts'

/** What one fault family did in one iteration. */
export interface FamilyCount {
  readonly family: string
  injected: number
  effective: number
}

/**
 * Families of which each one may take the place of the other: every crash may be drawn as a wipe or a graceful stop, a
 * slow pair may lie at the slow peer, and a simulation may be over before the first clock jumps.
 */
const standIns: Readonly<Record<string, readonly string[]>> = {
  crash: ['wipe', 'graceful stop'],
  'slow pair': ['slow peer'],
  'clock jump': ['clock'],
}

/** Fewer faults than that may have met nothing by chance. */
const fewInjected = 10

/** True when a family that was on has done nothing, and that is no accident. */
export function isInert({ family, injected, effective }: FamilyCount, all: readonly FamilyCount[]): boolean {
  if (effective > 0) return false
  if (injected > 0) return injected >= fewInjected
  return !all.some((other) => other.effective > 0 && standIns[family]?.includes(other.family))
}

/**
 * Two names for one occasion. Its time stays the same when operations are left out that do not concern it; which one of
 * its kind it is stays the same when things come sooner or later. A plan may use either.
 */
export interface Names {
  /** '#14203': virtual µs. */
  readonly time: string
  /** 'request add no. 2'. */
  readonly number: string
}

/** One fault that was injected. */
export interface Fault {
  /** One-based, in order of injection. */
  readonly number: number
  /** Names the fault across runs of the same seed: family, subject and which one of these it is. */
  readonly key: string
  /** Its other name, when it has two; see Names. */
  readonly alias: string | undefined
  readonly family: string
  /** Virtual time, µs. */
  readonly time: number
  /** How long it lasts, or how much later something comes because of it, µs; 0: neither. */
  readonly lasts: number
  readonly text: string
  /** Messages, nodes or actors to which something else happened because of it. */
  effects: number
}

/**
 * The one decision point of all faults: names each, numbers it, counts its effects, and leaves it out when masked.
 *
 * A masked fault has still drawn its randomness, so leaving it out moves no other draw.
 */
export class FaultPlan {
  /** False in the quiet phase and in calm simulations: nothing is injected and nothing drawn. */
  active = false
  /** Every fault of the iteration; empty while exploring. */
  readonly injected: Fault[] = []
  private readonly engine: Engine
  /** Undefined: faults are drawn. */
  readonly script: FaultScript | undefined
  private readonly mask: ReadonlySet<string>
  private readonly counts = new Map<string, FamilyCount>()
  private readonly ordinals = new Map<string, number>()

  /** `mask`: keys or families that do not happen; `script`: what alone happens. */
  constructor(engine: Engine, mask: ReadonlySet<string> = new Set(), script?: FaultScript) {
    this.engine = engine
    this.mask = mask
    this.script = script
  }

  /** Says that a family is on in this seed, so that it is reported even when it never injects. */
  enable(family: string): void {
    this.countOf(family)
  }

  /** True when somebody reads the names of faults: while recording, or to leave some out. */
  get named(): boolean {
    return this.engine.trace !== undefined || this.mask.size > 0 || this.script !== undefined
  }

  /**
   * Decides on one fault; undefined: it is masked, so the caller must let things go their usual way.
   *
   * `which` tells it from others of its family and subject, where it must not depend on how many faults came before.
   */
  inject(family: string, subject: string, detail = '', which?: string | Names, lasts = 0): Fault | undefined {
    // Exploring just counts.
    if (!this.named) {
      this.countOf(family).injected++
      return { number: 0, key: '', family, alias: undefined, time: this.engine.now, lasts, text: '', effects: 0 }
    }
    const fault = this.note(family, subject, detail, which, lasts)
    if (fault !== undefined) this.countOf(family).injected++
    return fault
  }

  /**
   * Decides on a part of the seed's schedule or latency: it is named and left out like a fault, but no family has it.
   * False: it is masked.
   */
  shape(family: string, subject: string, detail: string, which: string | Names = '#1', lasts = 0): boolean {
    return !this.named || this.note(family, subject, detail, which, lasts) !== undefined
  }

  /** True when the fault is to happen: as drawn, or as the script says. */
  happens(drawn: boolean, family: string, subject: string, which: string | Names | undefined): boolean {
    const { script } = this
    if (script === undefined) return drawn
    return keysOf(family, subject, which ?? '').some((key) => script.keys.has(key))
  }

  /** How long it lasts, µs: as drawn, unless the script has changed it. */
  lasts(drawn: number, family: string, subject: string, which: string | Names | undefined): number {
    const { script } = this
    if (script === undefined) return drawn
    for (const key of keysOf(family, subject, which ?? '')) {
      const moved = script.moved[key]?.lasts
      if (moved !== undefined && script.keys.has(key)) return moved
    }
    return drawn
  }

  private note(
    family: string,
    subject: string,
    detail: string,
    which: string | Names | undefined,
    lasts: number,
  ): Fault | undefined {
    const { engine, mask, script } = this
    const base = `${family} ${subject}`
    const names = keysOf(family, subject, which ?? `#${this.nextOrdinal(base)}`)
    const key = script === undefined ? names[0] : names.find((name) => script.keys.has(name))
    if (key === undefined || mask.has(family) || names.some((name) => mask.has(name))) return undefined
    const text = detail === '' ? base : `${base} ${detail}`
    const fault: Fault = {
      number: this.injected.length + 1,
      key,
      alias: names.find((name) => name !== key),
      family,
      time: engine.now,
      lasts,
      text,
      effects: 0,
    }
    this.injected.push(fault)
    engine.note('fault', text)
    engine.recorder?.fault(fault, { family, text, key, ...(lasts > 0 && { lasts }) })
    return fault
  }

  /** Counts that something else happened because of the fault. */
  effect(fault: Fault): void {
    if (fault.effects++ === 0) this.countOf(fault.family).effective++
  }

  /** What each enabled family did. */
  families(): Iterable<FamilyCount> {
    return this.counts.values()
  }

  private nextOrdinal(base: string): number {
    const ordinal = (this.ordinals.get(base) ?? 0) + 1
    this.ordinals.set(base, ordinal)
    return ordinal
  }

  private countOf(family: string): FamilyCount {
    let count = this.counts.get(family)
    if (count === undefined) {
      count = { family, injected: 0, effective: 0 }
      this.counts.set(family, count)
    }
    return count
  }
}

/** 'crash n2 #3'; 'loss client → server #14203' and 'loss client → server request add no. 2'. */
function keysOf(family: string, subject: string, which: string | Names): readonly [string, ...string[]] {
  if (typeof which === 'string') return [`${family} ${subject} ${which}`]
  return [`${family} ${subject} ${which.time}`, `${family} ${subject} ${which.number}`]
}
