import { badInput } from '../../src/engine/errors.ts'
import type { TraceView } from '../../src/story/view.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Refuses bad values before anything runs. Throws SimulationError (BAD_INPUT). */
export function checkTraceVariables(environment: Environment): void {
  traceView(environment)
  wantsTimeline(environment)
}

/**
 * What a failure shows of its trace, by SIMULATION_TRACE: 'full', 'node:NAME' or 'request:ID'; unset or empty: what
 * matters. Throws SimulationError (BAD_INPUT).
 */
export function traceView(environment: Environment): TraceView {
  const text = environment.SIMULATION_TRACE ?? ''
  if (text === '') return { show: 'relevant' }
  if (text === 'full') return { show: 'full' }
  const [, key, value = ''] = /^(node|request):#?(.+)$/.exec(text) ?? []
  if (key === 'node') return { show: 'node', node: value }
  if (key === 'request' && /^\d+$/.test(value)) return { show: 'request', request: Number(value) }
  throw badInput(
    'SIMULATION_TRACE',
    text,
    "it must be 'full', 'node:NAME' or 'request:ID', as in the trace: request:12",
  )
}

/** True when SIMULATION_TIMELINE asks for the trace of a passing seed. Throws SimulationError (BAD_INPUT). */
export function wantsTimeline(environment: Environment): boolean {
  const text = environment.SIMULATION_TIMELINE ?? ''
  if (text === '' || text === '0') return false
  if (text === '1') return true
  throw badInput('SIMULATION_TIMELINE', text, "it must be '1': write the trace of a seed that passes, too")
}
