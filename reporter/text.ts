/** The report as terminal text. */
import type { Colors } from 'picocolors/types.js'
import { wrapped } from './columns.ts'
import { cutMiddle, cutPlace, formatCount, formatForeign, formatIterations, padEnd, textWidth } from './format.ts'
import type { ReportModel, ReportRow } from './model.ts'
import { placeOf, type SiteRow } from './site-row.ts'
import { siteLines } from './site-table.ts'
import {
  type TextOptions,
  capped,
  causeLines,
  faultLines,
  isQuiet,
  labelWidth,
  operationLines,
  plain,
  prose,
  shownDetails,
} from './tables.ts'
import {
  failureWords,
  isSeedFailure,
  neverWords,
  seedWords,
  slowWords,
  totalWords,
  unheardWords,
  whenWords,
} from './words.ts'

const shownPassed = 40
const gap = '   '
const indent = '       '

type Part = readonly [text: string, paint: (text: string) => string]

const effortCell = (row: ReportRow): string =>
  row.slow ? slowWords(row.slow) : formatIterations(row.iterations, row.planned, row.outcome === 'passed')

function markOf(row: ReportRow, { green, red, yellow }: Colors): string {
  if (row.outcome === 'failed') return red('×')
  return row.outcome === 'interrupted' || row.slow ? yellow('⧖') : green('✓')
}

/** A text and a place that fit into one line; what is cut is the text. */
function withPlace(text: string, { place }: Pick<SiteRow, 'place'>, { colors, width }: TextOptions): Part {
  const left = width - indent.length
  if (place === null) return [cutMiddle(text, left), plain]
  const where = cutPlace(formatForeign(place), Math.floor(left / 2))
  const shown = cutMiddle(text, left - 2 - textWidth(where))
  return [`${shown}  ${where}`, () => `${shown}  ${colors.dim(where)}`]
}

const seedFailures = (row: ReportRow) => row.failures.filter(isSeedFailure)

function remarks(row: ReportRow, model: ReportModel, options: TextOptions): Part[] {
  const { colors } = options
  const { reached, total } = row.sometimes
  const [failure] = seedFailures(row)
  const [never, ...others] = row.never
  return [
    [row.slow ? formatIterations(row.iterations, row.planned, row.outcome === 'passed') : '', plain],
    [row.notes.join(', '), plain],
    [failure ? `seed ${failure.seed}` : '', colors.red],
    [total > 0 ? `sometimes ${reached}/${total}` : '', reached < total ? colors.yellow : colors.dim],
    never && others.length === 0 ? withPlace(`never: ${neverWords(never)}`, never, options) : ['', plain],
    [model.seed.kind === 'per test' ? `root ${seedWords(row.seed, row.seedSource)}` : '', colors.dim],
  ]
}

function failureLines(row: ReportRow, { colors: { dim }, width }: TextOptions): string[] {
  const failures = row.never.length > 0 ? seedFailures(row) : row.failures
  const lines = failures.map((failure) => {
    const parts: Part[] = [
      [`${indent}seed ${failure.seed}`, plain],
      [cutMiddle(failureWords(failure), Math.max(24, width - indent.length - 2)), plain],
      [whenWords(failure), dim],
    ]
    return wrapped(parts, { width, indent: `${indent}  ` }).join('\n')
  })
  const { replay, wholeSeed } = failures.find(isSeedFailure) ?? {}
  const command = (label: string, text: string | undefined): string[] =>
    text ? [dim(`${indent}${label}: ${formatForeign(text)}`)] : []
  return [...capped(lines, shownDetails, indent), ...command('replay', replay), ...command('whole seed', wholeSeed)]
}

function detailLines(row: ReportRow, options: TextOptions): string[] {
  const { colors, verbose, width } = options
  const never = row.never.map((site) => {
    const [text, paint] = withPlace(`never: ${neverWords(site)}`, site, options)
    return `${indent}${paint(text)}`
  })
  const unheard = row.unheard.length > 0 ? `${indent}${unheardWords(row.unheard, verbose ? Infinity : 3)}` : ''
  return [
    ...failureLines(row, options),
    ...(never.length > 1 ? capped(never, verbose ? Infinity : shownDetails, indent) : []),
    ...(unheard === '' ? [] : prose(unheard, width, `${indent}  `, colors.dim)),
  ]
}

function rowLines(model: ReportModel, options: TextOptions): string[] {
  const { colors, verbose, width } = options
  let quietLeft = verbose ? Infinity : shownPassed
  const shown = model.rows.filter((row) => !isQuiet(row) || quietLeft-- > 0)
  const most = Math.min(labelWidth, Math.max(24, width - 45))
  const cells = shown.map((row) => ({
    row,
    label: cutMiddle(formatForeign(row.label), most),
    effort: effortCell(row),
  }))
  const first = Math.max(0, ...cells.map(({ label }) => textWidth(label)))
  const second = Math.max(0, ...cells.map(({ effort }) => textWidth(effort)))
  const lines = cells.flatMap(({ row, label, effort }) => {
    const text = `${padEnd(label, first)}${gap}${padEnd(effort, second)}`
    const head: Part = [`   × ${text}`, () => `   ${markOf(row, colors)} ${text}`]
    const told = wrapped([head, ...remarks(row, model, options)], { width, indent, gap })
    return [...told.map((line) => line.trimEnd()), ...detailLines(row, options)]
  })
  const hidden = model.rows.length - shown.length
  return hidden > 0 ? [...lines, `   … and ${formatCount(hidden)} more passed`] : lines
}

function warningLines({ warnings }: ReportModel, { colors, width }: TextOptions): string[] {
  if (warnings.length === 0) return []
  const lines = warnings.map((warning) => {
    const [first = '', ...others] = prose(`   warning ${formatForeign(warning)}`, width, '     ')
    return [first.replace('warning', colors.yellow('warning')), ...others].join('\n')
  })
  return ['', ...capped(lines, 2 * shownDetails, indent)]
}

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
  return ['', ...capped(lines, 2 * shownDetails, indent), ...(coverageRequired ? [red(verdict)] : [])]
}

/** The whole report, without a final line break. */
export function formatText(model: ReportModel, options: TextOptions): string {
  const { colors, width } = options
  const [first = '', ...others] = wrapped(
    `Simulation  ${totalWords(model)}`.split(' · ').map((text, at) => [at === 0 ? ` ${text}` : text, plain] as const),
    { width, indent: '   ', gap: ' · ' },
  )
  return [
    first.replace('Simulation', colors.bold(colors.cyan('Simulation'))),
    ...others,
    ...rowLines(model, options),
    ...causeLines(model, options),
    ...siteLines(model, options),
    ...operationLines(model, options),
    ...faultLines(model, options),
    ...warningLines(model, options),
    ...judgementLines(model, colors),
  ].join('\n')
}
