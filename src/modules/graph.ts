import { current } from '../engine/current.ts'
import { evaluating } from './evaluating.ts'
import { CommonJsModules, type CommonJsHost } from './commonjs.ts'
import type {
  CommonJsProgram,
  EsProgram,
  JsonProgram,
  ModuleContext,
  ModuleImport,
  Namespace,
  Program,
} from './program.ts'

function notFound(specifier: string, { id }: EsProgram): Error {
  return Object.assign(new Error(`Cannot find module '${specifier}' imported from ${id}`), {
    code: 'ERR_MODULE_NOT_FOUND',
  })
}

/** Measures what modules cost. */
export interface ModuleMeter {
  begin(id: string): void
  end(): void
}

/** One evaluation of a module. */
interface Instance {
  readonly namespace: Namespace
  /** It is not finished: it waits at a top-level `await`, or for a module that does. */
  pending: Promise<Namespace> | undefined
  /** What its evaluation threw: whoever imports it gets the same. */
  thrown: { readonly error: unknown } | undefined
  /** What importers with a view of their own see, by view. */
  views: Map<unknown, Namespace> | undefined
}

/** Programs that wait for an `await` in a module, theirs or one that they import; what is known of each. */
const waiting = new WeakMap<EsProgram, boolean>()

/** True when the module cannot be evaluated in one go. */
export function waits(program: EsProgram): boolean {
  let known = waiting.get(program)
  if (known === undefined) {
    known = [...reachable(program)].some(({ hasAwait }) => hasAwait)
    waiting.set(program, known)
  }
  return known
}

/** A module and all that it imports statically, directly or not. */
function reachable(program: EsProgram): Set<EsProgram> {
  const found = new Set([program])
  for (const { imports, needs } of found) {
    for (const specifier of needs) {
      const target = imports.get(specifier)?.program
      if (target?.kind === 'module') found.add(target)
    }
  }
  return found
}

/** What an import of CommonJS shows: its properties as names, and all of it as `default`. */
function commonJsNamespace(exports: unknown): Namespace {
  const namespace = emptyNamespace()
  if ((typeof exports === 'object' && exports !== null) || typeof exports === 'function') {
    for (const name of Object.keys(exports)) {
      if (name !== 'default') namespace[name] = (exports as Namespace)[name]
    }
  }
  namespace['default'] = exports
  return namespace
}

function emptyNamespace(): Namespace {
  return Object.create(null, { [Symbol.toStringTag]: { value: 'Module' } }) as Namespace
}

/**
 * Modules evaluated once together, as in a process of their own: in the order of their imports, cycles and all, with
 * one instance of each.
 *
 * Everything runs to its end in one go, as Node does it, unless a module has a top-level `await`.
 */
export class ModuleGraph {
  private readonly instances = new Map<Program, Instance>()
  private readonly files: CommonJsModules
  private readonly ordinary: ReadonlyMap<Program, Namespace> | undefined
  /** Told when the evaluation of a module begins and ends; undefined: nobody wants to know. */
  meter: ModuleMeter | undefined

  /** `ordinary`: programs that are not evaluated, with what stands for them. */
  constructor(
    host: Pick<CommonJsHost, 'isShared'> & { programAt(path: string): EsProgram | undefined },
    ordinary?: ReadonlyMap<Program, Namespace>,
  ) {
    this.ordinary = ordinary
    this.files = new CommonJsModules({
      isShared: (path) => host.isShared(path),
      requireModule: (path) => {
        const program = host.programAt(path)
        return program && this.now(program)
      },
    })
  }

  /** The namespace of a module, evaluated now unless it has been; a promise where it waits. */
  import({ program, view }: ModuleImport): Namespace | Promise<Namespace> {
    if (program.kind === 'shared') return view === undefined ? program.namespace : view(program.namespace)
    const ordinary = this.ordinary?.get(program)
    if (ordinary !== undefined) return ordinary
    const instance = this.instances.get(program) ?? this.evaluate(program)
    if (instance.thrown !== undefined) throw instance.thrown.error
    if (instance.pending !== undefined) {
      return view === undefined ? instance.pending : instance.pending.then(() => this.seen(instance, view))
    }
    return view === undefined ? instance.namespace : this.seen(instance, view)
  }

