import { current } from '../engine/current.ts'
import type { Owner } from '../engine/owner.ts'
import { evaluating } from './evaluating.ts'
import type { ModuleGraph, ModuleMeter } from './graph.ts'
import type { ModuleMode } from './module-mode.ts'
import type { ModuleImport, Namespace, Program } from './program.ts'

/** The programs that a test uses, loaded. */
export interface LoadedModules {
  /** What the test file imports, in its order. */
  readonly entries: readonly ModuleImport[]
  /** What the test file does to set them up, in its order. */
  readonly setups: readonly (() => unknown)[]
  /** Lets classes of the test file extend those of the iteration under way, or, outside one, of the ordinary modules. */
  link(): void
  /** What the namespace that an importer has of the ordinary module stands for; undefined: it is the same in each graph. */
  importOf(ordinary: Namespace): ModuleImport | undefined
  /** `ordinary`: programs that it does not evaluate, with what stands for them. */
  newGraph(ordinary?: ReadonlyMap<Program, Namespace>): ModuleGraph
  /** What is evaluated anew, each after those that it imports. */
  evaluated(): Promise<readonly OrdinaryModule[]>
}

/** A module that is evaluated anew, and its ordinary self. */
export interface OrdinaryModule {
  readonly id: string
  readonly program: Program
  readonly namespace: Namespace
}

/** The module graphs of one iteration: the test's, and those of the incarnations of nodes that have their own. */
export class SeedModules {
  private readonly loaded: LoadedModules
  private readonly isPerNode: boolean
  private readonly test: ModuleGraph
  private readonly globals = new Set(Reflect.ownKeys(globalThis))
  /** By incarnation. */
  private readonly graphs = new Map<object, ModuleGraph>()
  private readonly ordinary: ReadonlyMap<Program, Namespace> | undefined

  /** `ordinary`: programs that are not evaluated, with what stands for them. */
  constructor(loaded: LoadedModules, mode: Exclude<ModuleMode, 'shared'>, ordinary?: ReadonlyMap<Program, Namespace>) {
    this.loaded = loaded
    this.isPerNode = mode === 'node'
    this.ordinary = ordinary
    this.test = loaded.newGraph(ordinary)
  }

  /** Lets somebody measure what is evaluated for the test. */
  measure(meter: ModuleMeter): void {
    this.test.meter = meter
  }

  /** Takes back what the iteration has left on the global object: in a process of its own it would be gone. */
  end(): void {
    // A top-level await that never settled.
    evaluating.depth = 0
    this.loaded.link()
    for (const key of Reflect.ownKeys(globalThis)) {
      if (!this.globals.has(key) && !isOfHost(key)) Reflect.deleteProperty(globalThis, key)
    }
  }

  /** Evaluates what the test file imports; a promise where a module has a top-level `await`. */
  load(): Promise<unknown> | undefined {
    for (const [index, entry] of this.loaded.entries.entries()) {
      const namespace = this.test.import(entry)
      if (namespace instanceof Promise) return this.loadFrom(index + 1, namespace)
    }
    return this.setUp(0)
  }

  private setUp(first: number): Promise<unknown> | undefined {
    if (first === 0) this.loaded.link()
    for (const [index, setup] of this.loaded.setups.entries()) {
      if (index < first) continue
      const result = setup()
      if (result instanceof Promise) return result.then(() => this.setUp(index + 1))
    }
    return undefined
  }

  /** The graph that static imports of the running code lead to. */
  get present(): ModuleGraph {
    return this.isPerNode ? this.own : this.test
  }

  /** The graph of whoever runs: what a node imports while it runs is its incarnation's alone. */
  get own(): ModuleGraph {
    const life = current.engine?.owner.life
    return life === undefined ? this.test : this.graphOf(life)
  }

  /** What an importer sees of a module whose ordinary namespace it has. */
  seen(graph: ModuleGraph, ordinary: Namespace): Namespace {
    const target = this.loaded.importOf(ordinary)
    return target === undefined ? ordinary : graph.now(target.program, target.view)
  }

  private graphOf(life: NonNullable<Owner['life']>): ModuleGraph {
    let graph = this.graphs.get(life)
    if (graph === undefined) this.graphs.set(life, (graph = this.loaded.newGraph(this.ordinary)))
    return graph
  }

  private async loadFrom(index: number, pending: Promise<unknown>): Promise<void> {
    await pending
    for (const entry of this.loaded.entries.slice(index)) await this.test.import(entry)
    await this.setUp(0)
  }
}

/** What tools keep there goes over all seeds: coverage, Vitest, Node's own fetch, this package. */
function isOfHost(key: string | symbol): boolean {
  const name = typeof key === 'symbol' ? (key.description ?? '') : key
  return /^(?:__coverage__$|__vitest|vitest[-:]|undici\.|nodejs\.)/.test(name)
}
