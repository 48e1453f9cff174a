/** Phrases that the terminal table and the GitHub summary share. */
import type { FailureSummary, SeedSource, UnheardCount } from './contract.ts'
import {
  formatCount,
  formatDuration,
  formatForeign,
  formatPlural,
  formatRatio,
  formatSeconds,
  formatShare,
} from './format.ts'
import type { ReportModel, ReportRow } from './model.ts'
import type { SiteRow } from './site-row.ts'

/** How the winning source of a seed is called where users set it. */
const sourceNames: Record<SeedSource, string> = {
  'command line': '--seed',
  environment: 'SIMULATION_SEED',
  'project config': 'config',
  plugin: 'plugin',
  test: 'test',
  fresh: 'fresh',
}

/** 'seed 42 (config)'. */
export const seedWords = (seed: number, source: SeedSource): string => `seed ${seed} (${sourceNames[source] ?? source})`

/** '5 tests · 1,264 iterations · 6h 12m virtual in 14.2s (1,571×) · seed 42 (config)'. */
export function totalWords(model: ReportModel): string {
  const ratio = model.realMs > 0 ? ` (${formatRatio(model.virtualMs / model.realMs)})` : ''
  return [
    formatPlural(model.tests, 'test'),
    ...(model.skipped > 0 ? [`${formatCount(model.skipped)} skipped`] : []),
    formatPlural(model.iterations, 'iteration'),
    `${formatDuration(model.virtualMs)} virtual in ${formatDuration(model.realMs)}${ratio}`,
    model.seed.kind === 'same' ? seedWords(model.seed.seed, model.seed.source) : 'seeds differ by test',
  ].join(' · ')
}

/** '12s, slow after 10s'. */
export const slowWords = ({ elapsedMs, periodMs }: NonNullable<ReportRow['slow']>): string =>
  `${formatSeconds(elapsedMs)}, slow after ${formatSeconds(periodMs)}`

/** 'request timed out (false 61,204×)', for a site that no iteration reached. */
export function neverWords(site: SiteRow): string {
  const name = formatForeign(site.name)
  if (site.misses > 0) return `${name} (false ${formatCount(site.misses)}×)`
  return `${name} (never ${site.kind === 'reachable' ? 'visited' : 'evaluated'})`
}

/** 'in 3 of 1,000 iterations (0.3 %)'. */
export function hitRateWords(site: SiteRow): string {
  const share = site.iterations > 0 ? ` (${formatShare(site.iterationsHit / site.iterations)})` : ''
  return `in ${formatCount(site.iterationsHit)} of ${formatPlural(site.iterations, 'iteration')}${share}`
}

/** '97 (< 100)': the closest value to a bound, and the bound; '' when there is none. */
export const closestWords = ({ watermark, bound }: Pick<SiteRow, 'watermark' | 'bound'>): string =>
  watermark === null ? '' : `${watermark}${bound === null ? '' : ` (${bound})`}`

const listed = (parts: readonly string[], limit: number): string =>
  [...parts.slice(0, limit), ...(parts.length > limit ? [`and ${formatCount(parts.length - limit)} more`] : [])].join(
    ', ',
  )

/** 'unheard  Refused of pay on bank 12× (first seed 42)'. */
export const unheardWords = (errors: readonly UnheardCount[], limit: number): string =>
  `unheard  ${listed(
    errors.map(
      ({ node, method, name, count, seed }) =>
        `${formatForeign(`${name} of ${method} on ${node}`)} ${formatCount(count)}× (first seed ${seed})`,
    ),
    limit,
  )}`

/** A missed coverage goal belongs to the whole test, not to the seed that came last. */
export const isSeedFailure = (failure: FailureSummary): boolean => failure.kind !== 'CoverageMissed'

/** 'InvariantViolation: an actor lives on at most one node'. */
export const failureWords = (failure: FailureSummary): string =>
  formatForeign(failure.kind === failure.name || !failure.name ? failure.kind : `${failure.kind}: ${failure.name}`)

/** 'iteration 38, 412 ms virtual'. */
export const whenWords = (failure: FailureSummary): string =>
  `iteration ${formatCount(failure.iteration)}, ${formatDuration(failure.virtualMs)} virtual`
