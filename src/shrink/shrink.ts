import type { Failure } from '../engine/failure.ts'
import { RandomStreams } from '../random/streams.ts'
import { minimiseList } from './minimise-list.ts'
import { instead, lateInstead, otherTimes, realigned, slows, stragglersFirst } from './other-times.ts'
import { elementsOf, renamed, subsets, trimmed, without } from './plan-parts.ts'
import { planSize } from './plan-size.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import { isSameFailure } from './same-failure.ts'
import { type PlanSearch, simplify } from './simpler-plan.ts'
import { SimplerArguments } from './simpler-arguments.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** How long shrinking may take; whichever ends first. The best so far is kept. */
export interface ShrinkBudget {
  readonly runs: number
  /** Real time, ms. */
  readonly ms: number
}

export const defaultShrinkBudget: ShrinkBudget = { runs: 1_000, ms: 10_000 }

/** What shrinking needs. */
export interface ShrinkInput {
  readonly failure: Failure
  /** The recorded run that failed. */
  readonly run: IterationResult
  /** Value of the option `nodes`. */
  readonly nodes: number
  readonly budget: ShrinkBudget
  /** Runs the failing seed under a plan. */
  readonly attempt: (plan: ReplayPlan, recording?: boolean) => Promise<IterationResult>
  /** Real time, ms. */
  readonly now: () => number
  readonly aborted: () => boolean
  /** Told of the best so far, at most once a second. */
  readonly improved?: (best: Shrunk) => void
}

/** Between two calls of `improved`, ms. */
const tellEveryMs = 1_000

/** In a calm and orderly world the whole seed fails, or only the operations of the plan do, or nothing does. */
export type CalmRun = 'seed fails' | 'plan fails' | 'passes'

/** The smallest plan found that still fails the same way. */
export interface Shrunk {
  readonly plan: ReplayPlan
  /** The run of that plan; without a trace. */
  readonly run: IterationResult
  /** Faults, operations and nodes of the original run. */
  readonly faultsBefore: number
  readonly operationsBefore: number
  readonly nodesBefore: number
  /** How many runs it took. */
  readonly runs: number
  /** Of a plan without faults: what its seed does when it is calm and in order; undefined: that was not tried. */
  readonly calm?: CalmRun
  /** What ended it before nothing more could be left out; undefined: nothing did. */
  readonly cutShort: 'budget' | 'aborted' | undefined
}

/**
 * Looks for the smallest fault schedule and workload of a seed that still fail in the same way.
 *
 * Whole families of faults first, then operations, then single faults, then pairs of what is left; then nodes, simpler
 * arguments and rounder times, and again while something gets smaller. Operations come before single faults because a run
 * of few operations is short, and meets few faults. Nothing is ever drawn anew: what is left out is masked.
 *
 * Undefined: not even the full plan fails the same way.
 */
export function shrink(input: ShrinkInput): Promise<Shrunk | undefined> {
  return new Shrinker(input).run()
}

/** Parts of a plan of which all pairs are tried. */
const partsMax = 16

/** A plan of so many faults and operations is small enough: no other way to a smaller one is tried. */
const smallEnough = 3

/** Parts of a plan of which all small subsets are tried. */
const fewOf = 12

/** Other ways down from the full plan, at most. */
const otherWays = 5

class Shrinker implements PlanSearch {
  private readonly input: ShrinkInput
  private readonly startedAt: number
  private toldAt: number
  private readonly allFaults: readonly string[]
  private readonly simpler: SimplerArguments
  best: ReplayPlan = {}
  private bestRun: IterationResult | undefined
  private bestSize = Infinity
  private runs = 0
  /** Plans that do not fail the same way. */
  private readonly inVain = new Set<string>()
  private stopped: 'budget' | 'aborted' | undefined

  constructor(input: ShrinkInput) {
    this.input = input
    this.startedAt = this.toldAt = input.now()
    this.simpler = new SimplerArguments(input.run.operations)
    this.allFaults = [...new Set(input.run.faults.map(({ key }) => key))]
  }

  async run(): Promise<Shrunk | undefined> {
    await this.start()
    await this.elements()
    const cutShort = this.stopped
    await this.otherWays()
    for (let size = Infinity; this.bestSize < size && this.stopped === undefined;) {
      size = this.bestSize
      await this.moves()
      await simplify(this, this.simpler, this.input.nodes)
      // What was moved or renamed may have made something else needless.
      if (this.bestSize < size) await this.elements()
    }
    if (this.bestRun === undefined) return undefined
    // What was trimmed from the plan had a part in the digest of its run, though none in its events.
    const run = this.stopped === 'aborted' ? this.bestRun : await this.input.attempt(this.best)
    return this.shrunk(run.status === 'interrupted' ? this.bestRun : run, cutShort)
  }

