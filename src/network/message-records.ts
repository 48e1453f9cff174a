import { type Recorder, textOf } from '../engine/recorder.ts'
import type { FateRecord } from '../trace/records.ts'
import { type Message, subjectOf } from './message.ts'

/** A request as its records know it. */
interface Asked {
  readonly send: number
  readonly method: string
  readonly isOwn: boolean
}

/** Records what becomes of messages, for a run that is to be told. */
export class MessageRecords {
  private readonly recorder: Recorder
  private readonly sends = new Map<number, number>()
  private readonly requests = new Map<number, Asked>()
  private readonly own = new Set<number>()

  constructor(recorder: Recorder) {
    this.recorder = recorder
  }

  /** The request of that correlation id is a question of the system itself. */
  isOwn(correlationId: number): void {
    this.own.add(correlationId)
  }

  sent(message: Message): void {
    if (message.isUntold) return
    const { id, kind, from, to, correlationId, failed } = message
    const asked = kind === 'response' ? this.requests.get(correlationId) : undefined
    const subject = subjectOf(message.payload)
    const method = asked?.method ?? subject?.text ?? message.method
    // A call of an actor is the user's, though the system asks the question.
    const isOwn = asked?.isOwn ?? (subject === undefined && this.own.has(correlationId))
    const payload = textOf(subject === undefined ? shown(message) : subject.payload)
    const send = this.recorder.lead({
      type: 'send',
      message: id,
      kind,
      method,
      from: from.id,
      to: to.id,
      payload,
      ...(correlationId > 0 && { request: correlationId }),
      ...(failed && { failed }),
      ...(subject?.isPlain === true && { plain: true }),
      ...((message.background || isOwn) && { background: true }),
    })
    this.sends.set(id, send)
    if (kind === 'request') this.requests.set(correlationId, { send, method, isOwn })
  }

  /** What has become of a message; `leads`: what runs now is caused by it. */
  fate(type: FateRecord['type'], message: Message, reason?: string): void {
    if (message.isUntold) return
    const send = this.sends.get(message.id) ?? 0
    const { recorder } = this
    const fields = { type, message: message.id, send, cause: send, ...(reason !== undefined && { reason }) }
    if (type === 'deliver') recorder.lead(fields)
    else recorder.add(type === 'drop' ? { ...fields, node: message.to.id } : fields)
  }

  /** A request has ended without an answer. */
  unanswered({ correlationId, to, method }: { correlationId: number; to: string; method: string }, why: string): void {
    const asked = this.requests.get(correlationId)
    this.recorder.lead({
      type: 'timeout',
      request: correlationId,
      method: asked?.method ?? method,
      to,
      reason: why,
      ...(asked !== undefined && { cause: asked.send }),
    })
  }
}

/** The payload, or of an error what a person reads. */
function shown({ failed, payload }: Message): unknown {
  if (!failed || typeof payload !== 'object' || payload === null) return payload
  const { name, message } = payload as { readonly name?: unknown; readonly message?: unknown }
  return new Thrown(String(name), String(message))
}

/** Printed as errors are. */
class Thrown extends Error {
  constructor(name: string, message: string) {
    super(message)
    this.name = name
  }
}
