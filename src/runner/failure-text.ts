import type { Fault } from '../chaos/faults.ts'
import { type PlannedOperation, describeOperation } from '../workload/planned-operation.ts'
import { formatMillis, groupThousands } from '../engine/format.ts'
import { printableLine } from '../engine/printable.ts'
import { toldLines } from '../story/told.ts'
import type { TraceView } from '../story/view.ts'
import type { SiteResult } from './check-simulation.ts'
import type { SeedFailure } from './seed-failure.ts'
import type { Shrunk } from '../shrink/shrink.ts'

/** Longest list of minimal faults or operations. */
const shownSteps = 20

/** Last faults or operations that are shown where nothing was left out. */
const shownLast = 8

/** The commands of a failure: the whole seed, and its minimal form when there is one. */
export interface ReplayCommands {
  readonly seed: string
  readonly minimal: string | undefined
}

/** Everything a failing seed says below the error's own message. The only place where this text is made. */
export function failureStory(
  failure: SeedFailure,
  planned: number | null,
  replay: ReplayCommands,
  view: TraceView = { show: 'relevant' },
): string {
  const { minimal } = failure
  const run = minimal?.run ?? failure.run
  const what = minimal?.run.failure ?? failure.failure
  const of = planned === null ? '' : ` of ${groupThousands(planned)}`
  const entry = run?.trace?.at(what.event)
  const during = entry === undefined ? '' : ` (${entry.kind} ${entry.text})`.replace(' )', ')')
  const lines = [
    `seed ${failure.seed} · iteration ${groupThousands(failure.iteration)}${of} · ${formatMillis(what.time)} virtual, ` +
      `event ${groupThousands(what.event)}${during} · ${what.kind} by ${what.owner}`,
  ]
  if (!failure.chaos.startsWith('calm')) lines.push(`chaos ${failure.chaos}`)
  lines.push(...nodeLines(failure), ...faultLines(failure), ...workloadLines(failure), ...shortcutLines(failure))
  const told = run?.told === undefined ? [] : toldLines(run.told, view)
  if (told.length > 0) lines.push(minimal === undefined ? 'what happened:' : 'what happened in the minimal run:')
  for (const one of told) lines.push(`  ${one}`)
  if (replay.minimal !== undefined) lines.push(`replay: ${replay.minimal}`, `whole seed: ${replay.seed}`)
  else lines.push(`replay: ${replay.seed}`)
  return lines.map((text) => `  ${printableLine(text)}`).join('\n')
}

function nodeLines({ minimal }: SeedFailure): string[] {
  const nodes = minimal?.plan.nodes
  return nodes === undefined || minimal === undefined ? [] : [`minimal nodes, ${nodes} of ${minimal.nodesBefore}`]
}

function faultLines({ minimal, run, plan }: SeedFailure): string[] {
  if (minimal !== undefined) {
    if (minimal.faultsBefore === 0) return []
    const { faults } = minimal.run
    const count = `${groupThousands(faults.length)} of ${groupThousands(minimal.faultsBefore)}`
    if (faults.length === 0)
      return [`minimal faults, none of ${groupThousands(minimal.faultsBefore)}${calmly(minimal)}`]
    return [`minimal faults, ${count}:`, ...faults.slice(0, shownSteps).map(faultLine), ...more(faults.length)]
  }
  if (run === undefined || run.faults.length === 0) return []
  if (plan?.faults !== undefined) {
    const { faults } = run
    return [
      `faults of the plan, ${faults.length}:`,
      ...faults.slice(0, shownSteps).map(faultLine),
      ...more(faults.length),
    ]
  }
  const shown = run.faults.slice(-shownLast)
  return [`last faults, ${shown.length} of ${groupThousands(run.faults.length)}:`, ...shown.map(faultLine)]
}

/** What was seen when the seed ran in a calm and orderly world. */
function calmly({ calm, plan }: Shrunk): string {
  switch (calm) {
    case 'seed fails':
      return ': it fails without any'
    case 'plan fails':
      return plan.operations === undefined ? ': the plan needs none' : ': the operations below do it alone'
    case 'passes':
      return ', and calm it passes: what else the chaos draws does it (the workload, what a crash leaves on a disk)'
    case undefined:
      return ''
  }
}

function workloadLines({ minimal, run, plan }: SeedFailure): string[] {
  const operations = minimal?.plan.operations ?? run?.operations ?? []
  if (operations.length === 0) return []
  const count = groupThousands(operations.length)
  const line = (one: PlannedOperation): string => `  ${formatMillis(one.at)}  ${describeOperation(one)}`
  const whole = [...operations.slice(0, shownSteps).map(line), ...more(operations.length)]
  if (minimal?.plan.operations !== undefined)
    return [`minimal workload, ${count} of ${groupThousands(minimal.operationsBefore)}:`, ...whole]
  if (plan?.operations !== undefined) return [`workload of the plan, ${count}:`, ...whole]
  const shown = operations.slice(-shownLast)
  return [`last of the workload, ${shown.length} of ${count}:`, ...shown.map(line)]
}

/** A plan that may not be the smallest does not pass for one. */
function shortcutLines({ minimal }: SeedFailure): string[] {
  if (minimal?.cutShort === undefined) return []
  const why = minimal.cutShort === 'budget' ? 'used up its budget (option shrink)' : 'was interrupted'
  return [`shrinking ${why} after ${groupThousands(minimal.runs)} runs: a smaller plan may fail, too`]
}

function faultLine({ time, text }: Fault): string {
  return `  ${formatMillis(time)}  ${text}`
}

function more(count: number): string[] {
  return count > shownSteps ? [`  and ${groupThousands(count - shownSteps)} more`] : []
}

/** The message for sites that had to be reached and were not. */
export function missedText(
  missed: readonly SiteResult[],
  iterations: number,
  where: (site: SiteResult) => string,
): string {
  const lines = missed.map((site) => {
    const { misses, watermark, bound } = site
    const closest = watermark === undefined ? '' : `, closest ${watermark}, wanted ${bound}`
    const seen = misses === 0 ? 'never evaluated' : `false ${groupThousands(misses)}×${closest}`
    return `  never: ${printableLine(site.name)} (${seen})${where(site)}`
  })
  return `${missed.length} of the required ${missed.length === 1 ? 'sites was' : 'sites were'} never reached in ${groupThousands(iterations)} iterations:\n${lines.join('\n')}`
}
