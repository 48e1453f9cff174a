import type { Namespace } from '../../../src/modules/program.ts'

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function')
}

/**
 * What a module sees of an external one that has a default export: its names, and those of the default.
 *
 * Vitest's rule (`interopDefault`, packages/vitest/src/runtime/moduleRunner/moduleEvaluator.ts, the same in 4.1 and 5.1).
 */
export function interop(namespace: Namespace): Namespace {
  let module = namespace
  let defaultExport = namespace['default'] as Namespace | undefined
  if (defaultExport !== undefined && !isPrimitive(defaultExport) && '__esModule' in defaultExport) {
    module = defaultExport
    if ('default' in defaultExport) defaultExport = defaultExport['default'] as Namespace
  }
  return new Proxy(module, {
    get: (target, name) => {
      if (name === 'default') return defaultExport
      return target[name] ?? defaultExport?.[name]
    },
    has: (target, name) => {
      if (name === 'default') return defaultExport !== undefined
      return name in target || (!isPrimitive(defaultExport) && name in (defaultExport as object))
    },
    getOwnPropertyDescriptor: (target, name) => {
      const descriptor = Reflect.getOwnPropertyDescriptor(target, name)
      if (descriptor !== undefined || name !== 'default' || defaultExport === undefined) return descriptor
      return { value: defaultExport, enumerable: true, configurable: true }
    },
  })
}
