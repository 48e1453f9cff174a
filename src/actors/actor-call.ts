import { ConnectionReset, RemoteError, RequestTimeout, SendFailed } from '../bus/errors.ts'
import { defaultTimeoutMs } from '../bus/request-options.ts'
import { ActorUnavailable, CallCycle, DirectoryUnavailable } from './errors.ts'

/** A call on its way to an actor. */
export interface ActorCall {
  readonly type: string
  readonly key: string
  readonly method: string
  readonly payload: unknown
  /** Ids of the actors that wait for this call, outermost first. */
  readonly chain: readonly string[]
  /** How often it was forwarded. */
  readonly hops: number
}

/** What comes back: the result or the error, and where the actor was found. */
export interface ActorReply {
  readonly at: string
  readonly value?: unknown
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string | undefined }
  readonly cycle?: readonly string[]
  /** The node that it was forwarded to did not answer: the outcome is unknown. */
  readonly lost?: boolean
}

/** Most forwards of one call. */
export const hopsMax = 4

export function failureReply(at: string, error: unknown): ActorReply {
  if (error instanceof RequestTimeout || error instanceof ConnectionReset) return { at, lost: true }
  if (error instanceof CallCycle) return { at, cycle: error.chain }
  if (error instanceof SendFailed || error instanceof DirectoryUnavailable) {
    return { at, error: { name: 'ActorUnavailable', message: `actor cannot be reached: ${error.message}` } }
  }
  if (error instanceof Error) return { at, error: { name: error.name, message: error.message, stack: error.stack } }
  return { at, error: { name: 'Error', message: String(error) } }
}

/** The result of a reply; throws what the caller is to see. */
export function openReply(
  reply: ActorReply,
  { type, key, method }: Pick<ActorCall, 'type' | 'key' | 'method'>,
): unknown {
  if (reply.cycle !== undefined) throw new CallCycle(reply.cycle)
  if (reply.lost === true) throw new RequestTimeout(`${type}/${key}`, method, defaultTimeoutMs)
  const { error } = reply
  if (error === undefined) return reply.value
  if (error.name === 'ActorUnavailable')
    throw Object.assign(new ActorUnavailable(`${type}/${key}`, ''), { message: error.message })
  throw new RemoteError(reply.at, `${type}/${key}.${method}`, error.name, error.message, error.stack)
}
