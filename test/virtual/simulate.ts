import { current } from '../../src/engine/current.ts'
import { Engine } from '../../src/engine/engine.ts'
import { EventKind } from '../../src/engine/event.ts'
import { resolveLimits } from '../../src/engine/limits.ts'
import { Owner } from '../../src/engine/owner.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { real } from '../../src/virtual/real.ts'

// The plugin's setup file does this; here it makes the tests independent of the plugin.
installVirtualGlobals()

export interface Outcome<T> {
  value: T
  engine: Engine
  digest: string
}

/**
 * Runs `body` inside a bare engine until it settles: the least that the virtual globals need.
 *
 * Rejects with what the body threw or the engine recorded, and when nothing can run any more.
 */
export function simulate<T>(body: (engine: Engine) => T | Promise<T>, seed = 42): Promise<Outcome<T>> {
  installVirtualGlobals()
  const engine = new Engine(seed, resolveLimits({ virtualMs: 2 ** 40 }))
  return new Promise((resolve, reject) => {
    let settled: (() => void) | undefined
    const start = async (): Promise<void> => {
      try {
        const value = await body(engine)
        settled = () => resolve({ value, engine, digest: engine.digest() })
      } catch (error) {
        settled = () => reject(error as Error)
      }
    }
    engine.schedule<unknown>(0, EventKind.start, 'start', () => void start(), undefined)
    real.setImmediate(() => {
      current.engine = engine
      while (settled === undefined && engine.failure === undefined && engine.step()) real.tickCallback?.()
      current.engine = undefined
      if (engine.failure !== undefined) reject(engine.failure.error ?? new Error(engine.failure.message))
      else if (settled !== undefined) settled()
      else reject(new Error('deadlock'))
    })
  })
}

/** Runs `body` on behalf of a new owner and answers what it answers. */
export function asOwner<T>(engine: Engine, id: string, body: () => T | Promise<T>): Promise<T> {
  const owner = new Owner(id)
  return new Promise((resolve, reject) => {
    const run = (): void => void Promise.resolve(body()).then(resolve, reject)
    engine.scheduleAt<unknown>(engine.now, EventKind.start, 0, owner, run, undefined)
  })
}
