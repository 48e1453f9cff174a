/** Changes a file of a package that keeps state where no module graph can reach it. */
export interface Adapter {
  readonly file: RegExp
  /** Runs the file; `module.exports` may be changed before anybody else sees it. */
  run(evaluate: () => void, module: { exports: unknown; readonly require: NodeJS.Require }): void
}

const adapters: Adapter[] = []

/** For files that are loaded from now on. */
export function adapt(adapter: Adapter): void {
  adapters.push(adapter)
}

export function adapterOf(path: string): Adapter | undefined {
  return adapters.find(({ file }) => file.test(path))
}
