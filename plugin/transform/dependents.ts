import type { TestProject } from 'vitest/node'
import { packageName } from '../../reporter/contract.ts'
import { manifestIn, packageType } from './manifests.ts'

/** The folder of the installed package that a file belongs to; undefined outside node_modules. */
const installed = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/** True for files outside node_modules, and for those of installed packages that say they use this one. */
export function mayUseUs(file: string): boolean {
  const folder = installed.exec(file)?.[0]
  if (folder === undefined) return true
  const manifest = manifestIn(folder)
  return ['dependencies', 'peerDependencies', 'optionalDependencies'].some((key) => {
    const listed = manifest?.[key]
    return typeof listed === 'object' && listed !== null && packageName in listed
  })
}

/** CommonJS does not run when it is inlined. */
function isModule(file: string): boolean {
  return file.endsWith('.mjs') || (file.endsWith('.js') && packageType(file) === 'module')
}

/** Says what the pattern is for where a configuration is printed, and tells it from others. */
const source = `uses ${packageName}`

/** An entry of Vitest's `server.deps`: a name or a path in node_modules, or an expression. */
type Pattern = string | RegExp

/**
 * For `server.deps.inline`: matches the modules of installed packages that use this one, so that Vite transforms them
 * and their assertions are catalogued. What the user leaves to Node (`server.deps.external`) stays there.
 *
 * A regular expression by type only: which packages are met is known when they are imported.
 */
export function dependents(external: readonly Pattern[] = []): RegExp {
  const isExternal = (file: string): boolean =>
    external.some((entry) => (typeof entry === 'string' ? file.includes(`/node_modules/${entry}`) : entry.test(file)))
  const test = (id: string): boolean => {
    const file = id.replace(/^file:\/\//, '').replace(/[?#].*$/, '')
    return installed.test(file) && mayUseUs(file) && isModule(file) && !isExternal(file)
  }
  return Object.assign(new RegExp(source), { test })
}

/**
 * Sees to it that a project has the pattern: in Vitest 5 projects share a server, and what a plugin's `config` hook adds is
 * the root's alone. The resolver of the project has been made by then, from a list that only it holds.
 */
export function inlineDependents(project: TestProject): void {
  const { deps = {} } = project.config.server
  if (deps.inline === true || deps.inline?.some((entry) => entry instanceof RegExp && entry.source === source)) return
  const inline = [...(deps.inline ?? []), dependents(deps.external)]
  project.config.server.deps = { ...deps, inline }
  const { _resolver: resolver } = project as unknown as { _resolver?: { options?: { inline?: unknown } } }
  if (resolver?.options) resolver.options.inline = inline
}
