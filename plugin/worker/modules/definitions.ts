import * as vitest from 'vitest'
import { evaluating } from '../../../src/modules/evaluating.ts'
import type { Namespace } from '../../../src/modules/program.ts'

type AnyFunction = (...args: unknown[]) => unknown

/** What defines tests and hooks; the second ones only make something that does. */
const defining = [
  'describe',
  'suite',
  'test',
  'it',
  'bench',
  'beforeAll',
  'afterAll',
  'beforeEach',
  'afterEach',
  'aroundEach',
  'aroundAll',
]
const making = new Set<PropertyKey>([
  'each',
  'for',
  'extend',
  'override',
  'scoped',
  'skipIf',
  'runIf',
  'bind',
  'call',
  'apply',
])

/** The same function, which defines nothing while the modules of an iteration are evaluated. */
function inert(original: AnyFunction, makes = false): AnyFunction {
  return new Proxy(original, {
    get: (target, key, receiver) => {
      const value: unknown = Reflect.get(target, key, receiver)
      return typeof value === 'function' ? inert(value as AnyFunction, making.has(key)) : value
    },
    apply: (target, self: unknown, args: unknown[]) => {
      if (!makes) return evaluating.depth > 0 ? undefined : target.apply(self, args)
      const made = target.apply(self, args)
      return typeof made === 'function' ? inert(made as AnyFunction) : made
    },
  })
}

const all = vitest as unknown as Record<string, unknown>
const definitions = new Map(
  defining.flatMap((name) =>
    typeof all[name] === 'function' ? [[name, inert(all[name] as AnyFunction)] as const] : [],
  ),
)

/**
 * Vitest as modules of an iteration see it: a helper that defines hooks or tests when it is evaluated has done so for the
 * ordinary module.
 */
export const vitestForModules: Namespace = Object.defineProperties(Object.create(null) as Namespace, {
  ...Object.fromEntries(
    Object.keys(all).map((name) => [name, { enumerable: true, get: () => definitions.get(name) ?? all[name] }]),
  ),
  [Symbol.toStringTag]: { value: 'Module' },
})

/** True for the namespace of Vitest itself. */
export function isVitest(namespace: Namespace): boolean {
  return (namespace as object) === vitest
}

/** The same for those that are globals (`globals: true`). */
export function guardGlobals(): void {
  const globals = globalThis as unknown as Record<string, unknown>
  for (const [name, guarded] of definitions) if (globals[name] === all[name]) globals[name] = guarded
}
