import { stackOf } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { isMistake } from '../engine/mistakes.ts'
import type { Owner } from '../engine/owner.ts'

/** Errors of one name of one method on one node whose answer reached nobody. */
export interface UnheardError {
  readonly node: string
  /** 'pay', or 'counter/x.add' of an actor. */
  readonly method: string
  readonly name: string
  readonly count: number
}

/** An error of a handler, with the answer that it ended in. */
export interface HandlerError {
  readonly caller: string
  readonly node: string
  readonly method: string
  readonly name: string
  readonly message: string
}

interface Entry {
  readonly error: HandlerError
  readonly thrown: unknown
  /** Whose code threw it. */
  readonly owner: Owner
  times: number
  heard: number
  /** Requests in the background, which may still be under way at the end. */
  readonly background: number[]
}

/**
 * Which errors of handlers their callers have heard: not those in an answer that was lost, was late, came a second time,
 * or whose caller had died.
 *
 * A caller that asks again and hears the same from the same node has heard it.
 */
export class UnheardErrors {
  private readonly entries = new Map<string, Entry>()

  /** A handler threw. `correlationId`: of a request in the background. */
  threw(error: HandlerError, thrown: unknown, owner: Owner, correlationId?: number): void {
    const key = keyOf(error)
    let entry = this.entries.get(key)
    if (entry === undefined) {
      entry = { error, thrown, owner, times: 0, heard: 0, background: [] }
      this.entries.set(key, entry)
    }
    entry.times++
    if (correlationId !== undefined) entry.background.push(correlationId)
  }

  /** A caller was told. */
  heard(error: HandlerError): void {
    const entry = this.entries.get(keyOf(error))
    if (entry !== undefined) entry.heard++
  }

  /** At the end: a mistake in the code that nobody heard is a failure. `waits`: true for a request without an outcome. */
  judge(engine: Engine, waits: (caller: string, correlationId: number) => boolean): void {
    for (const { error, thrown, owner, times, heard, background } of this.entries.values()) {
      const { caller, node, method, name } = error
      const open = background.filter((id) => waits(caller, id)).length
      if (heard > 0 || times <= open || !isMistake({ name })) continue
      const why = `its answer to ${caller} was late, lost or a second one, so nobody heard it`
      const message = `${error.message} (thrown by '${method}' of ${node}; ${why})`
      engine.owner = owner
      engine.report('UnhandledError', name, message, retold(thrown, name, message))
      return
    }
  }

  /** Those that nobody heard, by node, method and name. */
  counts(): readonly UnheardError[] {
    if (this.entries.size === 0) return none
    const sums = new Map<string, UnheardError>()
    for (const { error, times, heard } of this.entries.values()) {
      const { node, method, name } = error
      const count = times - heard
      if (count <= 0) continue
      const key = [node, method, name].join('\0')
      sums.set(key, { node, method, name, count: (sums.get(key)?.count ?? 0) + count })
    }
    return [...sums.values()]
  }
}

const none: readonly UnheardError[] = []

function keyOf({ caller, node, method, name, message }: HandlerError): string {
  return [caller, node, method, name, message].join('\0')
}

/** The handler's own error with its stack, and the message that says why nobody knows it yet. */
function retold(thrown: unknown, name: string, message: string): Error {
  const error = new Error(message, { cause: thrown })
  error.name = name
  const stack = stackOf(thrown)
  if (stack !== undefined) error.stack = stack
  return error
}
