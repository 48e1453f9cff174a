import type { Message } from '../network/message.ts'

/** What a handler learns about the message besides its payload. */
export interface MessageContext {
  /** Id of the sending node. */
  readonly from: string
  readonly method: string
  /** 0 for a one-way message. */
  readonly correlationId: number
}

/** Answers a request (its result travels back) or takes a one-way message (its result is ignored). */
export type Handler<Payload = never> = (payload: Payload, context: MessageContext) => unknown

/** Sends a response; `failed`: the payload is a RemoteFailure. */
export type Reply = (request: Message, payload: unknown, failed: boolean) => void
