import { callerOf, withCaller } from '../engine/errors.ts'
import type { Message } from '../network/message.ts'
import { RemoteError, SendFailed } from './errors.ts'
import type { RemoteFailure } from './responder.ts'

/** The error of a message that the network has not taken. */
export function notSent({ to, method }: Message): SendFailed {
  return new SendFailed(to.id, method, 'the connection failed')
}

/** The error of a caller whose request was answered by one. */
export function remoteError({ from, method, payload }: Message): RemoteError {
  const failure = payload as RemoteFailure
  const { name, message, rootName } = failure
  return withCaller(new RemoteError(from.id, method, name, message, rootName), callerOf(failure))
}
