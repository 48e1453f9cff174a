import type { Failure } from '../engine/failure.ts'
import type { PlannedOperation } from '../workload/planned-operation.ts'
import { minimiseList } from './minimise-list.ts'
import type { ReplayPlan } from './replay-plan.ts'
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
}

/** The smallest plan found that still fails the same way. */
export interface Shrunk {
  readonly plan: ReplayPlan
  /** Faults and operations of the original run. */
  readonly faultsBefore: number
  readonly operationsBefore: number
  /** How many runs it took. */
  readonly runs: number
  /** False: the budget ended, or the run was aborted, before nothing more could be left out. */
  readonly complete: boolean
}

/**
 * Looks for the smallest fault schedule and workload of a seed that still fail with the same kind and name.
 *
 * Whole families of faults first, then single faults, then operations, then nodes, then simpler arguments and rounder
 * times, and again from the faults while something gets smaller. Nothing is ever drawn anew: what is left out is masked.
 * Undefined: not even the full plan fails the same way (nothing to shrink).
 */
export function shrink(input: ShrinkInput): Promise<Shrunk | undefined> {
  return new Shrinker(input).run()
}

class Shrinker {
  private readonly input: ShrinkInput
  private readonly startedAt: number
  private readonly allFaults: readonly string[]
  private readonly familyOf: ReadonlyMap<string, string>
  private readonly allOperations: readonly PlannedOperation[]
  private best: ReplayPlan = {}
  private runs = 0
  private stopped = false

  constructor(input: ShrinkInput) {
    this.input = input
    this.startedAt = input.now()
    this.allFaults = [...new Set(input.run.faults.map(({ key }) => key))]
    this.familyOf = new Map(input.run.faults.map(({ key, family }) => [key, family]))
    this.allOperations = input.run.operations
  }

  async run(): Promise<Shrunk | undefined> {
    if (!(await this.start())) return undefined
    for (let size = Infinity; this.size < size && !this.stopped;) {
      size = this.size
      await this.families()
      await this.faults()
      await this.operations()
      await this.nodes()
      await this.values()
      await this.times()
    }
    return {
      plan: this.best,
      faultsBefore: this.allFaults.length,
      operationsBefore: this.allOperations.length,
      runs: this.runs,
      complete: !this.stopped,
    }
  }

  /** The plan with everything in it; without fixed operations when those alone change the outcome. */
  private async start(): Promise<boolean> {
    const faults = this.allFaults
    if (this.allOperations.length > 0 && (await this.fails({ faults, operations: this.allOperations }))) return true
    return this.fails({ faults })
  }

  private get size(): number {
    const { faults = [], operations = [], nodes = this.input.nodes } = this.best
    const characters = operations.reduce((sum, { argument, at }) => sum + simplicity(argument) + simplicity(at), 0)
    return faults.length * 1e6 + operations.length * 1e6 + nodes * 1e5 + characters
  }

  private async families(): Promise<void> {
    const present = [...new Set((this.best.faults ?? []).map((key) => this.familyOf.get(key)))]
    for (const family of present) {
      const faults = (this.best.faults ?? []).filter((key) => this.familyOf.get(key) !== family)
      await this.fails({ ...this.best, faults })
    }
  }

  private async faults(): Promise<void> {
    await minimiseList(this.best.faults ?? [], (faults) => this.fails({ ...this.best, faults }))
  }

  private async operations(): Promise<void> {
    const { operations } = this.best
    if (operations === undefined) return
    await minimiseList(operations, (shorter) => this.fails({ ...this.best, operations: shorter }))
  }

  private async nodes(): Promise<void> {
    for (let nodes = (this.best.nodes ?? this.input.nodes) - 1; nodes >= 1; nodes--) {
      if (!(await this.fails({ ...this.best, nodes }))) break
    }
  }

  /** Fewer different things: each text that operations name is replaced by another one of the same place, if that does. */
  private async values(): Promise<void> {
    for (const place of textPlaces(this.best.operations ?? [])) {
      for (const [from, to] of pairs(place.values)) {
        const operations = (this.best.operations ?? []).map((one) => replaceText(one, place.path, from, to))
        await this.fails({ ...this.best, operations })
      }
    }
  }

  /** Rounder times: each operation at a full 100, 10 or 1 ms. */
  private async times(): Promise<void> {
    for (const step of [100_000, 10_000, 1_000]) {
      for (const operation of this.best.operations ?? []) {
        const at = Math.round(operation.at / step) * step
        if (at === operation.at || simplicity(at) >= simplicity(operation.at)) continue
        const operations = (this.best.operations ?? []).map((one) =>
          one.index === operation.index ? { ...one, at } : one,
        )
        await this.fails({ ...this.best, operations })
      }
    }
  }

  /** Tries a plan; the best one is replaced when it still fails the same way. */
  private async fails(plan: ReplayPlan): Promise<boolean> {
    const { budget, now, aborted, attempt, failure } = this.input
    if (this.stopped || this.runs >= budget.runs || now() - this.startedAt > budget.ms || aborted()) {
      this.stopped = true
      return false
    }
    this.runs++
    const result = await attempt(plan)
    const same = result.failure?.kind === failure.kind && result.failure.name === failure.name
    if (same) this.best = plan
    return same
  }
}

/** Length of the shortest decimal text: rounder times and smaller arguments are simpler. */
function simplicity(value: unknown): number {
  if (typeof value === 'number') return String(value).replace(/0+$/, '').length
  return JSON.stringify(value)?.length ?? 0
}

interface TextPlace {
  readonly path: string
  readonly values: readonly string[]
}

/** Where operations hold texts: 'sendRequest.to' → c7, c9; the most frequent first. */
function textPlaces(operations: readonly PlannedOperation[]): TextPlace[] {
  const places = new Map<string, Map<string, number>>()
  for (const operation of operations) {
    for (const [path, value] of texts(operation)) {
      const counts = places.get(path) ?? new Map<string, number>()
      counts.set(value, (counts.get(value) ?? 0) + 1)
      places.set(path, counts)
    }
  }
  return [...places].map(([path, counts]) => ({
    path,
    values: [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([value]) => value),
  }))
}

/** Paths are shared between operations: two that name the same field mean the same thing. */
function* texts({ argument }: PlannedOperation): Iterable<[string, string]> {
  if (typeof argument === 'string') yield ['', argument]
  if (argument === null || typeof argument !== 'object') return
  for (const [key, value] of Object.entries(argument)) if (typeof value === 'string') yield [key, value]
}

function replaceText(operation: PlannedOperation, path: string, from: string, to: string): PlannedOperation {
  const { argument } = operation
  if (path === '') return argument === from ? { ...operation, argument: to } : operation
  const fields = argument as Record<string, unknown> | null
  if (fields === null || typeof fields !== 'object' || fields[path] !== from) return operation
  return { ...operation, argument: { ...fields, [path]: to } }
}

/** Rarer values by more frequent ones, the rarest first. */
function* pairs(values: readonly string[]): Iterable<[string, string]> {
  for (let from = values.length - 1; from > 0; from--) {
    for (let to = 0; to < from; to++) yield [values[from] as string, values[to] as string]
  }
}
