/** What a user sees of actors: calls from a node, and where actors are. */
import type { ActorCalls, ActorRef } from './actor.ts'

/** A node's actors: calls from here to any actor, and the activations that live here. */
export interface NodeActors extends ActorCalls {
  /** Number of activations here. */
  readonly count: number
  /** Ids of the actors that are active here: 'counter/x'. */
  readonly active: readonly string[]
  /**
   * Ends every activation here in good order; the node may have new ones.
   *
   * @example
   * await node.actors.deactivateAll()
   */
  deactivateAll(): Promise<void>
}

/** The whole truth about actors, which no node could know: for invariants and assertions. */
export interface ActorDirectory {
  /** Ids of the nodes that keep the directory. */
  readonly hosts: readonly string[]
  /** Number of activations by node id. */
  readonly load: ReadonlyMap<string, number>
  /**
   * Ids of the nodes on which an actor is active; more than one is a duplicate activation.
   *
   * @example
   * sim.invariant('x lives once', () => sim.directory.locations('counter/x').length <= 1)
   */
  locations(actor: ActorRef<never> | ActorRef | string): readonly string[]
  /**
   * Id of the node on which the directory has an actor registered; undefined: nowhere.
   *
   * @example
   * const node = sim.directory.registered('counter/x')
   */
  registered(actor: ActorRef<never> | ActorRef | string): string | undefined
  /**
   * Every registration: actor id → node id.
   *
   * @example
   * for (const [actor, node] of sim.directory.entries()) sim.log(`${actor} on ${node}`)
   */
  entries(): ReadonlyMap<string, string>
}