  private shrunk(run: IterationResult, cutShort: Shrunk['cutShort']): Shrunk {
    const { input, best, allFaults, runs } = this
    return {
      plan: best,
      run,
      faultsBefore: allFaults.length,
      operationsBefore: input.run.operations.length,
      nodesBefore: input.nodes,
      runs,
      cutShort,
    }
  }

  /** Leaves out what it can, until nothing gets smaller. */
  private async elements(): Promise<void> {
    for (let size = Infinity; this.bestSize < size && this.stopped === undefined;) {
      size = this.bestSize
      this.name('number')
      await this.families()
      // What an operation leaves behind it keeps its time, but not its number.
      this.name('time')
      await this.operations()
      await this.faults()
      this.name('number')
      await this.faults()
      this.name('time')
      await this.pairs()
      await this.few()
      this.name('number')
    }
  }

  /**
   * Nothing more can be left out of the best plan, but another order of leaving out may end in a smaller one. Done while it
   * is not small and half of the budget is left, in orders that are the same each time.
   */
  private async otherWays(): Promise<void> {
    const random = new RandomStreams(this.input.run.seed).get('shrink')
    const { budget, now } = this.input
    for (let way = 0; way < otherWays; way++) {
      const kept = { plan: this.best, run: this.bestRun, size: this.bestSize }
      const isLate = this.runs > budget.runs / 2 || now() - this.startedAt > budget.ms / 2
      if (kept.run === undefined || isLate || this.over || elementsOf(kept.plan).length <= smallEnough) return
      this.bestSize = Infinity
      await this.start()
      const order = random.shuffle(elementsOf(this.best))
      await minimiseList(order, async (shorter) => {
        if (!(await this.keeping(new Set(shorter)))) return undefined
        const left = new Set(elementsOf(this.best))
        return shorter.filter((one) => left.has(one))
      })
      await this.elements()
      if (this.bestSize < kept.size) continue
      this.best = kept.plan
      this.bestRun = kept.run
      this.bestSize = kept.size
    }
  }

  /** The plan with everything in it; without fixed operations when those alone change the outcome. */
  private async start(): Promise<void> {
    const { operations } = this.input.run
    const faults = this.allFaults
    if (operations.length > 0 && (await this.fails({ faults, operations }))) return
    await this.fails({ faults })
  }

  /** Calls the faults of the best plan by their other names. */
  private name(by: 'time' | 'number'): void {
    if (this.bestRun === undefined) return
    this.best = renamed(this.best, this.bestRun, by)
  }

  private familyOf(key: string): string | undefined {
    return this.bestRun?.faults.find((one) => one.key === key || one.alias === key)?.family
  }

  /** The one with the most faults goes first: what is left is then rather one partition than fifty losses. */
  private async families(): Promise<void> {
    // Above all: without any.
    if (await this.fails({ ...this.best, faults: [] })) return
    const counts = new Map<string | undefined, number>()
    for (const key of this.best.faults ?? []) {
      const family = this.familyOf(key)
      counts.set(family, (counts.get(family) ?? 0) + 1)
    }
    for (const [family] of [...counts].sort(([, a], [, b]) => b - a)) {
      const faults = (this.best.faults ?? []).filter((key) => this.familyOf(key) !== family)
      await this.fails({ ...this.best, faults })
    }
  }

  private async faults(): Promise<void> {
    await minimiseList(this.best.faults ?? [], async (faults) => {
      return (await this.fails({ ...this.best, faults })) ? this.best.faults : undefined
    })
  }

  private async operations(): Promise<void> {
    if (this.best.operations === undefined) return
    await minimiseList(this.best.operations, async (operations) => {
      return (await this.fails({ ...this.best, operations })) ? this.best.operations : undefined
    })
  }

  /**
   * Two parts of the plan at a time: one may be needed only because of the other. Single ones where there are few, else
   * as large as that the number of pairs stays small.
   */
  private async pairs(): Promise<void> {
    for (let before = Infinity; elementsOf(this.best).length < before && !this.over;) {
      before = elementsOf(this.best).length
      const size = Math.ceil(before / partsMax)
      for (let i = 0; i < before; i += size) {
        for (let j = i + size; j < elementsOf(this.best).length; j += size) {
          if (this.over) return
          await this.withoutBoth(i, j, size)
        }
      }
    }
  }

  private withoutBoth(i: number, j: number, size: number): Promise<boolean> {
    const isIn = (k: number, start: number): boolean => k >= start && k < start + size
    return this.keeping(new Set(elementsOf(this.best).filter((_, k) => !isIn(k, i) && !isIn(k, j))))
  }

  /** Keeps one, two or three parts of a small plan, and nothing else: what leaving out step by step may miss. */
  private async few(): Promise<void> {
    const all = elementsOf(this.best)
    if (all.length <= smallEnough || all.length > fewOf) return
    for (let count = 1; count <= smallEnough; count++) {
      for (const kept of subsets(all, count)) {
        if (this.over || (await this.keeping(new Set(kept)))) return
      }
    }
  }

