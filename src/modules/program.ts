import type { Adapter } from './adapters.ts'

/** What a module exports, by name: an object without prototype, or what a package in CommonJS has made of it. */
export type Namespace = Record<PropertyKey, unknown>

/** What the body of an ES module is called with. */
export interface ModuleContext {
  readonly exports: Namespace
  readonly meta: object
  /** A static import; a promise where the module waits for its imports. */
  import(specifier: string): Namespace | Promise<Namespace>
  dynamicImport(specifier: unknown): Promise<Namespace>
  exportName(name: string, get: () => unknown): void
  exportAll(from: Namespace): void
  /** The graph's `require` for a file. */
  requireAt(file: string): NodeJS.Require
}

/** Where an import leads. */
export interface ModuleImport {
  readonly program: Program
  /** Changes what the importer sees of it, as the importer's host does it. */
  readonly view?: ((namespace: Namespace) => Namespace) | undefined
}

/** The same in every graph: a builtin, a mock, what was left out on purpose. */
export interface SharedProgram {
  readonly kind: 'shared'
  readonly id: string
  readonly namespace: Namespace
}

/** An ES module. */
export interface EsProgram {
  readonly kind: 'module'
  readonly id: string
  /** By specifier, as it stands in the text. Filled when everything is loaded. */
  readonly imports: Map<string, ModuleImport>
  /** Why a specifier leads nowhere. */
  readonly failed: Map<string, unknown>
  /** The specifiers of static imports: those that are evaluated before. */
  readonly needs: Set<string>
  /** Its text has an `await` outside every function. */
  readonly hasAwait: boolean
  createMeta(): object
  /** The body as a function that runs to its end, or, with `waits`, that awaits each import. */
  body(waits: boolean): (context: ModuleContext) => unknown
  /** Finds the target of a specifier that is not in `imports`: one that is made up in the middle of a run. */
  find(specifier: string): Promise<ModuleImport>
}

/** A CommonJS file. */
export interface CommonJsProgram {
  readonly kind: 'commonjs'
  /** Absolute path. */
  readonly id: string
  readonly call: (this: unknown, ...args: unknown[]) => void
  readonly adapter: Adapter | undefined
  /** What its text requires by a name that is written out. */
  readonly requires: readonly string[]
  /** What `require` found, by specifier. */
  readonly found: Map<string, string>
  readonly resolve: NodeJS.RequireResolve
}

export interface JsonProgram {
  readonly kind: 'json'
  readonly id: string
  readonly text: string
}

/** A module that was compiled once and can be evaluated any number of times. */
export type Program = SharedProgram | EsProgram | CommonJsProgram | JsonProgram
