import type { Failure } from '../engine/failure.ts'
import { formatMillis } from '../engine/format.ts'
import type { IterationResult } from './verdict.ts'

/** Why one seed may run in two ways. */
export const likelyReasons =
  'likely reasons: state outside the test body that survives an iteration (module variables, caches, mocks), or a real ' +
  'source of randomness, time or I/O that is not simulated'

/** The failure for one seed that ran differently: names the first event at which two recorded runs part. */
export function compareRuns(one: IterationResult, two: IterationResult, was: Failure | undefined): Failure {
  const at = one.trace === undefined || two.trace === undefined ? undefined : one.trace.firstDifference(two.trace)
  const first = was === undefined ? '' : `\nthe first run failed with ${was.kind}: ${was.message}`
  const message = `the same seed ran differently: ${difference(one, two, at)}\n${likelyReasons}${first}`
  // The line of the error that was found first.
  const stack = was?.stack
  const base = { kind: 'Nondeterminism', name: 'same seed, different run', message, stack, owner: 'test' } as const
  return { ...base, time: one.time, event: at ?? one.events }
}

/** Says how a seed failed in another way when it was run again; `again` and `third` are recorded. */
export function describeDifference(now: Failure, again: IterationResult, third: IterationResult): string {
  const at =
    again.trace === undefined || third.trace === undefined ? undefined : again.trace.firstDifference(third.trace)
  const how = `run again, it failed with ${now.kind}: ${now.message}`
  return `Nondeterminism: the same seed ran differently: ${how}; ${difference(again, third, at)}\n${likelyReasons}`
}

function difference(one: IterationResult, two: IterationResult, at: number | undefined): string {
  if (at === undefined) {
    if (one.digest !== two.digest) return 'the events are the same but the random draws are not'
    return 'a run differed from the first one, later runs agree: the first run left something behind'
  }
  return `first differing event is ${at}:\n  one run: ${line(one, at)}\n  another: ${line(two, at)}`
}

function line(run: IterationResult, event: number): string {
  const entry = run.trace?.at(event)
  if (entry === undefined) return event > run.events ? 'it had ended' : 'not kept in the trace'
  return `${formatMillis(entry.time)} ${entry.kind} ${entry.text} (${entry.owner})`.replace(/ +/g, ' ')
}
