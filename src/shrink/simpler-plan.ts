import type { PlannedOperation } from '../workload/planned-operation.ts'
import { leaves } from './plan-size.ts'
import type { ReplayPlan } from '../world/replay-plan.ts'
import type { SimplerArguments } from './simpler-arguments.ts'

/** Whoever looks for a smaller plan. */
export interface PlanSearch {
  readonly best: ReplayPlan
  /** True when nothing more may be tried. */
  readonly over: boolean
  /** Tries a plan; true: it still fails the same way, and is the best now. */
  fails(plan: ReplayPlan): Promise<boolean>
}

/** Makes what is left of a plan simpler: fewer nodes, fewer different arguments, rounder times. `nodes`: value of the option. */
export async function simplify(search: PlanSearch, simpler: SimplerArguments, nodes: number): Promise<void> {
  const simplifier = new Simplifier(search, simpler, nodes)
  await simplifier.nodes()
  await simplifier.values()
  await simplifier.times()
}

class Simplifier {
  private readonly search: PlanSearch
  private readonly simpler: SimplerArguments
  private readonly nodesGiven: number

  constructor(search: PlanSearch, simpler: SimplerArguments, nodes: number) {
    this.search = search
    this.simpler = simpler
    this.nodesGiven = nodes
  }

  /** Fewer nodes; operations at a node that is to go are done at another one. */
  async nodes(): Promise<void> {
    for (let nodes = this.nodesGiven; nodes > 1; nodes--) {
      if (nodes > (this.search.best.nodes ?? this.nodesGiven)) continue
      if (!(await this.withoutNode(nodes))) break
    }
  }

  /** `nodes`: how many there are; the last one is to go. */
  private async withoutNode(nodes: number): Promise<boolean> {
    const { operations } = this.search.best
    const last = `n${nodes}`
    const fewer = { ...this.search.best, nodes: nodes - 1 }
    const isUsed = (operations ?? []).some(({ argument }) => [...leaves(argument)].some(({ value }) => value === last))
    if (operations === undefined || !isUsed) return this.search.fails(fewer)
    for (let other = 1; other < nodes; other++) {
      const id = `n${other}`
      const moved = this.simpler.replaced(operations, ({ value }) => (value === last ? id : value))
      if (moved !== undefined && (await this.search.fails({ ...fewer, operations: moved }))) return true
    }
    return false
  }

  /** Fewer different things, and smaller numbers, in the arguments of the operations. */
  async values(): Promise<void> {
    const { operations: before = [] } = this.search.best
    for (const [{ path, value }, others] of this.simpler.replacements(before)) {
      for (const other of others) {
        if (this.search.over) return
        const operations = this.simpler.replaced(this.search.best.operations ?? [], (leaf) =>
          leaf.path === path && leaf.value === value ? other : leaf.value,
        )
        if (operations !== undefined && (await this.search.fails({ ...this.search.best, operations }))) break
      }
    }
  }

  /** Simpler times: all of it earlier, each operation with the one before, or at a full second, 100, 10 or 1 ms. */
  async times(): Promise<void> {
    const first = Math.min(...(this.search.best.operations ?? []).map(({ at }) => at))
    if (first > 0) await this.moved(({ at }) => at - first)
    for (let i = 1; i < (this.search.best.operations ?? []).length && !this.search.over; i++) {
      const [before, after] = (this.search.best.operations ?? []).slice(i - 1)
      if (before === undefined || after === undefined || before.at === after.at) continue
      // What follows keeps its distance; when that does not do, only this one moves.
      const gap = after.at - before.at
      const later = new Set((this.search.best.operations ?? []).slice(i).map(({ index }) => index))
      if (await this.moved(({ at, index }) => (later.has(index) ? at - gap : at))) continue
      await this.moved(({ at, index }) => (index === after.index ? before.at : at))
    }
    for (const step of [1_000_000, 100_000, 10_000, 1_000]) {
      for (const { index } of this.search.best.operations ?? []) {
        if (this.search.over) return
        await this.moved((one) => (one.index === index ? Math.round(one.at / step) * step : one.at))
      }
    }
  }

  private async moved(time: (operation: PlannedOperation) => number): Promise<boolean> {
    const { operations = [] } = this.search.best
    const moved = operations.map((one) => ({ ...one, at: time(one) }))
    if (moved.every(({ at }, i) => at === operations[i]?.at)) return false
    // In order of time, so that the plan reads as it runs.
    return this.search.fails({ ...this.search.best, operations: moved.sort((a, b) => a.at - b.at) })
  }
}
