import { formatMillis, groupThousands } from '../engine/format.ts'
import type { TraceEntry } from '../engine/trace.ts'
import type { SiteResult } from './check-simulation.ts'
import type { SeedFailure } from './examiner.ts'

/** Trace lines shown in a failure. */
const shownEvents = 8

/** Everything a failing seed says below the error's own message. The only place where this text is made. */
export function failureStory(failure: SeedFailure, planned: number | null, replay: string): string {
  const { failure: what, run } = failure
  const of = planned === null ? '' : ` of ${groupThousands(planned)}`
  const entry = run?.trace?.at(what.event)
  const during = entry === undefined ? '' : ` (${entry.kind} ${entry.text})`.replace(' )', ')')
  const lines = [
    `seed ${failure.seed} · iteration ${groupThousands(failure.iteration)}${of} · ${formatMillis(what.time)} virtual, ` +
      `event ${groupThousands(what.event)}${during} · by ${what.owner}`,
  ]
  if (!failure.chaos.startsWith('calm')) lines.push(`chaos ${failure.chaos}`)
  if (run !== undefined && run.faults.length > 0) {
    lines.push(`faults, ${Math.min(run.faults.length, shownEvents)} of ${groupThousands(run.faults.length)}:`)
    for (const fault of run.faults.slice(-shownEvents)) lines.push(`  ${formatMillis(fault.time)} ${fault.text}`)
  }
  const last = run?.trace?.kept.filter((line) => line.event <= what.event).slice(-shownEvents) ?? []
  if (last.length > 0) {
    lines.push('last events:')
    for (const one of last) lines.push(`  ${eventLine(one)}`)
  }
  lines.push(`replay: ${replay}`)
  return lines.map((text) => `  ${text}`).join('\n')
}

/** '412 ms  n1  deliver request increment #3, client → server'. */
export function eventLine({ time, owner, kind, text }: TraceEntry): string {
  return `${formatMillis(time)}  ${owner}  ${kind}${text === '' ? '' : ` ${text}`}`
}

/** The message for sites that had to be reached and were not. */
export function missedText(
  missed: readonly SiteResult[],
  iterations: number,
  where: (site: SiteResult) => string,
): string {
  const lines = missed.map((site) => {
    const seen = site.misses === 0 ? 'never evaluated' : `false ${groupThousands(site.misses)}×`
    return `  never: ${site.name} (${seen})${where(site)}`
  })
  return `${missed.length} of the required ${missed.length === 1 ? 'sites was' : 'sites were'} never reached in ${groupThousands(iterations)} iterations:\n${lines.join('\n')}`
}
