/** One assertion, as a row of the report. */
import type { CataloguedSite, SiteCount } from './contract.ts'

/** One assertion of one simulation. */
export interface SiteRow {
  readonly kind: SiteCount['kind']
  readonly name: string
  /** 'test/bus.test.ts:41', or null when the place is not known. */
  readonly place: string | null
  readonly hits: number
  readonly misses: number
  readonly iterationsHit: number
  readonly iterations: number
  /** The closest value that a numeric assertion has seen to its bound. */
  readonly watermark: number | null
  /** What was asked of that value: '> 5'. */
  readonly bound: string | null
  /** The first seed that reached it; null: none did, or it is not known. */
  readonly firstSeed: number | null
}

/** 'test/bus.test.ts:41'. */
export const placeOf = (site: Partial<CataloguedSite>): string | null =>
  site.file === undefined ? null : site.line === undefined ? site.file : `${site.file}:${site.line}`

/** What a simulation counted for a site. */
export const siteRow = (site: SiteCount, iterations: number): SiteRow => ({
  kind: site.kind,
  name: site.name,
  place: placeOf(site),
  hits: site.hits,
  misses: site.misses,
  iterationsHit: site.iterationsHit,
  iterations,
  watermark: site.watermark ?? null,
  bound: site.bound ?? null,
  firstSeed: site.firstSeed ?? null,
})
