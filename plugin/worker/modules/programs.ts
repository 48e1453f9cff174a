import { createRequire, isBuiltin } from 'node:module'
import { dirname, posix } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { fileProgram, requiredModules } from '../../../src/modules/commonjs.ts'
import { ModuleGraph } from '../../../src/modules/graph.ts'
import type { EsProgram, ModuleContext, ModuleImport, Namespace, Program } from '../../../src/modules/program.ts'
import { type NodeModules, nodeModulesId } from '../../options/node-modules.ts'
import { type CompiledBody, compileModule, specifiersIn, viteNames, viteValues } from './compile.ts'
import { isVitest, vitestForModules } from './definitions.ts'
import type { HostModule, HostRunner } from './host-runner.ts'
import { interop } from './interop.ts'
import { isSharedFile } from './shared-files.ts'

/** Compiled once in a worker, whatever test file uses it. */
const compiled = new Map<string, CompiledBody & { readonly code: string }>()

function bodyOf(id: string, code: string, names: readonly string[]): CompiledBody {
  const known = compiled.get(id)
  if (known?.code === code) return known
  const made = { ...compileModule(code, id, names), code }
  compiled.set(id, made)
  return made
}

/** Makes programs of the modules that Vitest knows, for one test file. */
export class Programs {
  private readonly runner: HostRunner
  private readonly byId = new Map<string, Promise<Program>>()
  /** ES modules that Vitest leaves to Node, by path. */
  private readonly nodeModules = new Map<string, EsProgram>()
  private readonly shared: ReadonlySet<string>
  /** CommonJS files whose modules are loaded. */
  private readonly files = new Set<string>()

  constructor(runner: HostRunner) {
    this.runner = runner
    const mocks = runner.mocker.getMockerRegistry().registryById?.values() ?? []
    this.shared = new Set([...mocks].flatMap(({ redirect }) => (redirect === undefined ? [] : [redirect])))
  }

  newGraph(ordinary?: ReadonlyMap<Program, Namespace>): ModuleGraph {
    return new ModuleGraph({ isShared: isSharedFile, programAt: (path) => this.nodeModules.get(path) }, ordinary)
  }

  /** The program of a module with all that it imports. */
  async of(module: HostModule): Promise<ModuleImport> {
    const { meta } = module
    if (meta !== undefined && 'externalize' in meta) {
      const program = await this.external(module, meta.externalize)
      if (program.kind === 'shared') return { program }
      const doesInterop = program.kind === 'json' || this.interops(program)
      return doesInterop ? { program, view: interopOf(program) } : { program }
    }
    return { program: await this.once(module.id, () => this.inlined(module)) }
  }

  /** What `url` leads to in a module at `importer`. */
  async at(url: string, importer: string): Promise<ModuleImport> {
    const known = this.runner.evaluatedModules.getModuleByUrl(url)
    return this.of(known?.meta === undefined ? await this.runner.fetchModule(url, importer) : known)
  }

  private once(id: string, make: () => Promise<Program> | Program): Promise<Program> {
    let program = this.byId.get(id)
    // Not at once: modules may import each other in a circle.
    if (program === undefined) this.byId.set(id, (program = Promise.resolve().then(make)))
    return program
  }

  private interops(program: Program): boolean {
    // `default` is known when it is evaluated; the view asks again.
    return this.runner.evaluator.shouldInterop(program.id, { default: undefined })
  }

  private async ordinary(module: HostModule, isMocked = false): Promise<Program> {
    const known = isMocked ? undefined : module.exports
    const namespace = known ?? (await this.runner.cachedRequest(module.url, module, []))
    return { kind: 'shared', id: module.id, namespace: isVitest(namespace) ? vitestForModules : namespace }
  }

