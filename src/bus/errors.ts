import { errorName, isA } from '../engine/describe-error.ts'
import { ObservableError } from '../engine/errors.ts'

/** No response came in time. The request may have been delivered and handled: the outcome is unknown. */
export class RequestTimeout extends ObservableError {
  /** A timeout says nothing about delivery. */
  readonly mayHaveBeenDelivered = true
  readonly to: string
  readonly method: string
  readonly timeoutMs: number

  constructor(to: string, method: string, timeoutMs: number) {
    super(`request '${method}' to '${to}' got no response within ${timeoutMs} ms (it may have been delivered)`)
    this.name = 'RequestTimeout'
    this.to = to
    this.method = method
    this.timeoutMs = timeoutMs
  }
}

/** The other node died while the request was under way: the outcome is unknown. */
export class ConnectionReset extends ObservableError {
  readonly mayHaveBeenDelivered = true
  readonly to: string
  readonly method: string

  constructor(to: string, method: string) {
    super(`the connection to '${to}' was reset during request '${method}' (it may have been handled)`)
    this.name = 'ConnectionReset'
    this.to = to
    this.method = method
  }
}

/** The message was certainly not delivered. */
export class SendFailed extends ObservableError {
  readonly mayHaveBeenDelivered = false
  readonly to: string
  readonly method: string

  constructor(to: string, method: string, reason: string) {
    super(`'${method}' to '${to}' was not sent: ${reason}`)
    this.name = 'SendFailed'
    this.to = to
    this.method = method
  }
}

/** There is no node of that name: a mistake, which no fault explains, though the caller sees SendFailed. */
export class NoSuchNode extends SendFailed {
  constructor(to: string, method: string) {
    super(to, method, 'there is no such node')
  }
}

/** The handler on the other node threw; `remoteName` and `message` are its error's. */
export class RemoteError extends ObservableError {
  readonly from: string
  readonly method: string
  readonly remoteName: string
  /** Where that is a RemoteError itself, because the handler had asked another node: the name of the first one. */
  readonly rootName: string

  constructor(from: string, method: string, remoteName: string, message: string, rootName: string = remoteName) {
    super(message)
    this.name = 'RemoteError'
    this.from = from
    this.method = method
    this.remoteName = remoteName
    this.rootName = rootName
  }
}

/** The name of the error with which a chain of requests began to fail. */
export function rootNameOf(error: unknown): string {
  if (isA(error, NoSuchNode)) return 'NoSuchNode'
  return isA(error, RemoteError) ? error.rootName : (errorName(error) ?? 'Error')
}

/** What a system's own questions end with, the same for all: those who ask only look at which it is. */
export const systemErrors = {
  timeout: new RequestTimeout('', '', 0),
  sendFailed: new SendFailed('', '', ''),
  remote: new RemoteError('', '', 'Error', 'refused'),
} as const

/** The payload holds something that cannot cross a wire. */
export class PayloadNotCloneable extends Error {
  /** Where in the payload: 'payload.user.callback'. */
  readonly path: string

  constructor(path: string, what: string) {
    super(
      `${path} is ${what}: a payload may hold primitives, plain objects, arrays and what structuredClone copies ` +
        `(Date, Map, Set, RegExp, typed arrays, errors), without cycles`,
    )
    this.name = 'PayloadNotCloneable'
    this.path = path
  }
}
