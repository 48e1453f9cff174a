import { current } from '../engine/current.ts'

/**
 * Globals that Node loads when they are first looked at, and whose code draws random numbers or reads the time as it is
 * loaded. Only one run of a process sees that: it must not be a seed's.
 */
const lazy = ['CloseEvent', 'EventSource', 'FormData', 'Headers', 'MessageEvent', 'Request', 'Response', 'WebSocket']

/** Lets such globals load outside the simulation, whoever looks at them first. */
export function installLazyGlobals(): void {
  for (const key of lazy) {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, key)
    const { get } = descriptor ?? {}
    if (get === undefined || descriptor?.configurable !== true) continue
    Object.defineProperty(globalThis, key, { ...descriptor, get: () => outside(() => get.call(globalThis)) })
  }
}

let loading = 0

/** True while a simulation has Node load such a global. */
export function isLoadingGlobal(): boolean {
  return loading > 0
}

function outside(load: () => unknown): unknown {
  const { engine, assertions } = current
  if (engine === undefined) return load()
  current.engine = current.assertions = undefined
  loading++
  try {
    return load()
  } finally {
    loading--
    current.engine = engine
    current.assertions = assertions
  }
}
