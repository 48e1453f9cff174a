/** Runs the healthy protocols outside Vitest, for the soak. */
import { checkSimulation } from '../../src/runner/index.ts'
import { installVirtualGlobals } from '../../src/virtual/install.ts'
import { protocols } from './protocols.ts'

installVirtualGlobals()

export { checkSimulation, protocols }
