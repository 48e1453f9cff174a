import type { Names } from '../chaos/faults.ts'
import { callerOf, withCaller } from '../engine/errors.ts'
import type { Effects, Owner } from '../engine/owner.ts'

export type MessageKind = 'request' | 'response' | 'one-way'

/** One end of a link: whatever has an address on the network. */
export interface Endpoint {
  readonly id: string
  /** Position among the endpoints, from 0; -1: it is outside the network, and no fault reaches its links. */
  readonly index: number
  /** Owner of the events that deliver here; never dies. */
  readonly address: Owner
  /** Takes a message that has arrived. */
  accept(message: Message): void
}

/** Who sends a message that no bus takes: a socket. */
export interface Carrier {
  /** True: the network does not lose, copy or reorder it by itself; the carrier sees to that, as TCP does. */
  readonly isOrdered: boolean
  /** The message is there: called in an event of the address it was sent to. */
  arrived(message: Message): void
  /** It never will be. */
  dropped(message: Message): void
}

/** What travels over a link. */
export class Message {
  /** Unique in the iteration; a duplicate keeps the id. */
  readonly id: number
  readonly kind: MessageKind
  readonly from: Endpoint
  readonly to: Endpoint
  readonly method: string
  /** Pairs a response with its request; 0 for one-way messages. */
  readonly correlationId: number
  /** Already a copy: nodes never share memory. */
  readonly payload: unknown
  /** For a response: the handler threw and `payload` describes the error. */
  readonly failed: boolean
  /** Same for every attempt of one request; undefined: it is not to be remembered. */
  idempotencyKey: string | undefined = undefined
  /** Of whoever sent it, when somebody counts; a copy is one more. */
  effects: Effects | undefined = undefined
  /** It keeps nothing going: the simulation is quiet while it travels. */
  background = false
  /** Tells it from the others of its link in the key of a fault; undefined while nobody reads names. */
  names: Names | undefined = undefined
  /** The place of its draws in the streams of its link. */
  place = 0
  /** Virtual time, µs. */
  sentAt = 0
  /** What rules of the test have added to its travel, µs. */
  ruledDelay = 0
  /** It says nothing to people: records leave it out. */
  isUntold = false
  /** Undefined: it is for the bus at its address. */
  carrier: Carrier | undefined = undefined

  constructor(
    id: number,
    kind: MessageKind,
    from: Endpoint,
    to: Endpoint,
    method: string,
    correlationId: number,
    payload: unknown,
    failed: boolean,
  ) {
    this.id = id
    this.kind = kind
    this.from = from
    this.to = to
    this.method = method
    this.correlationId = correlationId
    this.payload = payload
    this.failed = failed
  }

  /** A duplicate with the same id and a payload of its own. */
  withPayload(payload: unknown): Message {
    const { id, kind, from, to, method, correlationId, failed } = this
    const copy = new Message(id, kind, from, to, method, correlationId, payload, failed)
    copy.idempotencyKey = this.idempotencyKey
    copy.effects = this.effects
    copy.sentAt = this.sentAt
    copy.ruledDelay = this.ruledDelay
    copy.place = this.place
    copy.background = this.background
    copy.carrier = this.carrier
    copy.isUntold = this.isUntold
    if (failed) withCaller(payload as object, callerOf(this.payload as object))
    return copy
  }
}

/** What a payload of the system's own is about, for people. */
export interface Subject {
  /** 'counter/x.add'; undefined: only what is in it is told. */
  readonly text: string | undefined
  /** What the user's code has put into it. */
  readonly payload: unknown
  /** The text says it all: it is no call with arguments. */
  readonly isPlain: boolean
}

const subjects = new WeakMap<object, Subject>()

/**
 * Says what a payload of the system's own is about ('counter/x.add'), for people; its method alone would not say so. Kept
 * beside the payload: rules see payloads, and a recorded run must look the same to them.
 */
export function nameSubject(payload: object, text: string | undefined, content: unknown, isPlain = false): void {
  subjects.set(payload, { text, payload: content, isPlain })
}

/** What `nameSubject` has remembered. */
export function subjectOf(payload: unknown): Subject | undefined {
  return typeof payload === 'object' && payload !== null ? subjects.get(payload) : undefined
}

/** 'request increment #3, client → server'. */
export function describeMessage({ kind, method, correlationId, payload, from, to }: Message): string {
  const correlation = correlationId === 0 ? '' : ` #${correlationId}`
  const what = subjectOf(payload)?.text ?? method
  return `${kind} ${what}${correlation}, ${from.id} → ${to.id}`
}
