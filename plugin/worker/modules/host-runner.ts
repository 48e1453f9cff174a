import { SimulationError } from '../../../src/engine/errors.ts'
import type { Namespace } from '../../../src/modules/program.ts'

/** What Vitest's server has answered for a module. */
export type Fetched =
  | { readonly externalize: string }
  | {
      readonly code: string
      readonly file: string | null
      readonly mockedModule?: object
      readonly moduleType?: string
    }

/** A module that Vitest has looked up, and maybe evaluated. */
export interface HostModule {
  readonly id: string
  readonly url: string
  /** The ids of what it imports. */
  readonly imports: ReadonlySet<string>
  readonly meta?: Fetched
  readonly exports?: Namespace
}

interface Mock {
  readonly redirect?: string
}

/** The parts of Vitest's module runner that are used here, the same in 4.1 and 5.1. */
export interface HostRunner {
  readonly evaluatedModules: {
    readonly idToModuleMap: ReadonlyMap<string, HostModule>
    getModuleById(id: string): HostModule | undefined
    getModuleByUrl(url: string): HostModule | undefined
  }
  readonly evaluator: {
    readonly env: object
    readonly options?: { readonly injectCjsGlobals?: boolean }
    readonly compiledFunctionArgumentsNames?: readonly string[]
    readonly compiledFunctionArgumentsValues?: readonly unknown[]
    shouldInterop(path: string, namespace: Namespace): boolean
    _createCJSGlobals(context: object, module: HostModule, span: object): Record<string, unknown>
  }
  readonly mocker: {
    getDependencyMock(id: string): Mock | undefined
    getMockerRegistry(): { readonly registryById?: ReadonlyMap<string, Mock> }
    /** Its static field lists calls of `vi.mock` and `vi.unmock` that are to be looked at before the next import. */
    readonly constructor: { readonly pendingIds?: readonly unknown[] }
  }
  /** Looks a module up, and evaluates nothing. */
  fetchModule(url: string, importer?: string): Promise<HostModule>
  /** Evaluates a module in the ordinary way, or its mock. */
  cachedRequest(url: string, module: HostModule, callstack: string[]): Promise<Namespace>
  import(id: string): Promise<Namespace>
}

const methods = ['fetchModule', 'cachedRequest', 'import'] as const

/**
 * The module runner of this worker. Vitest has no public door to the code of a module that it has not evaluated.
 *
 * @throws SimulationError (UNKNOWN_HOST) when it is not there, or another one than those that are known
 */
export function hostRunner(): HostRunner {
  const mocker = (globalThis as { __vitest_mocker__?: { moduleRunner?: Partial<HostRunner> } }).__vitest_mocker__
  const runner = mocker?.moduleRunner
  const missing =
    runner === undefined
      ? 'its module runner'
      : (methods.find((name) => typeof runner[name] !== 'function') ??
        (['evaluatedModules', 'evaluator', 'mocker'] as const).find((name) => typeof runner[name] !== 'object'))
  if (missing === undefined) return runner as HostRunner
  throw unknownHost(missing)
}

/** Says later whether mocks have been added or taken away since now. */
export function watchMocks({ mocker }: HostRunner): () => boolean {
  const mocks = (): Mock[] => [...(mocker.getMockerRegistry().registryById?.values() ?? [])]
  const before = new Set(mocks())
  return () => {
    if ((mocker.constructor.pendingIds?.length ?? 0) > 0) return true
    const now = mocks()
    return now.length !== before.size || now.some((mock) => !before.has(mock))
  }
}

/** Modules that silently went on from seed to seed would be a lie. */
export function unknownHost(missing: string): SimulationError {
  return new SimulationError(
    'UNKNOWN_HOST',
    `modules cannot be evaluated anew for each seed: this Vitest has no '${missing}'. ` +
      "Set `modules: 'shared'` in simulationPlugin(…), or use Vitest 4.1 or 5 with its own module runner.",
  )
}
