import type { ActorRef } from '../actor.ts'
import type { ActorDirectory } from '../door.ts'
import type { ActorSystem } from '../actor-system.ts'

/** The whole truth about actors, for invariants and assertions: no node could know it. */
export class DirectoryView implements ActorDirectory {
  private readonly system: ActorSystem

  constructor(system: ActorSystem) {
    this.system = system
  }

  /** Ids of the nodes on which an actor is active; more than one is a duplicate activation. */
  locations(actor: ActorRef<never> | ActorRef | string): readonly string[] {
    return this.system.locations(typeof actor === 'string' ? actor : actor.id)
  }

  /** Id of the node on which the directory has an actor registered; undefined: nowhere. */
  registered(actor: ActorRef<never> | ActorRef | string): string | undefined {
    return this.system.registrations().get(typeof actor === 'string' ? actor : actor.id)?.value.node
  }

  /** Every registration: actor id → node id. */
  entries(): ReadonlyMap<string, string> {
    return new Map([...this.system.registrations()].map(([actor, { value }]) => [actor, value.node]))
  }

  /** Ids of the nodes that keep the directory. */
  get hosts(): readonly string[] {
    return this.system.hosts
  }

  /** Number of activations by node id. */
  get load(): ReadonlyMap<string, number> {
    return new Map([...this.system.members].map(([id, member]) => [id, member.count]))
  }
}
