import { existsSync, readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { compileFunction } from 'node:vm'
import { adapterOf } from './adapters.ts'
import type { CommonJsProgram, JsonProgram, Namespace } from './program.ts'

/** What `module` is in a CommonJS file. */
interface CommonJsModule {
  exports: unknown
  readonly id: string
  readonly filename: string
  readonly path: string
  readonly paths: readonly string[]
  readonly children: CommonJsModule[]
  readonly parent: CommonJsModule | undefined
  loaded: boolean
  require: NodeJS.Require
}

const parameters = ['exports', 'require', 'module', '__filename', '__dirname']

/** Compiled once in a worker: a file of a package does not change while its process lives. */
const files = new Map<string, CommonJsProgram | JsonProgram>()

/** The program of a CommonJS or JSON file. */
export function fileProgram(path: string): CommonJsProgram | JsonProgram {
  let program = files.get(path)
  if (program === undefined) files.set(path, (program = compile(path)))
  return program
}

/** ES modules that a CommonJS file requires, directly or through others, as far as that is written out. */
export function requiredModules(entry: string, isShared: (path: string) => boolean): readonly string[] {
  const found = new Set<string>()
  const files = new Set([entry])
  for (const file of files) {
    const program = fileProgram(file)
    if (program.kind === 'json') continue
    for (const specifier of program.requires) {
      const path = resolved(program, specifier)
      if (path === undefined || isBuiltin(path) || path.endsWith('.node') || isShared(path)) continue
      if (isEsModule(path)) found.add(path)
      else files.add(path)
    }
  }
  return [...found]
}

/** Undefined: it is not installed, which only matters when that line runs. */
function resolved({ found, resolve }: CommonJsProgram, specifier: string): string | undefined {
  const known = found.get(specifier)
  if (known !== undefined) return known
  try {
    const path = resolve(specifier)
    found.set(specifier, path)
    return path
  } catch {
    return undefined
  }
}

const types = new Map<string, boolean>()

/** True when Node takes the file for an ES module: by its name, by the manifest of its package, or by its text. */
function isEsModule(path: string): boolean {
  if (path.endsWith('.mjs')) return true
  if (!path.endsWith('.js')) return false
  const declared = isModulePackage(dirname(path))
  if (declared) return true
  try {
    fileProgram(path)
    return false
  } catch (error) {
    return error instanceof SyntaxError && /\bimport\b|\bexport\b/.test(error.message)
  }
}

function isModulePackage(folder: string): boolean {
  let known = types.get(folder)
  if (known === undefined) types.set(folder, (known = readType(folder)))
  return known
}

function readType(folder: string): boolean {
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest)) {
    const { type } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly type?: string }
    return type === 'module'
  }
  const parent = dirname(folder)
  return parent !== folder && basename(folder) !== 'node_modules' && isModulePackage(parent)
}

const written = /\brequire\(\s*(['"])([^'"\n]+)\1\s*\)/g

function compile(path: string): CommonJsProgram | JsonProgram {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  if (path.endsWith('.json')) return { kind: 'json', id: path, text }
  const call = compileFunction(text.replace(/^#!/, '//'), parameters, { filename: path }) as CommonJsProgram['call']
  const requires = Array.from(text.matchAll(written), ([, , specifier = '']) => specifier)
  const { resolve } = createRequire(path)
  return { kind: 'commonjs', id: path, call, requires, adapter: adapterOf(path), found: new Map(), resolve }
}

/** As Node has it: a module may say what `require` of it gives. */
function requiredFrom(namespace: Namespace): unknown {
  return 'module.exports' in namespace ? namespace['module.exports'] : namespace
}

/** What a graph's `require` does with files that are not its own. */
export interface CommonJsHost {
  /** True: the file is the same in every graph. */
  isShared(path: string): boolean
  /** The namespace of an ES module that a CommonJS file requires; undefined: it is not known. */
  requireModule(path: string): Namespace | undefined
}

type Finder = Pick<CommonJsProgram, 'found' | 'resolve'>
const finders = new Map<string, Finder>()

const real = createRequire(import.meta.url)

/** The CommonJS files of one graph: each is run once, when it is first required. */
export class CommonJsModules {
  private readonly host: CommonJsHost
  private readonly cache: Record<string, CommonJsModule> = Object.create(null) as Record<string, CommonJsModule>

  constructor(host: CommonJsHost) {
    this.host = host
  }

  /** Runs a file, unless it has been, and returns its `module.exports`. */
  run(program: CommonJsProgram | JsonProgram, parent?: CommonJsModule): unknown {
    const path = program.id
    const known = this.cache[path]
    if (known !== undefined) return known.exports
    const module: CommonJsModule = {
      exports: {},
      id: path,
      filename: path,
      path: dirname(path),
      paths: [],
      children: [],
      parent,
      loaded: false,
      require: undefined as unknown as NodeJS.Require,
    }
    this.cache[path] = module
    parent?.children.push(module)
    try {
      if (program.kind === 'json') module.exports = JSON.parse(program.text)
      else {
        module.require = this.requireOf(program, module)
        const evaluate = (): void =>
          program.call.call(module.exports, module.exports, module.require, module, path, module.path)
        if (program.adapter === undefined) evaluate()
        else program.adapter.run(evaluate, module)
      }
    } catch (error) {
      // As Node does it: the next `require` tries again.
      delete this.cache[path]
      throw error
    }
    module.loaded = true
    return module.exports
  }

  /** `require` for code that is no CommonJS file of the graph. */
  requireAt(file: string): NodeJS.Require {
    let finder = finders.get(file)
    if (finder === undefined) finders.set(file, (finder = { found: new Map(), resolve: createRequire(file).resolve }))
    return this.requireOf(finder, undefined)
  }

  private requireOf({ found, resolve }: Finder, module: CommonJsModule | undefined): NodeJS.Require {
    const require = (specifier: string): unknown => {
      let path = found.get(specifier)
      if (path === undefined) found.set(specifier, (path = resolve(specifier)))
      return this.require(path, module)
    }
    return Object.assign(require, {
      resolve,
      cache: this.cache,
      main: undefined,
      extensions: real.extensions,
    }) as unknown as NodeJS.Require
  }

  private require(path: string, parent: CommonJsModule | undefined): unknown {
    const known = this.cache[path]
    if (known !== undefined) return known.exports
    if (isBuiltin(path) || path.endsWith('.node') || this.host.isShared(path)) return real(path) as unknown
    const namespace = this.host.requireModule(path)
    if (namespace !== undefined) return requiredFrom(namespace)
    // One that no text names: Node's own, the same in every graph.
    return isEsModule(path) ? (real(path) as unknown) : this.run(fileProgram(path), parent)
  }
}
