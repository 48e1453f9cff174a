/** The report as terminal text. */
import type { Colors } from 'picocolors/types.js'
import { formatCount, formatForeign, formatIterations, formatSeconds, padEnd, padStart, truncate } from './format.ts'
import { causesOf } from './causes.ts'
import { placeOf, type ReportModel, type ReportRow, type SiteRow } from './model.ts'
import {
  failureWords,
  hitRateWords,
  isSeedFailure,
  neverWords,
  operationWords,
  seedWords,
  totalWords,
  unheardWords,
  whenWords,
} from './words.ts'

export interface TextOptions {
  readonly colors: Colors
  /** Shows every hit rate and every row. */
  readonly verbose: boolean
}

const labelWidth = 60
const shownDetails = 10
const shownPassed = 40
const gap = '   '
const indent = '       '

const isQuiet = (row: ReportRow): boolean =>
  row.outcome === 'passed' && !row.slow && row.never.length === 0 && row.rare.length === 0

const effortCell = (row: ReportRow): string =>
  row.slow
    ? `${formatSeconds(row.slow.elapsedMs)}, slow after ${formatSeconds(row.slow.periodMs)}`
    : formatIterations(row.iterations, row.planned, row.outcome === 'passed')

function markOf(row: ReportRow, { green, red, yellow }: Colors): string {
  if (row.outcome === 'failed') return red('×')
  return row.outcome === 'interrupted' || row.slow ? yellow('⧖') : green('✓')
}

const withPlace = (text: string, site: SiteRow, { dim }: Colors): string =>
  site.place === null ? text : `${text}  ${dim(formatForeign(site.place))}`

const seedFailures = (row: ReportRow) => row.failures.filter(isSeedFailure)

function remarks(row: ReportRow, model: ReportModel, colors: Colors): string {
  const { reached, total } = row.sometimes
  const [failure] = seedFailures(row)
  const [never, ...others] = row.never
  const cells = [
    row.slow ? formatIterations(row.iterations, row.planned, row.outcome === 'passed') : '',
    row.notes.join(', '),
    failure ? colors.red(`seed ${failure.seed}`) : '',
    total > 0 ? (reached < total ? colors.yellow : colors.dim)(`sometimes ${reached}/${total}`) : '',
    never && others.length === 0 ? withPlace(`never: ${neverWords(never)}`, never, colors) : '',
    model.seed.kind === 'per test' ? colors.dim(`root ${seedWords(row.seed, row.seedSource)}`) : '',
  ]
  return cells.filter(Boolean).join(gap)
}

/** The first lines of a list, and how many were left out. */
const capped = (lines: readonly string[], limit: number): string[] =>
  lines.length <= limit
    ? [...lines]
    : [...lines.slice(0, limit), `${indent}… and ${formatCount(lines.length - limit)} more`]

function failureLines(row: ReportRow, { dim }: Colors): string[] {
  const failures = row.never.length > 0 ? seedFailures(row) : row.failures
  const lines = failures.map(
    (failure) => `${indent}seed ${failure.seed}  ${failureWords(failure)}  ${dim(whenWords(failure))}`,
  )
  const { replay, wholeSeed } = failures.find(isSeedFailure) ?? {}
  const command = (label: string, text: string | undefined): string[] =>
    text ? [dim(`${indent}${label}: ${formatForeign(text)}`)] : []
  return [...capped(lines, shownDetails), ...command('replay', replay), ...command('whole seed', wholeSeed)]
}

function siteLine(site: SiteRow, word: string, colors: Colors): string {
  const rate = hitRateWords(site)
  const closest = site.watermark === null ? '' : `closest value ${site.watermark}`
  const first = site.firstSeed === null ? '' : `first seed ${site.firstSeed}`
  const text = [`${word}: ${formatForeign(site.name)}`, rate, closest, first].filter(Boolean).join('  ')
  return `${indent}${withPlace(text, site, colors)}`
}

/** How to look at a seed that reached the rarest site; what every iteration reached needs no looking for. */
function seeLine({ sites, replay }: ReportRow, { dim }: Colors): string[] {
  const some = sites.filter(({ iterationsHit, iterations }) => iterationsHit > 0 && iterationsHit < iterations)
  const [rarest] = some.toSorted((one, other) => one.iterationsHit - other.iterationsHit)
  if (rarest === undefined || rarest.firstSeed === null || replay === null) return []
  const command = replay.replace('SIMULATION_SEED=0 ', `SIMULATION_SEED=${rarest.firstSeed} `)
  const name = formatForeign(rarest.name)
  return [dim(`${indent}see ${name}: SIMULATION_TIMELINE=1 ${formatForeign(command)}`)]
}

function siteLines(row: ReportRow, { colors, verbose }: TextOptions): string[] {
  if (verbose) return [...row.sites.map((site) => siteLine(site, site.kind, colors)), ...seeLine(row, colors)]
  const never = row.never.map((site) => `${indent}${withPlace(`never: ${neverWords(site)}`, site, colors)}`)
  const rare = row.rare.map((site) => siteLine(site, 'rare', colors))
  return [...(never.length > 1 ? capped(never, shownDetails) : []), ...capped(rare, shownDetails)]
}

