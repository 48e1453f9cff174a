/** The report as the markdown of a GitHub job summary. */
import { formatCount, formatForeign, formatIterations, formatPlural, formatSeconds } from './format.ts'
import type { FailureSummary } from './contract.ts'
import { placeOf, type ReportModel, type ReportRow } from './model.ts'
import {
  failureWords,
  hitRateWords,
  isSeedFailure,
  neverWords,
  seedWords,
  totalWords,
  unheardWords,
  whenWords,
} from './words.ts'

const shownFailures = 20
const shownRows = 200

/** Text that no markdown or HTML in it can leave. */
export const escapeMarkdown = (text: string): string =>
  formatForeign(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$-]/g, '\\$&')

/** A code block whose fence is longer than any run of backticks inside. */
export function codeBlock(text: string): string {
  const runs = text.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)))
  return `${fence}sh\n${text}\n${fence}`
}

const marks = { passed: '✅', failed: '❌', interrupted: '⏳' } as const

function tableRow(row: ReportRow, model: ReportModel): string {
  const { reached, total } = row.sometimes
  const remarks = [
    ...row.notes,
    ...(row.slow ? [`${formatSeconds(row.slow.elapsedMs)}, slow after ${formatSeconds(row.slow.periodMs)}`] : []),
    ...row.never.map((site) => `never: ${neverWords(site)}${site.place === null ? '' : ` at ${site.place}`}`),
    ...row.rare.map((site) => `rare: ${formatForeign(site.name)} ${hitRateWords(site)}`),
    ...(row.unheard.length > 0 ? [unheardWords(row.unheard, Infinity)] : []),
    ...(model.seed.kind === 'per test' ? [`root ${seedWords(row.seed, row.seedSource)}`] : []),
  ]
  const cells = [
    marks[row.outcome],
    escapeMarkdown(row.label),
    formatIterations(row.iterations, row.planned, row.outcome === 'passed'),
    total > 0 ? `${reached}/${total}` : '',
    remarks.map(escapeMarkdown).join('<br>'),
  ]
  return `| ${cells.join(' | ')} |`
}

/** Diagrams in one summary: GitHub shows a megabyte at most. */
const longestDiagram = 20_000

/** What led to a failure, as a diagram that GitHub draws. */
function diagramOf({ mermaid, trace }: FailureSummary): string[] {
  const place = trace === undefined ? [] : [`Timeline: ${escapeMarkdown(trace)}/timeline.html`, '']
  const isDrawn = mermaid !== undefined && mermaid.length <= longestDiagram && !mermaid.includes('```')
  return isDrawn ? ['```mermaid', mermaid.trimEnd(), '```', '', ...place] : place
}

function failureSections(model: ReportModel): string[] {
  const failures = model.rows.flatMap((row) => row.failures.filter(isSeedFailure).map((failure) => ({ row, failure })))
  if (failures.length === 0) return []
  const shown = failures
    .slice(0, shownFailures)
    .flatMap(({ row, failure }) => [
      `**${escapeMarkdown(row.label)}**, seed ${failure.seed}: ${escapeMarkdown(failureWords(failure))} (${whenWords(failure)})`,
      '',
      codeBlock(formatForeign(failure.replay)),
      '',
      ...diagramOf(failure),
    ])
  const hidden = failures.length - shownFailures
  return ['### Failing seeds', '', ...shown, ...(hidden > 0 ? [`… and ${formatCount(hidden)} more`, ''] : [])]
}

/** Every assertion of the run. */
function siteSection({ rows }: ReportModel): string[] {
  const lines = rows.flatMap(({ label, sites }) =>
    sites.map((site) => {
      const cells = [label, `${site.kind} ${site.name}`, hitRateWords(site), site.firstSeed, site.watermark, site.place]
      return `| ${cells.map((cell) => escapeMarkdown(String(cell ?? ''))).join(' | ')} |`
    }),
  )
  if (lines.length === 0) return []
  const head = [
    '| Simulation | Assertion | Hits | First seed | Closest value | Place |',
    '| --- | --- | --- | ---: | ---: | --- |',
  ]
  return ['<details><summary>Assertions</summary>', '', ...head, ...lines.slice(0, shownRows), '', '</details>', '']
}

/** What came of each operation of the workloads. */
function operationSection({ rows }: ReportModel): string[] {
  const lines = rows.flatMap(({ label, operations }) =>
    operations.map(({ name, ok, failed, unknown }) => {
      const counts = [ok, failed, unknown].map(formatCount)
      return `| ${[escapeMarkdown(label), escapeMarkdown(name), ...counts].join(' | ')} |`
    }),
  )
  if (lines.length === 0) return []
  const head = ['| Simulation | Operation | Ok | Failed | Unknown |', '| --- | --- | ---: | ---: | ---: |']
  return ['### Operations', '', ...head, ...lines.slice(0, shownRows), '']
}

const faultSection = ({ faults }: ReportModel): string[] =>
  faults.length === 0
    ? []
    : [
        '### Faults',
        '',
        '| Family | Injected | Effective | |',
        '| --- | ---: | ---: | --- |',
        ...faults.map(({ family, injected, effective, inertIn }) => {
          const inert = inertIn.length > 0 ? `inert in ${inertIn.map(escapeMarkdown).join(', ')}` : ''
          return `| ${escapeMarkdown(family)} | ${formatCount(injected)} | ${formatCount(effective)} | ${inert} |`
        }),
        '',
      ]

function judgementSection({ judgement, coverageRequired }: ReportModel): string[] {
  if (judgement.kind === 'not judged')
    return coverageRequired ? [`Coverage of the run not judged: ${escapeMarkdown(judgement.reason)}`, ''] : []
  if (judgement.neverEvaluated.length === 0) return []
  const count = formatPlural(judgement.neverEvaluated.length, 'site')
  return [
    `### Never evaluated by any simulation: ${count}${coverageRequired ? ', which fails the run' : ''}`,
    '',
    ...judgement.neverEvaluated.map((site) => `- ${escapeMarkdown(site.name)}, ${escapeMarkdown(placeOf(site) ?? '')}`),
    '',
  ]
}

/** One section, ready to append to the file that `GITHUB_STEP_SUMMARY` names. */
export const formatGithubSummary = (model: ReportModel): string =>
  [
    '## Simulation',
    '',
    escapeMarkdown(totalWords(model)),
    '',
    '| | Simulation | Iterations | Sometimes | |',
    '| --- | --- | --- | --- | --- |',
    ...model.rows.map((row) => tableRow(row, model)),
    '',
    ...failureSections(model),
    ...siteSection(model),
    ...operationSection(model),
    ...faultSection(model),
    ...(model.warnings.length > 0 ? [...model.warnings.map((warning) => `- ⚠️ ${escapeMarkdown(warning)}`), ''] : []),
    ...judgementSection(model),
  ].join('\n')
