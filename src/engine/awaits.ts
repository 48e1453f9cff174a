import { createHook, type AsyncHook } from 'node:async_hooks'
import { inspect } from 'node:util'
import { current } from './current.ts'
import type { Engine } from './engine.ts'
import { formatMillis } from './format.ts'
import { isOurFrame, userFrames } from './stack.ts'

/** One promise as it was made: also that of an `await` or `then`, whose trigger is what is waited for. */
interface Made {
  readonly promise: WeakRef<object>
  readonly trigger: number
  readonly owner: string
  /** Virtual time, µs. */
  readonly since: number
  readonly at: { readonly stack?: string }
}

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

/** Longest list of awaits in a message. */
const shownAwaits = 10

/** Lines from the await outwards. */
const shownFrames = 3

/** Frames of a promise hook, its own ones included. */
const framesKept = 25

/**
 * Follows every promise of a run, to say at its end at which line somebody waits for one that nobody settles: a lock, an
 * event that never comes. Only in recorded runs, because it makes each promise ten times slower.
 */
export class Awaits {
  private readonly engine: Engine
  /** Virtual time, µs, after which promises are not followed any more. */
  private readonly until: number
  private readonly made = new Map<number, Made>()
  private readonly hook: AsyncHook
  private following = true

  constructor(engine: Engine, until: number) {
    this.engine = engine
    this.until = until
    this.hook = createHook({
      init: (id, type, trigger, resource) => {
        if (type === 'PROMISE') this.add(id, trigger, resource)
      },
      before: (id) => void this.made.delete(id),
      promiseResolve: (id) => void this.made.delete(id),
    }).enable()
  }

  /** Follows no new promise. */
  stop(): void {
    this.following = false
    this.hook.disable()
  }

  /** Who waits, those who have waited longest first; those of the test before all others. */
  waiting(): Await[] {
    const found = new Map<string, Await>()
    for (const { trigger, owner, since, at } of this.made.values()) {
      const source = this.made.get(trigger)
      // Only the innermost: who waits for an async function, or for Promise.all, waits for what that waits for.
      if (source === undefined || !isMadeByHand(source) || !isPending(source.promise.deref())) continue
      const own = userFrames(at.stack ?? '')
      const frames = own.length > 0 ? own : userFrames(source.at.stack ?? '')
      if (frames.length === 0) continue
      const key = `${owner} ${frames[0]}`
      const known = found.get(key)
      if (known === undefined) found.set(key, { owner, since, frames, count: 1 })
      else known.count++
    }
    const isTest = ({ owner }: Await): number => (owner === this.engine.test.id ? 0 : 1)
    return [...found.values()].sort((a, b) => isTest(a) - isTest(b) || a.since - b.since)
  }

  private add(id: number, trigger: number, promise: object): void {
    const { engine, made } = this
    if (!this.following || current.engine !== engine) return
    if (engine.now > this.until) return this.stop()
    const at: { stack?: string } = {}
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = framesKept
    Error.captureStackTrace(at)
    Error.stackTraceLimit = limit
    made.set(id, { promise: new WeakRef(promise), trigger, owner: engine.owner.id, since: engine.now, at })
  }
}

/** True for `new Promise(…)` and `Promise.withResolvers()` of the code under test. */
function isMadeByHand({ at }: Made): boolean {
  const lines = (at.stack ?? '').split('\n')
  const maker = lines.findIndex((line) => /^\s+at (?:new Promise |(?:Function|Promise)\.withResolvers )/.test(line))
  if (maker < 0) return false
  // Between the promise and its maker there is nothing but the hook.
  const inner = lines.slice(1, maker).every((line) => isOurFrame(line) || line.includes('(node:internal/async_hooks'))
  return inner && !isOurFrame(lines[maker + 1] ?? '')
}

/** A promise that has been collected settles no more either. */
function isPending(promise: object | undefined): boolean {
  return promise === undefined || inspect(promise, { depth: 0, customInspect: false }).includes('<pending>')
}

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
