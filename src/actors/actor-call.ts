import { ConnectionReset, RemoteError, RequestTimeout, SendFailed } from '../bus/errors.ts'
import { NodeCrashed } from '../nodes/errors.ts'
import { about } from '../network/message.ts'
import { ActorUnavailable, CallCycle, DirectoryUnavailable, NotHere } from './errors.ts'

/** A turn that waits for a call. */
export interface CallLink {
  /** Id of the actor. */
  readonly actor: string
  /** Number of its registration: another activation of the same actor waits for nothing. */
  readonly activation: number
  readonly turn: number
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
  /** 'counter/x.add', in a recorded run. */
  readonly [about]?: string
}

/** What comes back: the result or what happened instead, and where the actor was found. */
export type ActorReply = { readonly at: string } & (
  | { readonly kind: 'value'; readonly value: unknown }
  /** The method threw, or the factory did. */
  | {
      readonly kind: 'threw' | 'not activated'
      readonly name: string
      readonly message: string
      readonly stack?: string | undefined
    }
  | { readonly kind: 'cycle'; readonly chain: readonly string[] }
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
  if (error instanceof CallCycle) return { at, kind: 'cycle', chain: error.chain }
  if (!(error instanceof Error)) return { at, kind, name: 'Error', message: String(error) }
  return { at, kind, name: error.name, message: error.message, stack: error.stack }
}

/** The reply when the actor could not be made active here, or its call not be sent on. */
export function replyUnrouted(at: string, error: unknown, id: string): ActorReply {
  if (error instanceof NotHere) return { at, kind: 'not here' }
  if (error instanceof RequestTimeout || error instanceof ConnectionReset) return { at, kind: 'lost' }
  if (error instanceof SendFailed) return { at, kind: 'unavailable', reason: `${at} could not send the call on` }
  // Another actor that the factory could not reach is named.
  if (error instanceof ActorUnavailable && error.actor === id) return { at, kind: 'unavailable', reason: error.reason }
  if (error instanceof DirectoryUnavailable || error instanceof ActorUnavailable) {
    return { at, kind: 'unavailable', reason: error.message }
  }
  return replyThrown(at, error, 'not activated')
}

/** The result of a reply; throws what the caller is to see. */
export function openReply(reply: ActorReply, { type, key, method, timeoutMs }: ActorCall): unknown {
  const id = `${type}/${key}`
  switch (reply.kind) {
    case 'value':
      return reply.value
    case 'threw':
      throw new RemoteError(reply.at, `${id}.${method}`, reply.name, reply.message, reply.stack)
    case 'not activated':
      throw new ActivationFailed(reply.at, `${id}.${method}`, reply.name, reply.message, reply.stack)
    case 'cycle':
      throw new CallCycle(reply.chain)
    case 'unavailable':
      throw new ActorUnavailable(id, reply.reason)
    case 'not here':
      throw new ActorUnavailable(id, `${reply.at} is stopping`)
    case 'lost':
      throw new RequestTimeout(id, method, timeoutMs)
  }
}

/** The bus's error as the caller of an actor is to see it: about the actor, not about our own message to `target`. */
export function callError(error: unknown, { type, key, method, timeoutMs }: ActorCall, target: string): unknown {
  const id = `${type}/${key}`
  if (error instanceof RequestTimeout) return new RequestTimeout(id, method, timeoutMs)
  if (error instanceof ConnectionReset) return new ConnectionReset(id, method)
  if (error instanceof SendFailed) return new SendFailed(id, method, `the connection to ${target} failed`)
  if (error instanceof RemoteError) return new ActorUnavailable(id, `${target} takes no calls`)
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
  if (error instanceof ActivationFailed)
    return error.remoteName === 'StorageFailed' || losses.includes(error.remoteName)
  return error instanceof Error && losses.includes(error.name)
}
