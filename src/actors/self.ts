import type { ActorRef, CallArguments, CallResult, MethodName } from './actor.ts'

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
   */
  save(): Promise<void>
}

/** An activation as its own code sees it. */
export interface ActorSelf {
  /** 'counter/x' */
  readonly id: string
  readonly key: string
  /** Id of the node it lives on. */
  readonly node: string
  /** Loads the actor's saved state, or starts with `initial`. For the factory: `const state = await self.load(0)`. */
  load<T>(initial: T): Promise<ActorState<T>>
  /** Calls another actor (or, reentrant, itself) and waits for its answer. */
  request<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...args: CallArguments<Methods[Name], ActorCallOptions>
  ): Promise<CallResult<Methods[Name]>>
  /** Calls another actor without waiting; what it throws there fails the simulation. */
  send<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...args: CallArguments<Methods[Name], never>
  ): void
  /** Runs `callback` as a turn of this activation after `ms` virtual ms; gives back its undo. Dies with the activation. */
  after(ms: number, callback: () => unknown): () => void
  /** The same again and again. */
  every(ms: number, callback: () => unknown): () => void
  /**
   * Runs when the activation goes in good order: idle, or its node is stopped; not when the node crashes or loses its
   * lease. What it throws fails the simulation: catch what faults may bring (StorageFailed, RequestTimeout).
   */
  onDeactivate(hook: () => unknown): void
  /** Ends this activation after the present turn; the next message makes a new one. Does nothing in the factory. */
  deactivate(): void
}
