import type { Coverage, SiteRecord } from '../assertions/coverage.ts'
import { type SiteKind, isGoal } from '../assertions/kinds.ts'
import type { IterationControl } from './iteration-control.ts'
import type { StopReason } from './stop-reason.ts'

/** A site that this test must reach, known from its source or its options. */
export interface RequiredSite {
  readonly kind: SiteKind
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
    if (isGoal(record) && !record.builtin) out.add(record)
  }
  return [...out]
}

/** What a stop rule may ask for; only what its control needs is worked out. */
export interface Progress {
  required(): readonly SiteRecord[]
  /** Real time, ms. */
  elapsedMs(): number
  /** There are sites in code around the test that no iteration has evaluated yet: whether they belong to it is open. */
  unseen(): boolean
}

/** Fewest iterations of `untilAllSometimesReached` where it cannot know which sites the test will come to. */
const leastIterations = 10

/** Decides after each iteration whether another one runs; counts over all iterations, never per seed. */
export class StopRule {
  private readonly control: IterationControl
  private readonly progress: Progress
  private reached = 0
  private stableFor = 0
  /** After some iteration it was not known which sites the test comes to. */
  private sitesAreOpen = false

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
        return this.untilAllReached(progress.required(), iterations, control.max)
      case 'untilCoverageStable':
        return this.stable(progress.required(), iterations, control.plateau, control.max)
    }
  }

  private untilAllReached(required: readonly SiteRecord[], iterations: number, max: number): StopReason | undefined {
    const isEarly = iterations < Math.min(leastIterations, max)
    if (isEarly) this.sitesAreOpen ||= required.length === 0 || this.progress.unseen()
    if (!required.every((record) => record.hits > 0)) return iterations >= max ? 'coverage missed' : undefined
    return isEarly && this.sitesAreOpen ? undefined : 'all sometimes reached'
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
