import { current } from '../../engine/current.ts'
import { isLoadingGlobal } from '../lazy-globals.ts'
import { replaceFunction } from '../replace.ts'

/** Done at once, as `new WebAssembly.Module` and `new WebAssembly.Instance` do it. */
export const webAssemblyFunctions = ['compile', 'instantiate'] as const

/** Done for real while virtual time stands still. */
export const webAssemblyStreams = ['compileStreaming', 'instantiateStreaming'] as const

type AnyFunction = (...args: unknown[]) => unknown

interface Classes {
  readonly Module: new (bytes: unknown) => object
  readonly Instance: new (module: object, imports?: unknown) => object
}

const { WebAssembly } = globalThis as unknown as { WebAssembly: Classes }

const synchronously: Record<(typeof webAssemblyFunctions)[number], (source: unknown, imports?: unknown) => object> = {
  compile: (source) => new WebAssembly.Module(source),
  instantiate: (source, imports) => {
    if (source instanceof WebAssembly.Module) return new WebAssembly.Instance(source, imports)
    const module = new WebAssembly.Module(source)
    return { module, instance: new WebAssembly.Instance(module, imports) }
  },
}

export function installWebAssembly(): void {
  for (const key of webAssemblyFunctions) {
    replaceFunction<AnyFunction>(WebAssembly, key, (original) => {
      return async function (this: unknown, source: unknown, imports?: unknown): Promise<unknown> {
        // A call between two slices says nothing: Node's own loaders compile, too, whenever they like. What it loads while
        // a simulation runs must be there in this very event, for this seed and for all others.
        const isVirtual = current.engine !== undefined || isLoadingGlobal()
        return isVirtual ? synchronously[key](source, imports) : original.call(this, source, imports)
      }
    })
  }
  for (const key of webAssemblyStreams) {
    replaceFunction<AnyFunction>(WebAssembly, key, (original) => {
      return function (this: unknown, ...args: unknown[]): unknown {
        const { engine } = current
        if (engine === undefined) return original.apply(this, args)
        return engine.outside.wait(() => original.apply(this, args))
      }
    })
  }
}
