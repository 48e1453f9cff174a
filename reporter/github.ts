/** The report as the markdown of a GitHub job summary. */
import { formatCount, formatForeign, formatIterations, formatPlural } from './format.ts'
import type { FailureSummary } from './contract.ts'
import { type FailureGroup, groupFailures } from './causes.ts'
import type { ReportModel, ReportRow } from './model.ts'
import { placeOf } from './site-row.ts'
import {
  closestWords,
  failureWords,
  hitRateWords,
  neverWords,
  seedWords,
  slowWords,
  totalWords,
  unheardWords,
  whenWords,
} from './words.ts'

const shownFailures = 20
const shownRows = 200
const shownCommands = 20

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
    ...(row.slow ? [slowWords(row.slow)] : []),
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

/** One cause: told once, with its diagram, and a command for each of its seeds. */
function failureSection({ cause, failures }: FailureGroup): string[] {
  const [first, ...others] = failures.map(({ row, failure }) => ({
    failure,
    label: `**${escapeMarkdown(row.label)}**, seed ${failure.seed}`,
    when: `(${whenWords(failure)})`,
  }))
  if (first === undefined) return []
  const head =
    others.length === 0
      ? [`${first.label}: ${escapeMarkdown(failureWords(first.failure))} ${first.when}`]
      : [
          `${formatCount(failures.length)} × ${escapeMarkdown(cause)}`,
          '',
          ...[first, ...others].map(({ label, when }) => `- ${label} ${when}`),
        ]
  const commands = failures.map(({ failure }) => formatForeign(failure.replay)).join('\n')
  return [...head, '', codeBlock(commands), '', ...diagramOf(first.failure)]
}

function failureSections({ rows }: ReportModel): string[] {
  let left = shownFailures
  const shown = groupFailures(rows).flatMap((group) => {
    const failures = group.failures.slice(0, Math.max(0, left))
    left -= group.failures.length
    return failureSection({ ...group, failures })
  })
  if (shown.length === 0) return []
  return ['### Failing seeds', '', ...shown, ...(left < 0 ? [`… and ${formatCount(-left)} more`, ''] : [])]
}

/** Every assertion of the run, and how to look at the seeds that reached those that not every iteration reaches. */
function siteSection({ sites }: ReportModel): string[] {
  if (sites.length === 0) return []
  const lines = sites.slice(0, shownRows).map((site) => {
    const { kind, name, firstSeed, place, tests } = site
    const simulations = [...tests.slice(0, 3), ...(tests.length > 3 ? [`and ${tests.length - 3} more`] : [])].join(', ')
    const cells = [`${kind} ${name}`, hitRateWords(site), firstSeed, closestWords(site), place, simulations]
    return `| ${cells.map((cell) => escapeMarkdown(String(cell ?? ''))).join(' | ')} |`
  })
  const hidden = sites.length - lines.length
  const commands = sites
    .filter(({ see, iterationsHit, iterations }) => see !== null && iterationsHit < iterations)
    .slice(0, shownCommands)
    .map(({ kind, name, see }) => `# ${kind} ${formatForeign(name)}\n${formatForeign(see ?? '')}`)
  return [
    `<details><summary>Assertions: ${formatCount(sites.length)}</summary>`,
    '',
    '| Assertion | Hits | First seed | Closest value | Place | Simulations |',
    '| --- | --- | ---: | ---: | --- | --- |',
    ...lines,
    '',
    ...(hidden > 0 ? [`… and ${formatCount(hidden)} more`, ''] : []),
    ...(commands.length > 0 ? ['To see the first seed that reached one:', '', codeBlock(commands.join('\n')), ''] : []),
    '</details>',
    '',
  ]
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
