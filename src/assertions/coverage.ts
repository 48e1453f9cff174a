import type { SiteKind } from './kinds.ts'

/** Counts of one site over all iterations of one simulation. */
export interface SiteRecord {
  readonly kind: SiteKind
  readonly name: string
  /** Fired by the simulator itself: counts for the verdict only when the test asks for it by name. */
  readonly builtin: boolean
  /** Evaluations that were true; visits; firings. */
  hits: number
  /** Evaluations that were false. */
  misses: number
  /** Iterations with at least one hit. */
  iterationsHit: number
  /** Number of the iteration of the last hit. */
  lastIteration: number
  /** Seed of the iteration of the first hit; undefined: there was none. */
  firstSeed: number | undefined
  /** The value a numeric assertion has seen that is closest to its bound. */
  watermark: number | undefined
  /** What a numeric assertion asked of that value: '> 5'. */
  bound: string | undefined
}

function newRecord(kind: SiteKind, name: string, builtin: boolean): SiteRecord {
  return {
    kind,
    name,
    builtin,
    hits: 0,
    misses: 0,
    iterationsHit: 0,
    lastIteration: 0,
    firstSeed: undefined,
    watermark: undefined,
    bound: undefined,
  }
}

/** All sites that one simulation evaluated, counted over all its iterations. */
export class Coverage {
  /** One-based number of the iteration that counts now. */
  iteration = 0
  /** Its seed. */
  seed = 0
  private readonly byKind = new Map<SiteKind, Map<string, SiteRecord>>()
  private readonly builtins = new Map<string, SiteRecord>()

  /** The record of a site; made when it is new. */
  site(kind: SiteKind, name: string, builtin = false): SiteRecord {
    if (builtin) return this.builtin(kind, name)
    let sites = this.byKind.get(kind)
    if (sites === undefined) {
      sites = new Map()
      this.byKind.set(kind, sites)
    }
    let record = sites.get(name)
    if (record === undefined) {
      record = newRecord(kind, name, false)
      sites.set(name, record)
    }
    return record
  }

  /** The record of a site that was evaluated; undefined: it never was. */
  find(kind: SiteKind, name: string): SiteRecord | undefined {
    return this.byKind.get(kind)?.get(name) ?? this.builtins.get(`${kind} ${name}`)
  }

  /** The simulator's own sites are apart: a user's site of the same name is another one. */
  private builtin(kind: SiteKind, name: string): SiteRecord {
    const key = `${kind} ${name}`
    let record = this.builtins.get(key)
    if (record === undefined) {
      record = newRecord(kind, name, true)
      this.builtins.set(key, record)
    }
    return record
  }

  hit(record: SiteRecord): void {
    if (record.hits++ === 0) record.firstSeed = this.seed
    if (record.lastIteration !== this.iteration) {
      record.lastIteration = this.iteration
      record.iterationsHit++
    }
  }

  /** Every record, by kind, in order of first evaluation. */
  *records(): Iterable<SiteRecord> {
    yield* this.builtins.values()
    for (const sites of this.byKind.values()) yield* sites.values()
  }
}
