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
  readonly kind: 'always' | 'sometimes' | 'reachable'
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

/** What a stop rule may ask for; only what its control needs is worked out. */
export interface Progress {
  required(): readonly SiteRecord[]
  /** Real time, ms. */
  elapsedMs(): number
}

/** Decides after each iteration whether another one runs; counts over all iterations, never per seed. */
export class StopRule {
  private readonly control: IterationControl
  private readonly progress: Progress
  private reached = 0
  private stableFor = 0

  constructor(control: IterationControl, progress: Progress) {
    this.control = control
    this.progress = progress
  }

  /** Why to stop now; undefined: run another. */
  after(iterations: number): StopReason | undefined {
    const { control, progress } = this
    switch (control.kind) {
      case 'fixedCount':
        return iterations >= control.count ? 'count reached' : undefined
      case 'timeLimit':
        return progress.elapsedMs() >= control.ms ? 'time limit' : undefined
      case 'untilAllSometimesReached':
        if (progress.required().every((record) => record.hits > 0)) return 'all sometimes reached'
        return iterations >= control.max ? 'coverage missed' : undefined
      case 'untilCoverageStable':
        return this.stable(progress.required(), iterations, control.plateau, control.max)
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
