/** An ES module that Vitest leaves to Node, as the main process describes it to a worker. */
export interface NodeModule {
  readonly kind: 'module' | 'commonjs' | 'json' | 'other'
  /** The text after Vite's transform; for ES modules only. */
  readonly code?: string
  /** The file or builtin that each specifier leads to, for ES modules. */
  readonly imports?: Readonly<Record<string, string>>
}

/** By absolute path: a file and all that it imports. */
export type NodeModules = Readonly<Record<string, NodeModule>>

/** The id under which a worker asks for them: a file, and the conditions under which Node resolves its imports. */
export const nodeModulesId = {
  prefix: 'virtual:vitest-simulation/node-modules/',
  of(path: string, conditions: readonly string[]): string {
    // Encoded whole: Vitest leaves what has `/node_modules/` in its id to Node.
    return this.prefix + Buffer.from(JSON.stringify({ path, conditions })).toString('base64url')
  },
  read(id: string): { readonly path: string; readonly conditions: readonly string[] } {
    const text = Buffer.from(id.slice(this.prefix.length), 'base64url').toString()
    return JSON.parse(text) as { path: string; conditions: string[] }
  },
}
