/** Every assertion of a run, for a terminal: how often it held or was reached, by which seed first, and where it is. */
import { mustRun } from '../src/assertions/kinds.ts'
import { type Column, aligned, rowWidth, wrapped } from './columns.ts'
import { cutMiddle, cutPlace, formatCount, formatForeign, formatShare, textWidth } from './format.ts'
import type { ReportModel } from './model.ts'
import type { RunSite } from './run-sites.ts'
import { type TextOptions, labelWidth, moreLine, plain, tableText } from './tables.ts'
import { closestWords, hitRateWords } from './words.ts'

const shownSites = 12
/** Names shorter than this tell little. */
const leastName = 24
const leastPlace = 28

const columns: readonly Column[] = [
  { heading: 'assertions', side: 'left' },
  { heading: 'iterations', side: 'right' },
  { heading: '', side: 'right' },
  { heading: 'first seed', side: 'right' },
  { heading: 'closest', side: 'right' },
  { heading: 'place', side: 'left' },
]

const shareOf = ({ iterationsHit, iterations }: RunSite): number => (iterations > 0 ? iterationsHit / iterations : 0)

/** What more iterations, or a look, would help comes first. */
const rarestFirst = (sites: readonly RunSite[]): RunSite[] => {
  const rank = (site: RunSite): number => (mustRun(site) ? 0 : 1) + shareOf(site)
  return sites.toSorted((one, other) => rank(one) - rank(other))
}

const cellsOf = (site: RunSite): string[] => [
  `${site.kind} ${formatForeign(site.name)}`,
  `${formatCount(site.iterationsHit)} of ${formatCount(site.iterations)}`,
  formatShare(shareOf(site)),
  String(site.firstSeed ?? ''),
  closestWords(site),
  formatForeign(site.place ?? ''),
]

/** The section of the report. */
export function siteLines(model: ReportModel, options: TextOptions): string[] {
  const { colors, verbose } = options
  if (model.sites.length === 0) return []
  const sorted = rarestFirst(model.sites)
  const shown = verbose ? sorted : sorted.slice(0, shownSites)
  const [head = '', ...lines] = tableOf(shown, options)
  const body = shown.flatMap((site, at) => [
    ...(lines[at] ?? '').split('\n'),
    ...(verbose ? [...testLines(site, model), ...seeLine(site, '', colors.dim)] : []),
  ])
  const rarest = verbose ? undefined : sorted.find((site) => seeLine(site, '', plain).length > 0)
  const see = rarest === undefined ? [] : seeLine(rarest, ` ${formatForeign(rarest.name)}`, colors.dim)
  return ['', head, ...body, ...moreLine(sorted.length - shown.length), ...see]
}

/** A heading, and a text for each site: of one line where the terminal is wide enough, else of two. */
function tableOf(sites: readonly RunSite[], { colors, width }: TextOptions): string[] {
  const cells = sites.map(cellsOf)
  const paint = (row: readonly string[], at: number): string[] => {
    const site = sites[at]!
    const isRare = shareOf(site) < 0.05 && mustRun(site)
    return row.map((cell, column) =>
      column === 0 && isRare ? colors.yellow(cell) : column === row.length - 1 && site.place ? colors.dim(cell) : cell,
    )
  }
  const longest = Math.max(...cells.map(([name = '']) => textWidth(name)))
  for (const place of [Infinity, leastPlace]) {
    const cut = cells.map((row) => [...row.slice(0, 5), cutPlace(row[5] ?? '', place)])
    const others =
      aligned(
        columns,
        cut.map(([, ...row]) => ['', ...row]),
      )[0] ?? []
    const left = Math.min(labelWidth, width - 7 - rowWidth(others))
    if (left < Math.min(leastName, longest)) continue
    const fitted = cut.map(([name = '', ...row]) => [cutMiddle(name, left), ...row])
    return tableText(columns, fitted, paint, colors)
  }
  const tall = cells.map((row, at) => {
    const place = cutPlace(row[5] ?? '', Math.max(leastPlace, Math.floor(width / 3)))
    const name = cutMiddle(row[0] ?? '', Math.max(12, width - 7 - textWidth(place)))
    const [numbers = ''] = wrapped(
      [row[1], row[2], row[3] && `first seed ${row[3]}`, row[4] && `closest ${row[4]}`].map((part) => [
        part ?? '',
        plain,
      ]),
      { width: Infinity, indent: '' },
    )
    return [`     ${paint([name, place], at).join('  ').trimEnd()}`, `       ${numbers}`].join('\n')
  })
  return [`   ${colors.bold('assertions')}`, ...tall]
}

/** The simulations that share a site, each with its own counts. */
function testLines({ kind, name, place, tests }: RunSite, { rows }: ReportModel): string[] {
  if (tests.length < 2) return []
  return rows.flatMap(({ label, sites }) => {
    const own = sites.find((site) => site.kind === kind && site.name === name && site.place === place)
    return own === undefined ? [] : [`       ${cutMiddle(formatForeign(label), labelWidth)}: ${hitRateWords(own)}`]
  })
}

/** How to look at a seed that reached a site; what every iteration reaches needs no looking for. */
function seeLine({ see, iterationsHit, iterations }: RunSite, name: string, paint: (text: string) => string): string[] {
  const isSome = iterationsHit > 0 && iterationsHit < iterations
  return see === null || !isSome ? [] : [paint(`       see${name}: ${formatForeign(see)}`)]
}
