import type { DataEntry } from '../engine/data-log.ts'
import type { Failure } from '../engine/failure.ts'
import { formatMillis } from '../engine/format.ts'
import { isSameError } from '../shrink/same-failure.ts'
import type { IterationResult } from '../world/iteration-result.ts'

/** Why one seed may run in two ways. */
export const likelyReasons =
  'likely reasons: state outside the test body that survives an iteration (module variables, caches, mocks), or a real ' +
  'source of randomness, time or I/O that is not simulated'

interface Circumstances {
  readonly was?: Failure
  readonly now?: Failure | undefined
  readonly before?: string
  readonly culprit: string
}

function reasons(culprit: string): string {
  return culprit === '' ? likelyReasons : `${likelyReasons}\n${culprit}`
}

/**
 * The failure for one seed that ran differently: names the first event or datum at which two recorded runs part.
 *
 * `was`: how the first run failed; `now`: how the second one did, when the first one passed; `before`: where these two part;
 * `culprit`: who is known to keep what differs, '' when nobody is.
 */
export function compareRuns(
  one: IterationResult,
  two: IterationResult,
  { was, now, before = '', culprit }: Circumstances,
): Failure {
  const parting = partingOf(one, two, before)
  const first = was === undefined ? '' : `\nthe first run failed with ${was.kind}: ${was.message}`
  const second = now === undefined ? '' : `\nthe first run passed, the second failed with ${now.kind}: ${now.message}`
  const message = `the same seed ran differently: ${parting.text}\n${reasons(culprit)}${first}${second}`
  // The line of the error that was found first.
  const stack = was?.stack ?? now?.stack
  const base = { kind: 'Nondeterminism', name: 'same seed, different run', message, stack, owner: 'test' } as const
  return { ...base, time: one.time, event: parting.event ?? one.events }
}

/** Says what data the first two runs did not have in common; '' when they had, or it is not known. */
export function firstDataParting(one: IterationResult, two: IterationResult): string {
  const data = two.data && one.data?.firstDifference(two.data)
  const entry = data?.[0] ?? data?.[1]
  return entry === undefined ? '' : `; it had other data at event ${entry.event}: ${entry.what}`
}

/** Says how a seed failed in another way when it was run again; `again` and `third` are recorded. */
export function describeDifference(
  now: Failure,
  again: IterationResult,
  third: IterationResult,
  culprit: string,
): string {
  const how = `run again, it failed with ${now.kind}: ${now.message}`
  return `Nondeterminism: the same seed ran differently: ${how}; ${partingOf(again, third).text}\n${reasons(culprit)}`
}

interface Parting {
  /** Undefined: at no event. */
  readonly event: number | undefined
  readonly text: string
}

/** Where two recorded runs part: whatever comes first. */
function partingOf(one: IterationResult, two: IterationResult, before = ''): Parting {
  const event = one.trace === undefined || two.trace === undefined ? undefined : one.trace.firstDifference(two.trace)
  const data = one.data === undefined || two.data === undefined ? undefined : one.data.firstDifference(two.data)
  const dataEvent = data === undefined ? Infinity : Math.min(data[0]?.event ?? Infinity, data[1]?.event ?? Infinity)
  if (data !== undefined && dataEvent < (event ?? Infinity)) {
    const text = `first differing data are of event ${dataEvent}:\n  one run: ${datum(data[0])}\n  another: ${datum(data[1])}`
    return { event: dataEvent, text }
  }
  if (event === undefined) return { event, text: withoutParting(one, two) + before }
  return {
    event,
    text: `first differing event is ${event}:\n  one run: ${line(one, event)}\n  another: ${line(two, event)}`,
  }
}

function withoutParting(one: IterationResult, two: IterationResult): string {
  if (one.digest !== two.digest) return 'the events are the same but the random draws are not'
  const [first, second] = [one.failure, two.failure]
  if (first !== undefined && second !== undefined && !isSameError(first, second)) {
    return `the events are the same but the failures are not:\n  one run: ${first.message}\n  another: ${second.message}`
  }
  return 'a run differed from the first one, later runs agree: the first run left something behind'
}

function datum(entry: DataEntry | undefined): string {
  return entry === undefined ? 'none' : `${entry.what} ${entry.text ?? '…'}`
}

function line(run: IterationResult, event: number): string {
  const entry = run.trace?.at(event)
  if (entry === undefined) return event > run.events ? 'it had ended' : 'not kept in the trace'
  return `${formatMillis(entry.time)} ${entry.kind} ${entry.text} (${entry.owner})`.replace(/ +/g, ' ')
}
