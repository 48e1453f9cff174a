import { TestRunner } from 'vitest'
import { current } from '../../../src/engine/current.ts'
import type { ModuleGraph } from '../../../src/modules/graph.ts'
import type { EsProgram, Namespace } from '../../../src/modules/program.ts'
import { classKey, importerKey, setupKey, viewsKey } from '../../options/module-keys.ts'

/** Looks up what a name of an import is now; without a name: all of the module. */
type View = (name?: string) => unknown
type Import = (specifier: unknown) => Promise<unknown>

/** What `import(…)` in a test file may lead to. */
export interface Importer extends Pick<EsProgram, 'imports' | 'find'> {
  /** True: mocks have been added or taken away since the modules were loaded. */
  readonly hasNewMocks: () => boolean
}

/** A statement of a test file that sets up what it imports. */
type Setup = () => unknown

/** A class of a test file, and the present one of those that it imports, which it extends. */
interface Derived {
  readonly target: () => Class
  /** What a mock stands for may be anything. */
  readonly base: () => unknown
}

interface Class {
  readonly prototype: object
}

/** Lets a class extend the present base: `super` asks for the prototype each time. */
function link({ target, base }: Derived): void {
  const [own, parent] = [target(), base()]
  if (typeof parent !== 'function' || Object.getPrototypeOf(own) === parent) return
  Object.setPrototypeOf(own, parent)
  Object.setPrototypeOf(own.prototype, parent.prototype as object)
}

interface Opened {
  /** By file, and name of the class's place in it. */
  readonly classes: Map<string, Map<string, Derived>>
  /** By file; to be done again for the modules of each iteration. */
  readonly setups: Map<string, { readonly collector: object; readonly statements: Setup[] }>
  /** By file: what the imports of the ordinary module are, in their order. */
  readonly namespaces: Map<string, readonly (() => Namespace)[]>
  /** By file; there when a simulation has loaded its modules. */
  readonly importers: Map<string, Importer>
}

const openedKey = Symbol.for('vitest-simulation.opened')
const shared = globalThis as unknown as Record<symbol, unknown>

/** What the transformed test files of this worker have opened. */
export const opened = (shared[openedKey] ??= {
  classes: new Map(),
  setups: new Map(),
  namespaces: new Map(),
  importers: new Map(),
}) as Opened

function viewOf(ordinary: () => Namespace): View {
  let graph: object | undefined
  let namespace: Namespace | undefined
  return (name) => {
    const { modules } = current
    let seen: Namespace
    if (modules === undefined) seen = ordinary()
    else {
      const { present } = modules
      if (present !== graph || namespace === undefined) {
        namespace = modules.seen(present, ordinary())
        graph = present
      }
      seen = namespace
    }
    return name === undefined ? seen : seen[name]
  }
}

function importerOf(file: string, original: Import): Import {
  return (specifier) => {
    const { modules } = current
    const from = opened.importers.get(file)
    if (modules === undefined || from === undefined) return original(specifier)
    const graph = modules.own as ModuleGraph
    if (current.engine === undefined || !from.hasNewMocks()) return graph.importDynamically(from, specifier)
    // Only Vitest knows what it is now.
    const found = current.engine.outside.wait(() => original(specifier))
    return found.then((namespace) => modules.seen(graph, namespace as Namespace))
  }
}

interface Collector {
  readonly tasks: readonly unknown[]
  on(...args: unknown[]): unknown
}

/** Does a statement, and remembers it unless it defines tests or hooks. */
function setUp(file: string, statement: Setup): unknown {
  const collector = TestRunner.getCurrentSuite() as unknown as Collector
  const { on } = collector
  const before = collector.tasks.length
  let isDefinition = false
  collector.on = (...args) => {
    isDefinition = true
    return on.apply(collector, args)
  }
  try {
    return statement()
  } finally {
    collector.on = on
    if (!isDefinition && collector.tasks.length === before) {
      const known = opened.setups.get(file)
      // A file that is evaluated again begins anew.
      if (known?.collector === collector) known.statements.push(statement)
      else opened.setups.set(file, { collector, statements: [statement] })
    }
  }
}

/** Lets the classes of a test file extend what the iteration has, or, outside one, the ordinary modules. */
export function linkClasses(file: string): void {
  for (const derived of opened.classes.get(file)?.values() ?? []) link(derived)
}

/** Puts in place what transformed test files call. */
export function installViews(): void {
  shared[Symbol.for(viewsKey)] ??= (file: string, namespaces: readonly (() => Namespace)[]): View[] => {
    opened.namespaces.set(file, namespaces)
    return namespaces.map(viewOf)
  }
  shared[Symbol.for(importerKey)] ??= importerOf
  shared[Symbol.for(setupKey)] ??= setUp
  shared[Symbol.for(classKey)] ??= (file: string, target: () => Class, base: () => unknown): void => {
    const known = opened.classes.get(file) ?? new Map<string, Derived>()
    // A file that is evaluated again has the same text, and other classes.
    known.set(String(target) + String(base), { target, base })
    opened.classes.set(file, known)
  }
}
