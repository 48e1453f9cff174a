import type { Coverage, SiteRecord } from '../assertions/coverage.ts'
import type { IterationControl } from './iteration-control.ts'

export type StopReason =
  | 'count reached'
  | 'all sometimes reached'
  | 'coverage stable'
  | 'time limit'
  | 'failure'
  | 'coverage missed'
  | 'interrupted'

/** A site that this test must reach, known from its source or its options. */
export interface RequiredSite {
  readonly kind: 'sometimes' | 'reachable'
  readonly name: string
}

/** The sites a verdict depends on: those given, and every `sometimes` or `reachable` that was evaluated at least once. */
export function requiredRecords(
  coverage: Coverage,
  given: readonly RequiredSite[],
  named: readonly string[],
): SiteRecord[] {
  const out = new Set<SiteRecord>()
  for (const { kind, name } of given) out.add(coverage.site(kind, name))
  for (const name of named) {
    out.add(coverage.find('sometimes', name) ?? coverage.find('reachable', name) ?? coverage.site('sometimes', name))
  }
  for (const record of coverage.records()) {
    if ((record.kind === 'sometimes' || record.kind === 'reachable') && !record.builtin) out.add(record)
  }
  return [...out]
}

/** Decides after each iteration whether another one runs; counts over all iterations, never per seed. */
export class StopRule {
  private readonly control: IterationControl
  private reached = 0
  private stableFor = 0

  constructor(control: IterationControl) {
    this.control = control
  }

  /** Why to stop now; undefined: run another. `elapsedMs` is real time. */
  after(iterations: number, required: readonly SiteRecord[], elapsedMs: number): StopReason | undefined {
    const { control } = this
    switch (control.kind) {
      case 'fixedCount':
        return iterations >= control.count ? 'count reached' : undefined
      case 'timeLimit':
        return elapsedMs >= control.ms ? 'time limit' : undefined
      case 'untilAllSometimesReached':
        if (required.every((record) => record.hits > 0)) return 'all sometimes reached'
        return iterations >= control.max ? 'coverage missed' : undefined
      case 'untilCoverageStable':
        return this.stable(required, iterations, control.plateau, control.max)
    }
  }

  private stable(
    required: readonly SiteRecord[],
    iterations: number,
    plateau: number,
    max: number,
  ): StopReason | undefined {
    const reached = required.filter((record) => record.hits > 0).length
    this.stableFor = reached > this.reached ? 0 : this.stableFor + 1
    this.reached = reached
    if (this.stableFor >= plateau) return 'coverage stable'
    return iterations >= max ? 'count reached' : undefined
  }
}
