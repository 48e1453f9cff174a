import type { OutcomeKind } from '../workload/outcome.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** What came of the operations of one name, over all seeds. */
export interface OperationTally extends Readonly<Record<OutcomeKind, number>> {
  readonly name: string
}

/** Errors of handlers that nobody heard, over all seeds. */
export interface UnheardTally {
  readonly node: string
  readonly method: string
  readonly name: string
  readonly count: number
  /** In which it happened first. */
  readonly seed: number
}

/** Adds up what iterations say about operations and about errors that nobody heard. */
export class Tallies {
  private readonly byOperation = new Map<string, OperationTally>()
  private readonly byError = new Map<string, UnheardTally>()

  add({ counts, unheard, seed }: IterationResult): void {
    for (const [name, { ok, failed, unknown }] of counts ?? []) {
      const sum = this.byOperation.get(name) ?? { ok: 0, failed: 0, unknown: 0 }
      const all = { name, ok: sum.ok + ok, failed: sum.failed + failed, unknown: sum.unknown + unknown }
      this.byOperation.set(name, all)
    }
    for (const { node, method, name, count } of unheard) {
      const key = [node, method, name].join('\0')
      const sum = this.byError.get(key)
      this.byError.set(key, { node, method, name, count: (sum?.count ?? 0) + count, seed: sum?.seed ?? seed })
    }
  }

  get operations(): readonly OperationTally[] {
    return [...this.byOperation.values()]
  }

  get unheard(): readonly UnheardTally[] {
    return [...this.byError.values()]
  }
}
