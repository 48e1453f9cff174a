import type { Failure } from '../engine/failure.ts'
import { RandomStreams } from '../random/streams.ts'
import type { PlannedOperation } from '../workload/planned-operation.ts'
import { minimiseList } from './minimise-list.ts'
import { leaves, planSize } from './plan-size.ts'
import type { ReplayPlan } from './replay-plan.ts'
import { isSameFailure } from './same-failure.ts'
import { SimplerArguments } from './simpler-arguments.ts'
import type { IterationResult } from './verdict.ts'

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
  readonly attempt: (plan: ReplayPlan) => Promise<IterationResult>
  /** Real time, ms. */
  readonly now: () => number
  readonly aborted: () => boolean
  /** Told of the best so far, at most once a second. */
  readonly improved?: (best: Shrunk) => void
}

/** Between two calls of `improved`, ms. */
const tellEveryMs = 1_000

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

class Shrinker {
  private readonly input: ShrinkInput
  private readonly startedAt: number
  private toldAt: number
  private readonly allFaults: readonly string[]
  private readonly familyOf: ReadonlyMap<string, string>
  private readonly simpler: SimplerArguments
  private best: ReplayPlan = {}
  private bestRun: IterationResult | undefined
  private bestSize = Infinity
  private runs = 0
  private stopped: 'budget' | 'aborted' | undefined

  constructor(input: ShrinkInput) {
    this.input = input
    this.startedAt = this.toldAt = input.now()
    this.simpler = new SimplerArguments(input.run.operations)
    this.allFaults = [...new Set(input.run.faults.map(({ key }) => key))]
    this.familyOf = new Map(input.run.faults.map(({ key, family }) => [key, family]))
  }

  async run(): Promise<Shrunk | undefined> {
    await this.start()
    await this.elements()
    const cutShort = this.stopped
    await this.otherWays()
    for (let size = Infinity; this.bestSize < size && this.stopped === undefined;) {
      size = this.bestSize
      await this.nodes()
      await this.values()
      await this.times()
      // What was moved or renamed may have made something else needless.
      if (this.bestSize < size) await this.elements()
    }
    return this.bestRun === undefined ? undefined : this.shrunk(this.bestRun, cutShort)
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
      await this.families()
      await this.operations()
      await this.faults()
      await this.pairs()
      await this.few()
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

  /** The one with the most faults goes first: what is left is then rather one partition than fifty losses. */
  private async families(): Promise<void> {
    const counts = new Map<string | undefined, number>()
    for (const key of this.best.faults ?? []) {
      const family = this.familyOf.get(key)
      counts.set(family, (counts.get(family) ?? 0) + 1)
    }
    for (const [family] of [...counts].sort(([, a], [, b]) => b - a)) {
      const faults = (this.best.faults ?? []).filter((key) => this.familyOf.get(key) !== family)
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

  /** Fewer nodes; operations at a node that is to go are done at another one. */
  private async nodes(): Promise<void> {
    for (let nodes = this.input.nodes; nodes > 1; nodes--) {
      if (nodes > (this.best.nodes ?? this.input.nodes)) continue
      if (!(await this.withoutNode(nodes))) break
    }
  }

  /** `nodes`: how many there are; the last one is to go. */
  private async withoutNode(nodes: number): Promise<boolean> {
    const { operations } = this.best
    const last = `n${nodes}`
    const fewer = { ...this.best, nodes: nodes - 1 }
    const isUsed = (operations ?? []).some(({ argument }) => [...leaves(argument)].some(({ value }) => value === last))
    if (operations === undefined || !isUsed) return this.fails(fewer)
    for (let other = 1; other < nodes; other++) {
      const id = `n${other}`
      const moved = this.simpler.replaced(operations, ({ value }) => (value === last ? id : value))
      if (moved !== undefined && (await this.fails({ ...fewer, operations: moved }))) return true
    }
    return false
  }

  /** Fewer different things, and smaller numbers, in the arguments of the operations. */
  private async values(): Promise<void> {
    const { operations: before = [] } = this.best
    for (const [{ path, value }, others] of this.simpler.replacements(before)) {
      for (const other of others) {
        if (this.over) return
        const operations = this.simpler.replaced(this.best.operations ?? [], (leaf) =>
          leaf.path === path && leaf.value === value ? other : leaf.value,
        )
        if (operations !== undefined && (await this.fails({ ...this.best, operations }))) break
      }
    }
  }

  /** Simpler times: all of it earlier, each operation with the one before, or at a full second, 100, 10 or 1 ms. */
  private async times(): Promise<void> {
    const first = Math.min(...(this.best.operations ?? []).map(({ at }) => at))
    if (first > 0) await this.moved(({ at }) => at - first)
    for (let i = 1; i < (this.best.operations ?? []).length && !this.over; i++) {
      const [before, after] = (this.best.operations ?? []).slice(i - 1)
      if (before === undefined || after === undefined || before.at === after.at) continue
      // What follows keeps its distance; when that does not do, only this one moves.
      const gap = after.at - before.at
      const later = new Set((this.best.operations ?? []).slice(i).map(({ index }) => index))
      if (await this.moved(({ at, index }) => (later.has(index) ? at - gap : at))) continue
      await this.moved(({ at, index }) => (index === after.index ? before.at : at))
    }
    for (const step of [1_000_000, 100_000, 10_000, 1_000]) {
      for (const { index } of this.best.operations ?? []) {
        if (this.over) return
        await this.moved((one) => (one.index === index ? Math.round(one.at / step) * step : one.at))
      }
    }
  }

  private async moved(time: (operation: PlannedOperation) => number): Promise<boolean> {
    const { operations = [] } = this.best
    const moved = operations.map((one) => ({ ...one, at: time(one) }))
    if (moved.every(({ at }, i) => at === operations[i]?.at)) return false
    // In order of time, so that the plan reads as it runs.
    return this.fails({ ...this.best, operations: moved.sort((a, b) => a.at - b.at) })
  }

  /** True when the budget is used up or somebody wants to stop. */
  private get over(): boolean {
    const { budget, now, aborted } = this.input
    if (aborted()) this.stopped ??= 'aborted'
    else if (this.runs >= budget.runs || now() - this.startedAt > budget.ms) this.stopped ??= 'budget'
    return this.stopped !== undefined
  }

  /** Tries a plan; the best one is replaced when it still fails the same way and is smaller. */
  private async fails(plan: ReplayPlan): Promise<boolean> {
    if (this.over || planSize(plan) >= this.bestSize) return false
    this.runs++
    const result = await this.input.attempt(plan)
    if (!isSameFailure(this.input.failure, result.failure)) return false
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

/** Without what that run never came to: it runs the same without it. */
function trimmed(plan: ReplayPlan, { faults, failure }: IterationResult): ReplayPlan {
  const injected = new Set(faults.map(({ key }) => key))
  const end = failure?.time ?? Infinity
  return {
    ...plan,
    ...(plan.faults && { faults: plan.faults.filter((key) => injected.has(key)) }),
    ...(plan.operations && { operations: plan.operations.filter(({ at }) => at <= end) }),
  }
}

/** Every subset of so many, the first ones first. */
function* subsets<T>(all: readonly T[], count: number, from = 0): Iterable<readonly T[]> {
  if (count === 0) yield []
  else
    for (let i = from; i < all.length; i++)
      for (const rest of subsets(all, count - 1, i + 1)) yield [all[i] as T, ...rest]
}

function elementsOf({ faults = [], operations = [] }: ReplayPlan): readonly unknown[] {
  return [...faults, ...operations]
}
