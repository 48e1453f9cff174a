import type { Bus } from '../bus/bus.ts'
import type { LifeCycle } from '../nodes/life-cycle.ts'
import type { ActorCallOptions, ActorRef } from './actor.ts'
import type { CallLink } from './actor-call.ts'

/** A node as actors see it. */
export interface ActorNode extends LifeCycle {
  readonly bus: Bus
}

/** What the other nodes' actors may know of a node's. */
export interface ActorMember {
  readonly node: ActorNode
  /** Number of activations here. */
  readonly count: number
  /** Turns of timers and deactivations under way. */
  readonly underWay: number
  /** True while the node lives and holds that lease. */
  holds(lease: number): boolean
  /** Ends every activation in good order; the node may have new ones. */
  deactivateAll(): Promise<void>
  /** Ends every activation in good order, gives the lease back and takes no actor any more. */
  shutdown(): Promise<void>
}

/** Calls actors without types. */
export interface ActorCaller {
  call(
    ref: ActorRef,
    method: string,
    payload: unknown,
    options: ActorCallOptions | undefined,
    chain: readonly CallLink[],
    byActor?: boolean,
  ): Promise<unknown>
  cast(ref: ActorRef, method: string, payload: unknown, byActor?: boolean): void
}
