import { readFileSync } from 'node:fs'
import { createRequire, isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { compileFunction } from 'node:vm'
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

function compile(path: string): CommonJsProgram | JsonProgram {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  if (path.endsWith('.json')) return { kind: 'json', id: path, text }
  const call = compileFunction(text.replace(/^#!/, '//'), parameters, { filename: path }) as CommonJsProgram['call']
  return { kind: 'commonjs', id: path, call, found: new Map(), resolve: createRequire(path).resolve }
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
        program.call.call(module.exports, module.exports, module.require, module, path, module.path)
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
    return this.host.requireModule(path) ?? this.run(fileProgram(path), parent)
  }
}
