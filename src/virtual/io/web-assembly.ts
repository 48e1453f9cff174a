import { makeFrozen } from './treatments.ts'

/** Done for real while virtual time stands still. */
export const webAssemblyFunctions = ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming'] as const

export function installWebAssembly(): void {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: object }
  for (const key of webAssemblyFunctions) makeFrozen({ target: WebAssembly, key, api: `WebAssembly.${key}` })
}
