/** Stands in for 'vitest-simulation' when examples are bundled for the soak: collects the simulations instead of running them. */
import { checkSimulation } from '../../src/runner/check-simulation.ts'
import type { Body } from '../../src/world/iteration.ts'
import type { SimulationOptions } from '../../src/runner/options.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'

installVirtualGlobals()

export interface Collected {
  readonly name: string
  readonly options: SimulationOptions
  readonly body: Body
}

export const collected: Collected[] = []

function define(name: string, options: SimulationOptions, body: Body): void {
  collected.push({ name, options, body })
}

export const simulation = Object.assign(define, { test: define })
export { checkSimulation }
export { actor, operation } from '../../src/runner/index.ts'
export * from '../../src/assertions/sdk.ts'
export { PayloadNotCloneable, RemoteError, RequestTimeout, SendFailed } from '../../src/bus/errors.ts'
export { NodeCrashed } from '../../src/nodes/errors.ts'