/** Names shown in one line. */
const shownNames = 12

function talliesLines({ operations, unheard }: ReportRow, { colors, verbose }: TextOptions): string[] {
  const limit = verbose ? Infinity : shownNames
  return [
    ...(operations.length > 0 ? [colors.dim(`${indent}${operationWords(operations, limit)}`)] : []),
    ...(unheard.length > 0 ? [colors.dim(`${indent}${unheardWords(unheard, verbose ? Infinity : 3)}`)] : []),
  ]
}

function tableLines(model: ReportModel, options: TextOptions): string[] {
  let quietLeft = options.verbose ? Infinity : shownPassed
  const shown = model.rows.filter((row) => !isQuiet(row) || quietLeft-- > 0)
  const cells = shown.map((row) => ({
    row,
    label: truncate(formatForeign(row.label), labelWidth),
    effort: effortCell(row),
    remarks: remarks(row, model, options.colors),
  }))
  const width = (values: readonly string[]): number => Math.max(0, ...values.map((value) => [...value].length))
  const first = width(cells.map(({ label }) => label))
  const second = width(cells.map(({ effort }) => effort))
  const lines = cells.flatMap(({ row, label, effort, remarks }) => [
    `   ${markOf(row, options.colors)} ${padEnd(label, first)}${gap}${padEnd(effort, second)}${gap}${remarks}`.trimEnd(),
    ...failureLines(row, options.colors),
    ...siteLines(row, options),
    ...talliesLines(row, options),
  ])
  const hidden = model.rows.length - shown.length
  return hidden > 0 ? [...lines, `   … and ${formatCount(hidden)} more passed`] : lines
}

/** What several failing tests have in common. */
function causeLines({ rows }: ReportModel, { bold }: Colors): string[] {
  const shared = causesOf(rows).filter(({ tests }) => tests.length > 1)
  if (shared.length === 0) return []
  const lines = shared.map(({ cause, tests }) => {
    const names = tests.slice(0, 4).map((name) => truncate(formatForeign(name), labelWidth))
    const more = tests.length > names.length ? ` and ${formatCount(tests.length - names.length)} more` : ''
    return `     ${formatCount(tests.length)} × ${truncate(formatForeign(cause), labelWidth)}: ${names.join(', ')}${more}`
  })
  return ['', `   ${bold('failures with one cause')}`, ...capped(lines, shownDetails)]
}

function faultLines({ faults }: ReportModel, { bold, yellow }: Colors): string[] {
  if (faults.length === 0) return []
  const first = Math.max('faults'.length, ...faults.map(({ family }) => [...formatForeign(family)].length)) + 2
  const line = (family: string, injected: string, effective: string): string =>
    `${padEnd(family, first)}${padStart(injected, 11)}${padStart(effective, 12)}`
  const lines = faults.map(({ family, injected, effective, inertIn }) => {
    const names = inertIn.slice(0, 3).map((name) => truncate(formatForeign(name), labelWidth))
    const more = inertIn.length > names.length ? ` and ${inertIn.length - names.length} more` : ''
    const inert = inertIn.length > 0 ? `${gap}${yellow(`inert in ${names.join(', ')}${more}`)}` : ''
    return `     ${line(formatForeign(family), formatCount(injected), formatCount(effective))}${inert}`
  })
  return ['', `   ${bold(line('faults', '  injected', 'effective'))}  `.trimEnd(), ...lines]
}

const warningLines = ({ warnings }: ReportModel, { yellow }: Colors): string[] =>
  warnings.length === 0
    ? []
    : [
        '',
        ...capped(
          warnings.map((warning) => `   ${yellow('warning')} ${formatForeign(warning)}`),
          2 * shownDetails,
        ),
      ]

/** What the run lacks, and whether that fails it. */
export function judgementLines({ judgement, coverageRequired }: ReportModel, { red, yellow, dim }: Colors): string[] {
  if (judgement.kind === 'not judged')
    return coverageRequired ? ['', dim(`   coverage of the run not judged: ${judgement.reason}`)] : []
  if (judgement.neverEvaluated.length === 0) return []
  const lines = judgement.neverEvaluated.map((site) => {
    const place = dim(formatForeign(placeOf(site) ?? ''))
    return `   ${yellow('never evaluated by any simulation:')} ${formatForeign(site.name)}  ${place}`
  })
  const count = judgement.neverEvaluated.length
  const verdict = `   × the run fails: coverage is required, and ${count === 1 ? 'this site was' : 'these sites were'} never evaluated`
  return ['', ...capped(lines, 2 * shownDetails), ...(coverageRequired ? [red(verdict)] : [])]
}

/** The whole report, without a final line break. */
export function formatText(model: ReportModel, options: TextOptions): string {
  const { colors } = options
  return [
    ` ${colors.bold(colors.cyan('Simulation'))}  ${totalWords(model)}`,
    ...tableLines(model, options),
    ...causeLines(model, colors),
    ...faultLines(model, colors),
    ...warningLines(model, colors),
    ...judgementLines(model, colors),
  ].join('\n')
}
