import { describeError, errorName, isA, isError } from '../engine/describe-error.ts'
import { callerOf, withCaller } from '../engine/errors.ts'
import { ConnectionReset, RemoteError, RequestTimeout, SendFailed, rootNameOf, systemErrors } from '../bus/errors.ts'
import type { HandlerError } from '../bus/unheard-errors.ts'
import { NodeCrashed } from '../nodes/errors.ts'
import { Shared } from '../bus/payload.ts'
import { ActorUnavailable, CallCycle, DirectoryUnavailable, NotHere } from './errors.ts'

/** A turn that waits for a call. */
export interface CallLink {
  /** Id of the actor. */
  readonly actor: string
  /** Number of its registration: another activation of the same actor waits for nothing. */
  readonly activation: number
  readonly turn: number
}

/**
 * What has become of one call, over all copies of its messages and all nodes that it is sent on to.
 *
 * No node can know it. But only so can "it did not run" be certain where the network makes copies: one of them may be
 * refused after another one has run, or before.
 */
export class CallFate extends Shared {
  /** The method was begun. */
  ran = false
  /** Its caller was told that it did not run: from now on it must not. */
  refused = false
}

/** A call on its way to an actor. */
export interface ActorCall {
  readonly type: string
  readonly key: string
  readonly method: string
  readonly payload: unknown
  /** The turns that wait for this call, outermost first. */
  readonly chain: readonly CallLink[]
  /** How often it was sent on, by the node it came to or by the one it came from. */
  readonly hops: number
  readonly timeoutMs: number
  /** Virtual time, µs, at which its caller gives up. */
  readonly deadline: number
  readonly fate: CallFate
  /** Id of the node it comes from. */
  readonly origin: string
}

/** What comes back: the result or what happened instead, and where the actor was found. */
export type ActorReply = { readonly at: string } & (
  | { readonly kind: 'value'; readonly value: unknown }
  /** The method threw, or the factory did. */
  | {
      readonly kind: 'threw' | 'not activated'
      readonly name: string
      readonly message: string
      readonly rootName: string
    }
  /** `ran`: it was a call of the method that would have waited for itself. */
  | { readonly kind: 'cycle'; readonly chain: readonly string[]; readonly ran: boolean }
  /** It did not run. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** It did not run, and is to be routed anew. */
  | { readonly kind: 'not here' }
  /** The node that it was forwarded to did not answer: the outcome is unknown. */
  | { readonly kind: 'lost' }
)

/** Most times that one call is sent on. */
export const hopsMax = 4

/** The reply for an error of the actor's own code. */
export function replyThrown(at: string, error: unknown, kind: 'threw' | 'not activated' = 'threw'): ActorReply {
  if (isA(error, CallCycle)) return { at, kind: 'cycle', chain: error.chain, ran: true }
  const reply: ActorReply = { at, kind, ...describeError(error), rootName: rootNameOf(error) }
  return withCaller(reply, isError(error) ? error : undefined)
}

/** The reply when the actor could not be made active here, or its call not be sent on. */
export function replyUnrouted(at: string, error: unknown, id: string): ActorReply {
  if (!isError(error)) return replyThrown(at, error, 'not activated')
  if (error instanceof NotHere) return { at, kind: 'not here' }
  if (error instanceof RequestTimeout || error instanceof ConnectionReset) return { at, kind: 'lost' }
  if (error instanceof SendFailed) return { at, kind: 'unavailable', reason: `${at} could not send the call on` }
  if (error === systemErrors.remote) return { at, kind: 'unavailable', reason: 'the node it is on takes no calls' }
  // Another actor that the factory could not reach is named.
  if (error instanceof ActorUnavailable && error.actor === id) return { at, kind: 'unavailable', reason: error.reason }
  if (error instanceof DirectoryUnavailable || error instanceof ActorUnavailable) {
    return { at, kind: 'unavailable', reason: error.message }
  }
  return replyThrown(at, error, 'not activated')
}

/** The result of a reply; throws what the caller is to see. */
export function openReply(reply: ActorReply, call: ActorCall): unknown {
  const { type, key, method, timeoutMs } = call
  const id = `${type}/${key}`
  switch (reply.kind) {
    case 'value':
      return reply.value
    case 'threw':
    case 'not activated': {
      const { at, name, message, rootName } = reply
      const Thrown = reply.kind === 'threw' ? RemoteError : ActivationFailed
      throw withCaller(new Thrown(at, `${id}.${method}`, name, message, rootName), callerOf(reply))
    }
    case 'cycle':
      throw reply.ran ? new CallCycle(reply.chain) : notRun(new CallCycle(reply.chain), call)
    case 'unavailable':
      throw notRun(new ActorUnavailable(id, reply.reason), call)
    case 'not here':
      throw notRun(new ActorUnavailable(id, `${reply.at} is stopping`), call)
    case 'lost':
      throw new RequestTimeout(id, method, timeoutMs)
  }
}

/** What a method or factory threw, when that is what the reply says. */
export function errorIn(reply: ActorReply, { type, key, method, origin }: ActorCall): HandlerError | undefined {
  if (reply.kind !== 'threw' && reply.kind !== 'not activated') return undefined
  const { at: node, name, message } = reply
  return { caller: origin, node, method: `${type}/${key}.${method}`, name, message }
}

/** What the caller is told of a call that did not run as far as the one who says so knows. */
export function notRun(error: Error, { type, key, method, timeoutMs, fate }: ActorCall): Error {
  if (fate.ran) return new RequestTimeout(`${type}/${key}`, method, timeoutMs)
  fate.refused = true
  return error
}

/** The bus's error as the caller of an actor is to see it: about the actor, not about our own message to `target`. */
export function callError(error: unknown, call: ActorCall, target: string): unknown {
  const { type, key, method, timeoutMs } = call
  const id = `${type}/${key}`
  if (error instanceof RequestTimeout) return new RequestTimeout(id, method, timeoutMs)
  if (error instanceof ConnectionReset) return new ConnectionReset(id, method)
  if (error instanceof SendFailed) return notRun(new SendFailed(id, method, `the connection to ${target} failed`), call)
  if (error instanceof RemoteError) return notRun(new ActorUnavailable(id, `${target} takes no calls`), call)
  if (error instanceof NodeCrashed) return new NodeCrashed(error.node, `request '${method}' to '${id}'`)
  return error
}

const losses = ['RequestTimeout', 'ConnectionReset', 'SendFailed', 'ActorUnavailable', 'NodeCrashed']

/** The factory threw, so that the method did not run. */
class ActivationFailed extends RemoteError {}

/**
 * True for what may always happen to a message, and who sends one-way does not want to know: it got lost, or the actor
 * could not load its state.
 */
export function isLoss(error: unknown): boolean {
  if (isA(error, ActivationFailed)) return error.remoteName === 'StorageFailed' || losses.includes(error.remoteName)
  return losses.includes(errorName(error) ?? '')
}
