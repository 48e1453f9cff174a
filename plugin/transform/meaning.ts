import type { SyntaxNode } from './syntax.ts'

/** What an expression is to this plugin. */
export type Meaning =
  /** Calling it defines a test: `simulation`, `simulation.test.skip`, `mine.each(cases)`. */
  | ApiMeaning
  /** Calling it gives something that defines tests. */
  | { readonly kind: 'cases' | 'condition' | 'with'; readonly of: ApiMeaning }
  /** Calling it evaluates an assertion or a buggify site. */
  | { readonly kind: 'site'; readonly name: string }
  /** `import * as name`, or an object; `of` is missing for this package itself. */
  | { readonly kind: 'namespace'; readonly of?: Exports }

/** What each export of a module is. */
export type Exports = (name: string, depth: number) => Meaning | undefined

/** The modules that lead to this package, by the source that an import names. */
export type Links = ReadonlyMap<string, Exports>

export interface ApiMeaning {
  readonly kind: 'api'
  /** skip, only, todo, concurrent: what a static collector reads from the chain. */
  readonly modifiers: readonly string[]
  /** Options given to `.with(…)`. */
  readonly options: readonly SyntaxNode[]
  /** After `.each(…)` or `.for(…)`. */
  readonly dynamic: boolean
  /** True when Vitest's static collection recognises the name by itself. */
  readonly visible: boolean
}
