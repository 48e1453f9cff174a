import { relative } from 'node:path'
import type { ModuleMode } from '../../../src/modules/module-mode.ts'
import { type LoadedModules, SeedModules } from '../../../src/modules/seed-modules.ts'
import type { ModuleSuspects } from '../../../src/runner/blame.ts'
import { loadModules } from './load.ts'
import { opened } from './views.ts'

/** The modules of a test file, to find out which of them keeps state; undefined: its imports cannot be led anywhere else. */
export async function suspectsOf(
  file: string,
  mode: ModuleMode,
  loaded: LoadedModules | undefined,
): Promise<ModuleSuspects | undefined> {
  if (!opened.namespaces.has(file.replaceAll('\\', '/'))) return undefined
  const modules = loaded ?? (await loadModules(file))
  const evaluated = await modules.evaluated()
  const nameOf = (id: string): string => relative(process.cwd(), id.replace(/[?#].*$/, '')).replaceAll('\\', '/')
  return {
    testFile: nameOf(file),
    names: evaluated.map(({ id }) => nameOf(id)),
    isShared: mode === 'shared',
    share: (count) => {
      const shared = new Map(evaluated.slice(0, count).map(({ program, namespace }) => [program, namespace]))
      return new SeedModules(modules, mode === 'shared' ? 'seed' : mode, shared)
    },
  }
}
