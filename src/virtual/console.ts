import { current } from '../engine/current.ts'

type Print = (this: Console, ...data: unknown[]) => void

/** Every method of a console that prints. */
const printing = [
  'log',
  'info',
  'debug',
  'warn',
  'error',
  'trace',
  'assert',
  'dir',
  'dirxml',
  'table',
  'count',
  'group',
  'groupCollapsed',
  'groupEnd',
  'timeEnd',
  'timeLog',
] as const

const key = Symbol.for('vitest-simulation.console')

/**
 * Lets the console print nothing while a seed is only repeated: to record it, to compare it, to shrink it.
 *
 * Else a line that a body prints would come hundreds of times. Each console is changed once: a spy that lies over a
 * method must stay what it is.
 */
export function installConsole(): void {
  const { console } = globalThis
  if (Object.hasOwn(console, key)) return
  Object.defineProperty(console, key, { value: true })
  const methods = console as unknown as Record<string, Print>
  for (const name of printing) {
    const print = methods[name]
    if (typeof print !== 'function') continue
    methods[name] = function (...data) {
      if (current.engine?.isRepeat !== true) print.apply(this, data)
    }
  }
}
