import { actorInvariants } from '../actors/invariant-names.ts'
import type { PendingRequest } from '../bus/pending.ts'
import type { Engine } from '../engine/engine.ts'
import { type Fields, type Schema, boolean, choose, object } from '../engine/schema.ts'
import { type Message, describeMessage } from '../network/message.ts'
import type { NetworkObserver } from '../network/observer.ts'
import { nodeInvariants } from '../nodes/life-cycle.ts'

/** The invariants every simulation has; each can be turned off by its name. */
export const builtinInvariants = {
  sent: 'every delivered message was sent',
  copies: 'no message is delivered more often than the network copied it',
  outcomes: 'every request ends in exactly one outcome',
  pending: 'nothing is pending when quiet',
  ...nodeInvariants,
  ...actorInvariants,
} as const

export type BuiltinInvariant = keyof typeof builtinInvariants

/** `false`: none; `{ copies: false }`: all but that one. */
export type InvariantsOption = false | Readonly<Partial<Record<BuiltinInvariant, boolean>>>

const switches = Object.fromEntries(Object.keys(builtinInvariants).map((name) => [name, boolean]))
const known = `it must be false, or an object of ${Object.keys(builtinInvariants).join(', ')}`

export const invariantsSchema: Schema<InvariantsOption> = choose((value) =>
  value === false ? boolean : object(switches as Fields<Exclude<InvariantsOption, false>>, { allowed: known }),
)

/** True unless the option turns that invariant off. */
export function isOn(option: InvariantsOption | undefined, name: BuiltinInvariant): boolean {
  return option !== false && option?.[name] !== false
}

/** Follows every message id: how many deliveries of it may still come. */
export class MessageConservation implements NetworkObserver {
  private readonly engine: Engine
  private readonly checkSent: boolean
  private readonly checkCopies: boolean
  /** By message id; undefined: never sent. */
  private readonly open: (number | undefined)[] = []

  constructor(engine: Engine, option: InvariantsOption | undefined) {
    this.engine = engine
    this.checkSent = isOn(option, 'sent')
    this.checkCopies = isOn(option, 'copies')
  }

  sent({ id }: Message): void {
    this.open[id] = 1
  }

  copied({ id }: Message): void {
    this.open[id] = (this.open[id] ?? 0) + 1
  }

  delivered(message: Message): void {
    const left = this.open[message.id]
    if (left !== undefined && left > 0) {
      this.open[message.id] = left - 1
    } else if (left === undefined) {
      if (this.checkSent) this.violated('sent', `message ${message.id} (${describeMessage(message)}) was never sent`)
    } else if (this.checkCopies) {
      this.violated('copies', `message ${message.id} (${describeMessage(message)}) was delivered once more`)
    }
  }

  dropped({ id }: Message): void {
    this.open[id] = (this.open[id] ?? 1) - 1
  }

  private violated(name: BuiltinInvariant, reason: string): void {
    const title = builtinInvariants[name]
    this.engine.report('InvariantViolation', title, `"${title}": ${reason}`)
  }
}

/** Follows every correlation id: each request that was issued ends once. */
export class RequestOutcomes {
  private readonly engine: Engine
  /** By correlation id: true while it has no outcome, false after. */
  private readonly open: boolean[] = []
  private openCount = 0

  constructor(engine: Engine) {
    this.engine = engine
  }

  requested({ correlationId }: PendingRequest): void {
    this.open[correlationId] = true
    this.openCount++
  }

  ended({ correlationId, method, to }: PendingRequest): void {
    if (this.open[correlationId] === true) {
      this.open[correlationId] = false
      this.openCount--
      return
    }
    const title = builtinInvariants.outcomes
    const reason = `request '${method}' #${correlationId} to '${to}' ended a second time`
    this.engine.report('InvariantViolation', title, `"${title}": ${reason}`)
  }

  /** Says which requests have no outcome; true: all have one. */
  allEnded(): true | string {
    if (this.openCount === 0) return true
    const open = this.open.flatMap((isOpen, id) => (isOpen ? [`#${id}`] : []))
    return `no outcome for ${open.slice(0, 10).join(', ')}${open.length > 10 ? ', …' : ''}`
  }
}
