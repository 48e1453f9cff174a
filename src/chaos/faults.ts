import type { Engine } from '../engine/engine.ts'

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

/** One fault that was injected. */
export interface Fault {
  /** One-based, in order of injection. */
  readonly number: number
  /** Names the fault across runs of the same seed: family, subject and which one of these it is. */
  readonly key: string
  readonly family: string
  /** Virtual time, µs. */
  readonly time: number
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
  private readonly mask: ReadonlySet<string>
  private readonly only: ReadonlySet<string> | undefined
  private readonly counts = new Map<string, FamilyCount>()
  private readonly ordinals = new Map<string, number>()

  /** `mask`: keys or families that do not happen; `only`: keys that alone happen. */
  constructor(engine: Engine, mask: ReadonlySet<string> = new Set(), only?: ReadonlySet<string>) {
    this.engine = engine
    this.mask = mask
    this.only = only
  }

  /** Says that a family is on in this seed, so that it is reported even when it never injects. */
  enable(family: string): void {
    this.countOf(family)
  }

  /** True when somebody reads the names of faults: while recording, or to leave some out. */
  get named(): boolean {
    return this.engine.trace !== undefined || this.mask.size > 0 || this.only !== undefined
  }

  /**
   * Decides on one fault; undefined: it is masked, so the caller must let things go their usual way.
   *
   * `index` tells it from others of its family and subject, where it must not depend on how many came before.
   */
  inject(family: string, subject: string, detail = '', index?: number): Fault | undefined {
    const { engine, mask } = this
    // Exploring just counts.
    if (!this.named) {
      this.countOf(family).injected++
      return { number: 0, key: '', family, time: engine.now, text: '', effects: 0 }
    }
    const base = `${family} ${subject}`
    const key = `${base} #${index ?? this.nextOrdinal(base)}`
    if (mask.has(key) || mask.has(family) || this.only?.has(key) === false) return undefined
    this.countOf(family).injected++
    const text = detail === '' ? base : `${base} ${detail}`
    const fault = { number: this.injected.length + 1, key, family, time: engine.now, text, effects: 0 }
    this.injected.push(fault)
    engine.note('fault', text)
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