  /** Leaves everything else out. */
  private keeping(kept: ReadonlySet<unknown>): Promise<boolean> {
    const { faults, operations } = this.best
    return this.fails({
      ...this.best,
      ...(faults && { faults: faults.filter((one) => kept.has(one)) }),
      ...(operations && { operations: operations.filter((one) => kept.has(one)) }),
    })
  }

  /**
   * Leaves one part out and moves another one in time: what was left out may have done no more than to bring that one to
   * its time. The faults first, and of those the ones that only make something late.
   */
  private async moves(): Promise<void> {
    for (let size = Infinity; this.bestSize < size && !this.over;) {
      size = this.bestSize
      if ((this.best.faults ?? []).length > 2) await this.alone()
      if (this.bestSize === size && elementsOf(this.best).length > 1) await this.move()
      if (this.bestSize === size) await this.replace()
      if (this.bestSize === size) await this.late()
      if (this.bestSize < size) await this.elements()
    }
  }

  /** One fault instead of many: one of them at another time, or one message that is as late as they make it. */
  private async alone(): Promise<void> {
    const plan = this.best
    const whole = await this.recorded(plan)
    const none = { ...plan, faults: [] }
    const bare = await this.recorded(none)
    for (const late of [...lateInstead(none, whole, bare), ...stragglersFirst(plan, this.input.run)]) {
      if (this.over || (await this.fails(late))) return
    }
    for (const fault of plan.faults ?? []) {
      for (const moved of otherTimes({ ...plan, faults: [fault] }, fault, whole, bare)) {
        if (this.over || (await this.fails(moved))) return
      }
    }
  }

  private async move(): Promise<void> {
    const whole = await this.recorded(this.best)
    const plan = this.best
    for (const part of elementsOf(plan)) {
      const less = without(plan, part)
      const lessRun = await this.recorded(less)
      if (this.over) return
      if (await this.fails(realigned(less, whole, lessRun))) return
    }
    for (const part of elementsOf(plan)) {
      const less = without(plan, part)
      for (const other of elementsOf(less)) {
        if (this.over) return
        const bare = await this.recorded(without(less, other))
        for (const moved of otherTimes(less, other, whole, bare)) {
          if (this.over || (await this.fails(moved))) return
        }
      }
    }
  }

  /**
   * Instead of several faults one episode that the seed has, at the time of the first of them: one partition does what
   * three losses do.
   */
  private async replace(): Promise<void> {
    const { faults = [] } = this.best
    if (faults.length < 2 || this.bestRun === undefined) return
    for (const plan of instead(this.best, this.bestRun, this.input.run)) {
      if (this.over || (await this.fails(plan))) return
    }
  }

  /**
   * One late message instead of two parts of which one makes things slow: that message may be all there is to it.
   */
  private async late(): Promise<void> {
    const plan = this.best
    const whole = await this.recorded(plan)
    for (const fault of (plan.faults ?? []).filter((key) => slows(this.familyOf(key)))) {
      for (const other of elementsOf(plan)) {
        if (other === fault) continue
        const less = without(without(plan, fault), other)
        const run = await this.recorded(less)
        for (const late of lateInstead(less, whole, run)) {
          if (this.over || (await this.fails(late))) return
        }
      }
    }
  }

  /** A run with its trace. */
  private recorded(plan: ReplayPlan): Promise<IterationResult> {
    this.runs++
    return this.input.attempt(plan, true)
  }

  /** True when the budget is used up or somebody wants to stop. */
  get over(): boolean {
    const { budget, now, aborted } = this.input
    if (aborted()) this.stopped ??= 'aborted'
    else if (this.runs >= budget.runs || now() - this.startedAt > budget.ms) this.stopped ??= 'budget'
    return this.stopped !== undefined
  }

  /** Tries a plan; the best one is replaced when it still fails the same way and is smaller. */
  async fails(plan: ReplayPlan): Promise<boolean> {
    if (this.over || planSize(plan) >= this.bestSize) return false
    const name = JSON.stringify(plan)
    if (this.inVain.has(name)) return false
    this.runs++
    const result = await this.input.attempt(plan)
    if (!isSameFailure(this.input.failure, result.failure)) {
      this.inVain.add(name)
      return false
    }
    this.best = trimmed(plan, result)
    this.bestRun = result
    this.bestSize = planSize(this.best)
    this.tell(result)
    return true
  }

  private tell(run: IterationResult): void {
    const { now, improved } = this.input
    if (improved === undefined || now() - this.toldAt < tellEveryMs) return
    improved(this.shrunk(run, 'aborted'))
    this.toldAt = now()
  }
}
