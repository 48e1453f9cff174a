import { formatMillis } from './format.ts'

/** Somebody who waits for a promise of the code under test that nothing has settled. */
export interface Await {
  readonly owner: string
  /** Virtual time, µs. */
  readonly since: number
  /** The user's lines, the innermost first. */
  readonly frames: readonly string[]
  /** How many wait at that line. */
  count: number
}

/** What a recorded run knows of promises that nobody settles; see FollowedPromises. */
export interface Awaits {
  /** Who waits, those who have waited longest first; those of the test before all others. */
  waiting(): Await[]
  /** Follows no new promise. */
  stop(): void
}

/** Longest list of awaits in a message. */
const shownAwaits = 10

/** Lines from the await outwards. */
const shownFrames = 3

/** One line for each, on a line of its own; empty when nobody waits. */
export function describeAwaits(awaits: readonly Await[]): string {
  const shown = awaits.slice(0, shownAwaits).map(({ owner, since, frames, count }) => {
    const often = count > 1 ? `, ${count}×` : ''
    return `\n  ${owner} awaits a promise that nothing has settled, since ${formatMillis(since)}${often} (${frames
      .slice(0, shownFrames)
      .map((frame) => frame.trim())
      .join(' ← ')})`
  })
  const more = awaits.length > shownAwaits ? `\n  and ${awaits.length - shownAwaits} more awaits` : ''
  return shown.join('') + more
}
