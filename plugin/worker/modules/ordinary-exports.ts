import { current } from '../../../src/engine/current.ts'
import type { Namespace } from '../../../src/modules/program.ts'

/** The exports objects that have been changed. */
const changed = new WeakSet<Namespace>()

/**
 * Lets whoever holds an ordinary module see the one of the iteration under way in its place.
 *
 * A test file looks its imports up anew by itself. This is for functions of helpers that it took from their module while
 * it was evaluated (a scenario, a table of operations): they run in every iteration, and import other modules.
 */
export function followIterations(exports: Namespace): void {
  if (changed.has(exports)) return
  changed.add(exports)
  for (const name of Object.keys(exports)) {
    const descriptor = Object.getOwnPropertyDescriptor(exports, name)
    if (descriptor?.configurable !== true) continue
    const own = descriptor.get ?? (() => descriptor.value as unknown)
    const get = (): unknown => {
      const { modules } = current
      const seen = modules === undefined ? exports : modules.seen(modules.present, exports)
      return seen === exports ? own.call(exports) : seen[name]
    }
    const { enumerable = true, writable } = descriptor
    const set = (value: unknown): void => {
      Object.defineProperty(exports, name, { configurable: true, enumerable, writable: true, value })
    }
    Object.defineProperty(exports, name, {
      configurable: true,
      enumerable,
      get,
      set: writable === true ? set : undefined,
    })
  }
}
