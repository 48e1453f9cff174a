import type { LoadedModules, OrdinaryModule } from '../../../src/modules/seed-modules.ts'
import type { ModuleImport, Namespace } from '../../../src/modules/program.ts'
import { guardGlobals } from './definitions.ts'
import { specifiersIn } from './compile.ts'
import { type HostModule, type HostRunner, hostRunner, unknownHost, watchMocks } from './host-runner.ts'
import { isSharedFile } from './shared-files.ts'
import { followIterations } from './ordinary-exports.ts'
import { Programs, fromModule } from './programs.ts'
import { type Importer, linkClasses, opened } from './views.ts'

/**
 * Loads, for real and before anything is simulated, what the simulations of a test file evaluate anew: every module that
 * it imports, with what those import.
 *
 * @throws SimulationError (UNKNOWN_HOST) when this Vitest does not say what it has loaded
 */
export async function loadModules(file: string): Promise<LoadedModules> {
  const path = file.replaceAll('\\', '/')
  const runner = hostRunner()
  guardGlobals()
  const test = moduleOf(runner, path)
  if (test === undefined) throw unknownHost(`module for ${path}`)
  const programs = new Programs(runner)
  const hasNewMocks = watchMocks(runner)
  const ordinary = new Map<Namespace, HostModule>()
  for (const module of runner.evaluatedModules.idToModuleMap.values()) {
    if (module.exports !== undefined) ordinary.set(module.exports, module)
  }
  const imports = new Map<Namespace, ModuleImport>()
  const used = modulesOf(runner, test)
  for (const module of used) {
    if (module === test || module.exports === undefined) continue
    const target = await programs.of(module)
    if (target.program.kind !== 'module' || target.view !== undefined) continue
    imports.set(module.exports, target)
    followIterations(module.exports)
  }
  for (const user of used) {
    const userPath = pathOf(user)
    if (user !== test && !opened.namespaces.has(userPath)) continue
    for (const namespace of opened.namespaces.get(userPath) ?? []) {
      const module = ordinary.get(namespace())
      // What is in no module is a mock.
      if (module !== undefined) imports.set(namespace(), await programs.of(module))
    }
    opened.importers.set(userPath, { ...(await importerOf(programs, user)), hasNewMocks })
  }
  await programs.loaded()
  const entries = (opened.namespaces.get(path) ?? []).flatMap((namespace) => imports.get(namespace()) ?? [])
  return {
    entries: entries.filter(({ program }) => program.kind !== 'shared'),
    importOf: (namespace) => imports.get(namespace),
    newGraph: (shared) => programs.newGraph(shared),
    evaluated: () => evaluatedOf(programs, runner, test),
    link: () => linkClasses(path),
    setups: opened.setups.get(path)?.statements ?? [],
  }
}

/** What the test file imports, directly or not, and is evaluated anew: each after those that it imports. */
async function evaluatedOf(programs: Programs, runner: HostRunner, test: HostModule): Promise<OrdinaryModule[]> {
  const ordered = new Set<HostModule>()
  const seen = new Set<HostModule>()
  const visit = (module: HostModule): void => {
    if (seen.has(module)) return
    seen.add(module)
    for (const id of module.imports) {
      const next = runner.evaluatedModules.getModuleById(id)
      if (next !== undefined && !isSharedFile(pathOf(next))) visit(next)
    }
    ordered.add(module)
  }
  visit(test)
  ordered.delete(test)
  const found: OrdinaryModule[] = []
  for (const module of ordered) {
    if (module.exports === undefined) continue
    const { program } = await programs.of(module)
    if (program.kind !== 'shared') found.push({ id: module.id, program, namespace: module.exports })
  }
  return found
}

/** What `import(…)` in a test file leads to, as far as it is written out. */
async function importerOf(programs: Programs, user: HostModule): Promise<Omit<Importer, 'hasNewMocks'>> {
  const imports = new Map<string, ModuleImport>()
  const { meta } = user
  const from = pathOf(user)
  if (meta !== undefined && 'code' in meta) {
    for (const specifier of specifiersIn(meta.code).mayNeed) {
      // Whoever imports it in a run is told that there is no such module.
      const target = await programs.at(fromModule(user, specifier), from).catch(() => undefined)
      if (target !== undefined) imports.set(specifier, target)
    }
  }
  const find = async (specifier: string): Promise<ModuleImport> => {
    const target = await programs.at(fromModule(user, specifier), from)
    await programs.loaded()
    return target
  }
  return { imports, find }
}

/** The test file, and the modules that it imports, directly or not. */
function modulesOf(runner: HostRunner, test: HostModule): ReadonlySet<HostModule> {
  const found = new Set([test])
  for (const { imports } of found) {
    for (const id of imports) {
      const module = runner.evaluatedModules.getModuleById(id)
      if (module !== undefined) found.add(module)
    }
  }
  return found
}

function moduleOf(runner: HostRunner, path: string): HostModule | undefined {
  const known = runner.evaluatedModules.getModuleById(path)
  if (known !== undefined) return known
  return [...runner.evaluatedModules.idToModuleMap.values()].find((module) => pathOf(module) === path)
}

function pathOf({ id }: HostModule): string {
  return id.replace(/[?#].*$/, '')
}
