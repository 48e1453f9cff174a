import { basename, dirname, relative, resolve } from 'node:path'

/** Names under which Vitest finds a configuration by itself, the first that exists. */
const found = /^(?:vitest|vite)\.config\.[cm]?[jt]s$/

/**
 * What a command needs so that it runs with the configuration of this run: '--config examples/vitest.config.ts'; empty
 * when `vitest` in this folder does so by itself.
 */
export function configurationArguments(configFile: string | undefined | false, root: string, cwd: string): string[] {
  const args: string[] = []
  const here = (path: string): string => relative(cwd, path).replaceAll('\\', '/') || '.'
  const isElsewhere = resolve(root) !== resolve(cwd)
  if (isElsewhere) args.push('--root', here(root))
  if (typeof configFile !== 'string') return args
  if (!found.test(basename(configFile)) || resolve(dirname(configFile)) !== resolve(root)) {
    // Vitest looks for it from the root.
    args.push('--config', isElsewhere ? resolve(configFile).replaceAll('\\', '/') : here(configFile))
  }
  return args
}
