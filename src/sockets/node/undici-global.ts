import { current } from '../../engine/current.ts'
import type { VirtualProcess } from '../../engine/process.ts'
import { adapt } from '../../modules/adapters.ts'
import { processOf } from './http.ts'

type Dispatcher = object

interface GlobalFile {
  setGlobalDispatcher(dispatcher: Dispatcher): void
  getGlobalDispatcher(): Dispatcher
}

/** What `setGlobalDispatcher` has set in a process: for the package and for the `fetch` of that process. */
const chosen = new WeakMap<VirtualProcess, Dispatcher>()

/** The dispatcher that code of a process has chosen; undefined: none. */
export function chosenDispatcher(process: VirtualProcess): Dispatcher | undefined {
  return chosen.get(process)
}

/** Where undici keeps the one dispatcher for all its copies: no copy can take the property away again. */
const places = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]

/**
 * Lets the package undici have a global dispatcher for each process of a simulation. It keeps the one that it has on the global
 * object, for good: its connections would be those of another seed, or of another node.
 */
export function adaptUndici(): void {
  adapt({
    file: /[/\\]undici[/\\]lib[/\\]global\.js$/,
    run: (evaluate, module) => {
      withPlacesTaken(evaluate)
      const original = module.exports as GlobalFile
      const Agent = agentClass(module.require)
      const defaults = new WeakMap<VirtualProcess, Dispatcher>()
      const getGlobalDispatcher = (): Dispatcher => {
        const { engine } = current
        if (engine === undefined) return original.getGlobalDispatcher()
        const process = processOf(engine)
        const known = chosen.get(process) ?? defaults.get(process)
        if (known !== undefined) return known
        const made = new Agent()
        defaults.set(process, made)
        return made
      }
      const setGlobalDispatcher = (dispatcher: Dispatcher | undefined): void => {
        const { engine } = current
        const isDispatcher = typeof (dispatcher as { dispatch?: unknown } | undefined)?.dispatch === 'function'
        if (engine === undefined || !isDispatcher) original.setGlobalDispatcher(dispatcher as Dispatcher)
        else chosen.set(processOf(engine), dispatcher as Dispatcher)
      }
      module.exports = { ...original, getGlobalDispatcher, setGlobalDispatcher }
    },
  })
}

/** When it is loaded it looks whether there is a dispatcher, and makes one if not. */
function withPlacesTaken(evaluate: () => void): void {
  const free = places.filter((place) => !Object.hasOwn(globalThis, place))
  for (const place of free) Object.defineProperty(globalThis, place, { value: {}, configurable: true, writable: true })
  try {
    evaluate()
  } finally {
    for (const place of free) delete (globalThis as unknown as Record<symbol, unknown>)[place]
  }
}

/** Its place has moved in version 6. */
const agentFiles = ['./dispatcher/agent', './agent']

function agentClass(require: NodeJS.Require): new () => Dispatcher {
  const file = agentFiles.find((name) => canResolve(require, name)) ?? './agent'
  return require(file) as new () => Dispatcher
}

function canResolve(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}
