import { badInput } from '../engine/errors.ts'
import type { Message, MessageKind } from './message.ts'

/** What a rule says of a message; `delay` in ms comes on top of the link's latency. */
export type RuleVerdict = 'pass' | 'drop' | { readonly delay: number }

/** What a rule may look at. */
export interface RuleView {
  readonly id: number
  readonly kind: MessageKind
  readonly from: string
  readonly to: string
  readonly method: string
  readonly correlationId: number
  readonly payload: unknown
}

export type Rule = (message: RuleView) => RuleVerdict

/** The first verdict that is not `pass`, in order of installation; delays come back in µs. */
export function judge(rules: readonly Rule[], message: Message): 'pass' | 'drop' | { delay: number } {
  const view: RuleView = {
    id: message.id,
    kind: message.kind,
    from: message.from.id,
    to: message.to.id,
    method: message.method,
    correlationId: message.correlationId,
    payload: message.payload,
  }
  for (const rule of rules) {
    const verdict = rule(view)
    if (verdict === 'pass') continue
    if (verdict === 'drop') return verdict
    if (typeof verdict === 'object' && verdict !== null && Number.isFinite(verdict.delay) && verdict.delay >= 0) {
      return { delay: Math.round(verdict.delay * 1000) }
    }
    throw badInput('network.rule verdict', verdict, "it must be 'pass', 'drop' or { delay: ms }")
  }
  return 'pass'
}
