import { badInput } from '../engine/errors.ts'
import { refuseGenerator } from '../engine/generators.ts'

/** Methods of an actor: each takes at most one payload. */
export type ActorMethods = Readonly<Record<string, (payload: never) => unknown>>

/** Makes one activation's methods; may be asynchronous, for loading state. */
export type ActorFactory<Methods> = (self: ActorSelf) => Methods | Promise<Methods>

export interface ActorOptions {
  /** Lets messages interleave at every `await`. Default false: one message at a time. */
  readonly reentrant?: boolean
  /** Virtual ms without a message after which an activation goes. Default 60,000; Infinity keeps it. */
  readonly idleMs?: number
}

/** What is the same for every actor of one name. */
export interface ActorType<Methods = ActorMethods> {
  readonly name: string
  readonly factory: ActorFactory<Methods>
  readonly reentrant: boolean
  readonly idleMs: number
}

declare const methodsOf: unique symbol

/** Names one actor: `Counter('x')`. Plain data; whether and where it is active is not its business. */
export interface ActorRef<Methods = unknown> {
  readonly type: ActorType<Methods>
  readonly key: string
  /** 'counter/x' */
  readonly id: string
  /** Only for the type checker. */
  readonly [methodsOf]?: Methods
}

/** Makes references to the actors of one type. */
export interface Actor<Methods> {
  (key: string): ActorRef<Methods>
  readonly type: ActorType<Methods>
}

/**
 * Defines a type of virtual actors: addressed by key, activated on the first message, one activation at a time.
 *
 * The factory runs once per activation; what it closes over is the activation's memory.
 */
export function actor<Methods extends object>(
  name: string,
  factory: ActorFactory<Methods>,
  options: ActorOptions = {},
): Actor<Methods> {
  const { reentrant = false, idleMs = 60_000 } = options
  if (typeof name !== 'string' || name === '' || name.includes('/')) {
    throw badInput('actor name', name, "it must be a non-empty string without '/'")
  }
  if (typeof factory !== 'function') throw badInput(`factory of actor '${name}'`, factory, 'it must be a function')
  refuseGenerator(factory, `factory of actor '${name}'`)
  if (!(typeof idleMs === 'number' && idleMs > 0)) {
    throw badInput(`idleMs of actor '${name}'`, idleMs, 'it must be a number of virtual ms above 0, or Infinity')
  }
  const type: ActorType<Methods> = { name, factory, reentrant, idleMs }
  const refer = (key: string): ActorRef<Methods> => {
    if (typeof key !== 'string' || key === '')
      throw badInput(`key of actor '${name}'`, key, 'it must be a non-empty string')
    return { type, key, id: `${name}/${key}` }
  }
  return Object.assign(refer, { type })
}

/** Names of the methods of an actor. */
export type MethodName<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends (...args: never[]) => unknown ? Name : never
}[keyof Methods] &
  string

type Payload<Method> = Method extends (...args: infer Args) => unknown ? Args : never

/**
 * What follows the method's name: its payload (left out when it takes none), then options.
 *
 * A method with more than one parameter cannot be called: one payload crosses the wire.
 */
export type CallArguments<Method, Options> =
  Payload<Method> extends []
    ? [payload?: undefined, options?: Options]
    : Payload<Method> extends [payload?: infer Only]
      ? [] extends Payload<Method>
        ? [payload?: Only, options?: Options]
        : [payload: Only, options?: Options]
      : [method: 'a method of an actor takes at most one payload', never]

/** What a method's caller gets. */
export type CallResult<Method> = Method extends (...args: never[]) => infer Result ? Awaited<Result> : never

/** Options of a call to an actor. */
export interface ActorCallOptions {
  /** Virtual ms until RequestTimeout, all hops together. Default 5,000. */
  readonly timeout?: number
}

/** A value that outlives the activation. */
export interface ActorState<T> {
  /** Change it at will; nothing is kept before `save`. */
  value: T
  /** 0: never saved. */
  readonly version: number
  /**
   * Makes the value durable; when it resolves, a crash cannot take it.
   *
   * Rejects with VersionConflict when a newer activation has saved, or has loaded the state (this one then goes without
   * its hooks), or with StorageFailed (it may have been saved).
   *
   * @example
   * state.value += 1
   * await state.save()
   */
  save(): Promise<void>
}

/** Calls to actors, from a node or from an actor. */
export interface ActorCalls {
  /**
   * Calls a method of an actor, on whatever node it is active, and resolves to its result.
   *
   * Rejects with RequestTimeout or ConnectionReset (it may have run), RemoteError (the method or the factory threw),
   * CallCycle, ActorUnavailable or SendFailed (it did not run), NodeCrashed (the caller's node died).
   *
   * @example
   * const onNode = await node.actors.request(Counter('x'), 'add', 1, { timeout: 1000 })
   * const inActor = await self.request(Counter('x'), 'add', 1)
   */
  request<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...args: CallArguments<Methods[Name], ActorCallOptions>
  ): Promise<CallResult<Methods[Name]>>
  /**
   * Calls a method without waiting for it. An error it throws fails the simulation; a lost call goes unnoticed.
   *
   * @example
   * node.actors.send(Counter('x'), 'add', 1)
   * self.send(Counter('x'), 'add', 1)
   */
  send<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...args: CallArguments<Methods[Name], never>
  ): void
}

/** An activation as its own code sees it; it can call other actors and, when reentrant, itself. */
export interface ActorSelf extends ActorCalls {
  /** 'counter/x' */
  readonly id: string
  readonly key: string
  /** Id of the node it lives on. */
  readonly node: string
  /**
   * Loads the actor's saved state, or starts with `initial`. For the factory: `const state = await self.load(0)`.
   *
   * @example
   * const state = await self.load({ count: 0 })
   */
  load<T>(initial: T): Promise<ActorState<T>>
  /**
   * Runs `callback` as a turn of this activation after `ms` virtual ms; returns its undo. Dies with the activation.
   *
   * @example
   * const cancel = self.after(100, () => sim.log('late'))
   */
  after(ms: number, callback: () => unknown): () => void
  /**
   * The same again and again, every `ms` virtual milliseconds.
   *
   * @example
   * const stop = self.every(1_000, () => state.save())
   */
  every(ms: number, callback: () => unknown): () => void
  /**
   * Runs when the activation goes in good order: idle, or its node is stopped; not when the node crashes or loses its
   * lease. What it throws fails the simulation: catch what faults may bring (StorageFailed, RequestTimeout).
   *
   * @example
   * self.onDeactivate(() => state.save())
   */
  onDeactivate(hook: () => unknown): void
  /**
   * Ends this activation after the present turn; the next message makes a new one. Does nothing in the factory.
   *
   * @example
   * self.deactivate()
   */
  deactivate(): void
}
