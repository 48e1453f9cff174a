/** Annotations in the log of a GitHub job, where Vitest's own reporter does not make them. */
import type { TestModule, Vitest } from 'vitest/node'
import { formatForeign } from './format.ts'
import { namesReporter } from './machine-output.ts'
import type { ReportModel } from './model.ts'
import { readSimulation } from './read-meta.ts'
import { placeOf } from './site-row.ts'

/** GitHub shows ten errors of a step. */
const shownPlaces = 10

const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const property = (text: string): string => escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')

function errorAt(file: string, line: number, title: string, message: string): string {
  return `::error file=${property(file)},line=${line},title=${property(formatForeign(title))}::${escaped(message)}`
}

/** Commands of a GitHub log: one for each failing test, unless Vitest says it, and one for each site that was never evaluated. */
export function annotationsOf(model: ReportModel, vitest: Vitest, modules: readonly TestModule[]): string[] {
  if (process.env['GITHUB_ACTIONS'] !== 'true') return []
  const failing = namesReporter(vitest, ['github-actions']) ? [] : modules.flatMap(failuresOf)
  const { judgement, coverageRequired } = model
  if (judgement.kind === 'not judged' || !coverageRequired) return failing
  const never = judgement.neverEvaluated.slice(0, shownPlaces).map((site) => {
    const message = `${site.kind} '${site.name}' at ${placeOf(site)} was never evaluated by any simulation of the run`
    return errorAt(site.file, site.line, site.name, formatForeign(message))
  })
  return [...failing, ...never]
}

function failuresOf(module: TestModule): string[] {
  return [...module.children.allTests('failed')].flatMap((test) => {
    if (readSimulation(test.meta()) === undefined) return []
    const [error] = test.result().errors ?? []
    const place = error?.stacks?.[0] ?? { file: module.moduleId, line: test.location?.line ?? 1 }
    return error === undefined ? [] : [errorAt(place.file, place.line, test.fullName, printable(error.message))]
  })
}

/** Line by line: what would be taken for a command, or is not printable, is not left in. */
const printable = (message: string): string => message.split('\n').map(indented).join('\n')

const indented = (line: string): string => `${/^ */.exec(line)?.[0]}${formatForeign(line)}`