  /**
   * The same at once, for who cannot wait.
   *
   * @throws Error when the module has a top-level `await` that is not over.
   */
  now(program: Program, view?: ModuleImport['view']): Namespace {
    const namespace = this.import({ program, view })
    if (!(namespace instanceof Promise)) return namespace
    namespace.catch(() => {})
    throw new Error(
      `${program.id} waits at a top-level await, and cannot be used before that is over: ` +
        `import it with \`await import(…)\``,
    )
  }

  private seen(instance: Instance, view: (namespace: Namespace) => Namespace): Namespace {
    let seen = instance.views?.get(view)
    if (seen === undefined) (instance.views ??= new Map()).set(view, (seen = view(instance.namespace)))
    return seen
  }

  private evaluate(program: EsProgram | CommonJsProgram | JsonProgram): Instance {
    if (this.meter === undefined) return this.run(program)
    this.meter.begin(program.id)
    try {
      return this.run(program)
    } finally {
      this.meter.end()
    }
  }

  private run(program: EsProgram | CommonJsProgram | JsonProgram): Instance {
    if (program.kind === 'module') return this.evaluateModule(program)
    const namespace = commonJsNamespace(this.files.run(program))
    const instance: Instance = { namespace, pending: undefined, thrown: undefined, views: undefined }
    this.instances.set(program, instance)
    return instance
  }

  private evaluateModule(program: EsProgram): Instance {
    const instance: Instance = { namespace: emptyNamespace(), pending: undefined, thrown: undefined, views: undefined }
    // Before its body runs: modules may import each other in a circle.
    this.instances.set(program, instance)
    const isWaiting = waits(program)
    evaluating.depth++
    try {
      const result = program.body(isWaiting)(this.contextOf(program, instance.namespace))
      if (isWaiting) {
        instance.pending = (result as Promise<unknown>).then(
          () => {
            evaluating.depth--
            instance.pending = undefined
            return instance.namespace
          },
          (error: unknown) => {
            evaluating.depth--
            instance.pending = undefined
            instance.thrown = { error }
            throw error
          },
        )
      }
    } catch (error) {
      instance.thrown = { error }
    }
    if (instance.pending === undefined) evaluating.depth--
    return instance
  }

  private contextOf(program: EsProgram, namespace: Namespace): ModuleContext {
    return {
      exports: namespace,
      meta: program.createMeta(),
      import: (specifier) => {
        const target = program.imports.get(specifier)
        if (target === undefined) throw program.failed.get(specifier) ?? notFound(specifier, program)
        const instance = this.instances.get(target.program)
        // In a circle nobody can wait for the other.
        if (instance?.pending !== undefined && reachable(target.program as EsProgram).has(program)) {
          return instance.namespace
        }
        return this.import(target)
      },
      dynamicImport: (specifier) => this.importDynamically(program, specifier),
      requireAt: (file) => this.files.requireAt(file),
      exportName: (name, get) =>
        void Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get }),
      exportAll: (from) => {
        for (const name in from) {
          if (name === 'default' || name === '__esModule' || name in namespace) continue
          Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get: () => from[name] })
        }
      },
    }
  }

  /** `import(specifier)` in a module of this graph, or in one that is not of it but uses it. */
  async importDynamically(from: Pick<EsProgram, 'imports' | 'find'>, specifier: unknown): Promise<Namespace> {
    const name = String(specifier)
    const known = from.imports.get(name)
    if (known !== undefined) return this.import(known)
    const { engine } = current
    const found = engine === undefined ? from.find(name) : engine.outside.wait(() => from.find(name))
    return this.import(await found)
  }
}