  private inlined(module: HostModule): Promise<Program> | Program {
    const { meta, id } = module
    const { mocker } = this.runner
    const isMocked =
      id.startsWith('mock:') ||
      'mockedModule' in (meta ?? {}) ||
      mocker.getDependencyMock(id) !== undefined ||
      this.shared.has(id)
    const path = id.replace(/[?#].*$/, '')
    // Only Vitest knows what a mock is.
    if (isMocked && !id.startsWith('mock:')) return this.ordinary(module, true)
    if (meta === undefined || !('code' in meta) || isMocked || isSharedFile(path)) return this.ordinary(module)
    const { evaluator } = this.runner
    const hasGlobals = evaluator.options?.injectCjsGlobals !== false || meta.moduleType === 'cjs'
    const names = [
      ...viteNames,
      ...(hasGlobals ? commonJsNames : []),
      ...(evaluator.compiledFunctionArgumentsNames ?? []),
    ]
    const extra = evaluator.compiledFunctionArgumentsValues ?? []
    const { hasAwait, body } = bodyOf(id, meta.code, names)
    const file = (meta.file ?? id).replace(/[?#].*$/, '')
    const usesGlobals = hasGlobals && /\b(?:exports|module|require|__filename|__dirname)\b/.test(meta.code)
    const { needs, mayNeed } = specifiersIn(meta.code)
    const program: EsProgram = {
      kind: 'module',
      id,
      imports: new Map(),
      failed: new Map(),
      needs,
      hasAwait,
      createMeta: () => ({ ...metaOf(file), env: evaluator.env }),
      body: (waits) => (context) => {
        const globals = usesGlobals ? this.commonJsGlobals(module, context, file) : []
        // Their places in the wrapper are taken, whether the text uses them or not.
        const values = hasGlobals ? commonJsNames.map((_, index) => globals[index]) : []
        return body(waits)(...viteValues(context), ...values, ...extra)
      },
      find: (specifier) => this.at(fromModule(module, specifier), file),
    }
    return this.link(program, mayNeed, (specifier) => this.at(specifier, file))
  }

  private commonJsGlobals(module: HostModule, context: ModuleContext, file: string): unknown[] {
    const own = this.runner.evaluator._createCJSGlobals(
      { __vite_ssr_exports__: context.exports, __vite_ssr_import_meta__: context.meta },
      module,
      { addEvent: () => undefined },
    )
    return commonJsNames.map((name) => (name === 'require' ? context.requireAt(file) : own[name]))
  }

  /** Loads what a program imports. It is there before that is done: modules may import each other in a circle. */
  private link(
    program: EsProgram,
    mayNeed: ReadonlySet<string>,
    find: (specifier: string) => Promise<ModuleImport>,
  ): EsProgram {
    const all = [...new Set([...program.needs, ...mayNeed])].map(async (specifier) => {
      try {
        program.imports.set(specifier, await find(specifier))
      } catch (error) {
        // Whoever imports it in a run is told then.
        program.failed.set(specifier, error)
      }
    })
    this.loading.push(Promise.all(all))
    return program
  }

  private readonly loading: Promise<unknown>[] = []

  /** Resolves when everything that was asked for has been loaded, with what it imports. */
  async loaded(): Promise<void> {
    for (let at = 0; at < this.loading.length; at++) await this.loading[at]
    this.loading.length = 0
  }

  private async external(module: HostModule, url: string): Promise<Program> {
    const path = url.startsWith('file:') ? fileURLToPath(url) : url
    if (isBuiltin(path) || !/^(?:\/|[a-z]:[\\/])/i.test(path) || isSharedFile(path.replaceAll('\\', '/'))) {
      return this.once(module.id, () => this.ordinary(module))
    }
    return this.once(path, () => this.nodeFile(path, module))
  }

  private async nodeFile(path: string, module: HostModule): Promise<Program> {
    if (path.endsWith('.json') || path.endsWith('.cjs')) return this.file(path)
    const described = await this.describe(path)
    const own = described[path]
    if (own?.kind === 'commonjs' || own?.kind === 'json') return this.file(path)
    if (own?.code === undefined) return this.ordinary(module)
    return this.nodeModule(path, described)
  }

  /** A file in CommonJS or JSON. The ES modules that it requires are loaded before it runs: `require` cannot wait. */
  private file(path: string): Program {
    if (!this.files.has(path)) {
      this.files.add(path)
      for (const module of requiredModules(path, isSharedFile)) this.loading.push(this.required(module))
    }
    return fileProgram(path)
  }

  private async required(path: string): Promise<void> {
    if (!this.nodeModules.has(path)) this.nodeModule(path, await this.describe(path))
  }

  private async describe(path: string): Promise<NodeModules> {
    const { default: text } = await this.runner.import(nodeModulesId.of(path, conditions()))
    return JSON.parse(text as string) as NodeModules
  }

  private nodeModule(path: string, described: NodeModules): EsProgram {
    const known = this.nodeModules.get(path)
    if (known !== undefined) return known
    const { code = '', imports = {} } = described[path] ?? {}
    const { hasAwait, body } = bodyOf(path, code, viteNames)
    const { needs, mayNeed } = specifiersIn(code)
    const target = (file: string): Program | Promise<Program> => {
      const kind = described[file]?.kind
      if (kind === 'module' && !isSharedFile(file)) return this.nodeModule(file, described)
      if (kind === 'commonjs' || kind === 'json') return this.file(file)
      return this.once(file, () => native(file))
    }
    const find = async (specifier: string): Promise<ModuleImport> => {
      const file = imports[specifier]
      if (file !== undefined) return { program: await target(file) }
      const other = createRequire(path).resolve(specifier)
      return { program: await this.once(other, () => native(other)) }
    }
    const program: EsProgram = {
      kind: 'module',
      id: path,
      imports: new Map(),
      failed: new Map(),
      needs,
      hasAwait,
      createMeta: () => metaOf(path),
      body: (waits) => (context) => body(waits)(...viteValues(context)),
      find,
    }
    this.nodeModules.set(path, program)
    return this.link(program, mayNeed, find)
  }
}

/** The rule of Vite's module runner for what `import(…)` is called with in a run. */
export function fromModule({ url }: HostModule, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(url), specifier) : specifier
}

const commonJsNames = ['__filename', '__dirname', 'module', 'exports', 'require']

/** One view for all importers of a program, so that they see one object. */
const views = new WeakMap<Program, (namespace: Namespace) => Namespace>()

function interopOf(program: Program): (namespace: Namespace) => Namespace {
  let view = views.get(program)
  if (view === undefined) {
    view = (namespace) => ('default' in namespace ? interop(namespace) : namespace)
    views.set(program, view)
  }
  return view
}

function metaOf(file: string): Record<string, unknown> {
  const url = pathToFileURL(file).href
  return {
    url,
    filename: file,
    dirname: dirname(file),
    main: false,
    resolve: (specifier: string) => import.meta.resolve(specifier),
  }
}

/** What Node itself loads, once in a process. */
async function native(file: string): Promise<Program> {
  const url = isBuiltin(file) || file.startsWith('file:') ? file : pathToFileURL(file).href
  return { kind: 'shared', id: file, namespace: (await import(url)) as Namespace }
}

/** The conditions under which this worker resolves imports; Node adds `module-sync` from the versions on that can `require` a module. */
function conditions(): string[] {
  const own = process.execArgv.flatMap((argument, index, all) => {
    if (argument === '--conditions' || argument === '-C') return [all[index + 1] ?? '']
    return argument.startsWith('--conditions=') ? [argument.slice('--conditions='.length)] : []
  })
  const canRequire = (process.features as { require_module?: boolean }).require_module === true
  return [...new Set(['node', 'import', ...(canRequire ? ['module-sync'] : []), ...own])]
}
