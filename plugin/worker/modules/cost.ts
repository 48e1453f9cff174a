import type { ModuleMeter } from '../../../src/modules/graph.ts'
import { real } from '../../../src/virtual/real.ts'

/** Share of a run from which the report speaks of it. */
const noticedShare = 1 / 5
/** Shorter runs say nothing, ms. */
const shortestMs = 300
const shownModules = 3
/** The iteration that is measured module by module: by then everything has been compiled and is warm. */
const measuredIteration = 5

/** What it costs to evaluate the modules of a simulation anew, in real time. */
export class ModuleCost implements ModuleMeter {
  private iterations = 0
  private totalMs = 0
  private readonly ownMs = new Map<string, number>()
  private readonly underWay: { readonly id: string; readonly since: number; innerMs: number }[] = []

  /** Calls what evaluates the modules of one iteration; `measure` lets it tell each of them. */
  around<T>(load: () => T, measure: (meter: ModuleMeter) => void): T {
    this.iterations++
    if (this.iterations === measuredIteration) measure(this)
    const since = real.performanceNow()
    try {
      return load()
    } finally {
      this.totalMs += real.performanceNow() - since
    }
  }

  begin(id: string): void {
    this.underWay.push({ id, since: real.performanceNow(), innerMs: 0 })
  }

  end(): void {
    const entry = this.underWay.pop()
    if (entry === undefined) return
    const ms = real.performanceNow() - entry.since
    this.ownMs.set(entry.id, ms - entry.innerMs)
    const outer = this.underWay.at(-1)
    if (outer !== undefined) outer.innerMs += ms
  }

  /** What to say of a run that took so long, ms; undefined: nothing. */
  warning(runMs: number): string | undefined {
    const share = this.totalMs / runMs
    if (runMs < shortestMs || share <= noticedShare) return undefined
    const dearest = [...this.ownMs].sort(([, a], [, b]) => b - a).slice(0, shownModules)
    const named = dearest.map(([id, ms]) => `${shortName(id)} ${ms.toFixed(1)} ms`).join(', ')
    const each = (this.totalMs / this.iterations).toFixed(1)
    return (
      `evaluating modules for each seed took ${Math.round(share * 100)} % of the run, ${each} ms a seed` +
      (named === '' ? '' : ` (${named})`) +
      ": where no state of theirs matters, set modules: 'shared', or move what only other tests need to another file"
    )
  }
}

/** The part of a path that tells packages and files apart. */
function shortName(id: string): string {
  const [, inside] = /^.*\/node_modules\/(.+)$/.exec(id) ?? []
  return inside ?? id.split('/').slice(-2).join('/')
}
