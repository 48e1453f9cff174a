import { formatMillis, groupThousands } from './format.ts'
import type { Limits } from './limits.ts'

/** A limit that an iteration has exceeded. */
export interface Exceeded {
  readonly limit: keyof Limits
  /** What the option says. */
  readonly bound: number
  /** Virtual time, µs. */
  readonly now: number
}

/** `waitsSince`: the test body has waited since then, virtual µs, for what nobody settles. */
export function exceededText({ limit, bound, now }: Exceeded, cause: string, waitsSince: number | undefined): string {
  const why =
    waitsSince === undefined
      ? cause
      : `the test body has waited since ${formatMillis(waitsSince)} for what does not come, while something else repeats`
  return (
    `limit ${limit} of ${groupThousands(bound)} exceeded at ${formatMillis(now)} virtual; ` +
    `the likely cause: ${why}; raise it with limits: { ${limit}: … }`
  )
}

/** The body has waited although other things went on; what it waits for comes after this text. */
export function outlastedText({ limit, bound, now }: Exceeded, since: number): string {
  return (
    `the test body has waited since ${formatMillis(since)} virtual for what does not come, although other things ` +
    `went on until the limit ${limit} of ${groupThousands(bound)} at ${formatMillis(now)}; waiting:`
  )
}

/** Virtual time does not advance; `owners`: who ran last and who is next. */
export function livelockText(bound: number, now: number, owners: readonly string[]): string {
  return (
    `${groupThousands(bound)} events at ${formatMillis(now)} virtual and time does not advance; last by ` +
    `${[...new Set(owners)].join(', ')}; the likely cause: a timer of 0 ms or an immediate that re-arms itself; ` +
    `raise it with limits: { eventsPerInstant: … }`
  )
}

/** What is said of a body that waits, and nobody knows what for. */
export const bodyWaits =
  '\n  the test body: a promise that no event of the simulation settles (a real timer, file, socket or import, ' +
  'or a promise that is never resolved)'
