import { runInThisContext, Script } from 'node:vm'
import type { ModuleContext } from '../../../src/modules/program.ts'

type Body = (...args: unknown[]) => unknown

/** A body of a module, compiled when it is first needed. */
export interface CompiledBody {
  readonly hasAwait: boolean
  body(waits: boolean): Body
}

/** Names of the functions and objects that Vite's transform puts in place of `import`, `export` and `import.meta`. */
export const viteNames = [
  '__vite_ssr_exports__',
  '__vite_ssr_import_meta__',
  '__vite_ssr_import__',
  '__vite_ssr_dynamic_import__',
  '__vite_ssr_exportAll__',
  '__vite_ssr_exportName__',
]

/** The same values for one evaluation. */
export const viteValues = (context: ModuleContext): unknown[] => [
  context.exports,
  context.meta,
  context.import,
  context.dynamicImport,
  context.exportAll,
  context.exportName,
]

const awaitedImport = /\bawait (?=__vite_ssr_import__\()/g

/**
 * Compiles what Vite's transform has made of an ES module.
 *
 * The text keeps its offsets, and has the wrapper that Vitest puts around it: source maps, breakpoints and coverage
 * find the lines of the file in either script.
 */
export function compileModule(code: string, filename: string, names: readonly string[]): CompiledBody {
  const inOneGo = code.replace(awaitedImport, '      ')
  const bodies: { waiting?: Body; running?: Body } = {}
  const compile = (keyword: string, text: string): Body => {
    const start = `'use strict';${keyword} (${names.join(',')})=>{{`
    return runInThisContext(`${start}${text}\n}}`, { filename, columnOffset: -start.length }) as Body
  }
  return {
    hasAwait: hasAwait(inOneGo),
    body: (waits) =>
      waits ? (bodies.waiting ??= compile('async', code)) : (bodies.running ??= compile('     ', inOneGo)),
  }
}

/** True when there is an `await` outside every function: in a static block that is an error of syntax, whatever follows. */
function hasAwait(text: string): boolean {
  if (!/\bawait\b/.test(text)) return false
  try {
    new Script(`'use strict';class A{static{${text}\n}}`)
    return false
  } catch {
    return true
  }
}

const imported = /\b__vite_ssr_(dynamic_)?import__\(\s*("(?:[^"\\\n]|\\.)*")/g

/** The specifiers in a transformed text that are written out: of static imports, and of `import(…)`. */
export function specifiersIn(code: string): { readonly needs: Set<string>; readonly mayNeed: Set<string> } {
  const needs = new Set<string>()
  const mayNeed = new Set<string>()
  for (const [, dynamic, literal = '""'] of code.matchAll(imported)) {
    ;(dynamic === undefined ? needs : mayNeed).add(JSON.parse(literal) as string)
  }
  return { needs, mayNeed }
}
