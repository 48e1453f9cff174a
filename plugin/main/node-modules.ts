import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { compileFunction } from 'node:vm'
import type { Vite } from 'vitest/node'
import { type NodeModule, type NodeModules, nodeModulesId } from '../options/node-modules.ts'
import { packageType } from '../transform/manifests.ts'
import { resolveModule } from './node-resolve.ts'

type Transform = Vite.ViteDevServer['ssrTransform']

/** How Node loads a file. */
async function kindOf(path: string): Promise<NodeModule['kind']> {
  if (path.endsWith('.mjs')) return 'module'
  if (path.endsWith('.cjs')) return 'commonjs'
  if (path.endsWith('.json')) return 'json'
  if (!path.endsWith('.js')) return 'other'
  const type = packageType(path)
  if (type !== undefined) return type
  return hasModuleSyntax(await readFile(path, 'utf8')) ? 'module' : 'commonjs'
}

/** Node's rule for packages that do not say what they are (on by default from 20.19 and 22.7). */
function hasModuleSyntax(text: string): boolean {
  if (!/\b(?:import|export)\b/.test(text)) return false
  try {
    compileFunction(text, ['exports', 'require', 'module', '__filename', '__dirname'])
    return false
  } catch {
    return true
  }
}

/**
 * Answers, in the main process, imports of `nodeModulesId(…)`: the ES modules that a file imports and Vitest leaves to Node,
 * as text that can be evaluated any number of times. Node's own loader evaluates a module once in a process.
 */
export function nodeModulesPlugin(name: string): Vite.Plugin {
  let transform: Transform | undefined
  const known = new Map<string, Promise<NodeModule | undefined>>()

  async function read(path: string, conditions: readonly string[]): Promise<NodeModule | undefined> {
    const kind = await kindOf(path)
    if (kind !== 'module') return { kind }
    const source = await readFile(path, 'utf8')
    const result = await transform?.(source, null, path, source)
    if (result === undefined || result === null) return undefined
    const imports: Record<string, string> = {}
    for (const specifier of [...(result.deps ?? []), ...(result.dynamicDeps ?? [])]) {
      const target = targetOf(specifier, path, conditions)
      if (target !== undefined) imports[specifier] = target
    }
    return { kind, code: result.code, imports }
  }

  async function closure(entry: string, conditions: readonly string[]): Promise<NodeModules> {
    const modules: Record<string, NodeModule> = {}
    const seen = new Set([entry])
    const visit = async (path: string): Promise<void> => {
      const key = `${path}\0${conditions.join()}`
      let reading = known.get(key)
      if (reading === undefined) known.set(key, (reading = read(path, conditions)))
      const module = await reading
      if (module === undefined) return
      modules[path] = module
      const next = Object.values(module.imports ?? {}).filter((target) => !isBuiltin(target) && !seen.has(target))
      for (const target of next) seen.add(target)
      await Promise.all(next.map(visit))
    }
    await visit(entry)
    return modules
  }

  return {
    name: `${name}:node-modules`,
    configureServer(server) {
      transform ??= (...args) => server.ssrTransform(...args)
    },
    resolveId: (id) => (id.startsWith(nodeModulesId.prefix) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${nodeModulesId.prefix}`)) return undefined
      const { path, conditions } = nodeModulesId.read(id.slice(1))
      return `export default ${JSON.stringify(JSON.stringify(await closure(path, conditions)))}`
    },
  }
}

/** Undefined: there is none, and importing it throws. */
function targetOf(specifier: string, from: string, conditions: readonly string[]): string | undefined {
  try {
    return resolveModule(specifier, from, conditions)
  } catch {
    return undefined
  }
}
