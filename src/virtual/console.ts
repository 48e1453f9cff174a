import { formatWithOptions } from 'node:util'
import { current } from '../engine/current.ts'
import { type Recorder, cutText } from '../engine/recorder.ts'

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
 * Gives the lines that a simulation prints to the trace of a failing seed. They are printed only where somebody asked for
 * them: a body that prints one line would print it a thousand times.
 *
 * Each console is changed once: a spy that lies over a method must stay what it is.
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
      const { engine } = current
      if (engine === undefined || (engine.prints && !engine.isRepeat)) print.apply(this, data)
      if (engine?.recorder !== undefined) record(engine.recorder, name, data)
    }
  }
}

function record(recorder: Recorder, method: (typeof printing)[number], data: readonly unknown[]): void {
  if (method === 'assert' && data[0] === true) return
  const told = method === 'assert' ? data.slice(1) : data
  // No code of a value runs: a recorded run must look the same to the code under test as any other.
  const text = formatWithOptions({ customInspect: false }, ...told)
  if (text !== '') recorder.add({ type: 'log', level: `console.${method}`, text: cutText(text) })
}
