import { current } from '../../engine/current.ts'
import { replaceFunction } from '../replace.ts'

/** Done for real while virtual time stands still. */
export const webAssemblyFunctions = ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'] as const

export function installWebAssembly(): void {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: object }
  for (const key of webAssemblyFunctions) {
    replaceFunction<(...args: unknown[]) => unknown>(WebAssembly, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        // A call between two slices says nothing: Node's own loaders compile, too, whenever they like.
        const { engine } = current
        if (engine === undefined) return original.apply(this, args)
        return engine.outside.wait(() => original.apply(this, args))
      }
    })
  }
}
