import { createHook, type AsyncHook } from 'node:async_hooks'
import { inspect } from 'node:util'
import type { Await, Awaits } from './awaits.ts'
import { current } from './current.ts'
import type { Engine } from './engine.ts'
import { type Place, isOurFrame, placeHere, userFrames } from './stack.ts'

/** One promise as it was made: also that of an `await` or `then`, whose trigger is what is waited for. */
interface Made {
  readonly promise: WeakRef<object>
  readonly trigger: number
  readonly owner: string
  /** Virtual time, µs. */
  readonly since: number
  readonly at: Place
}

/**
 * Follows every promise of a run, to say at its end at which line somebody waits for one that nobody settles: a lock, an
 * event that never comes. Only in recorded runs, because it makes each promise ten times slower.
 */
export class FollowedPromises implements Awaits {
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

  stop(): void {
    this.following = false
    this.hook.disable()
  }

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
    const at = placeHere()
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
