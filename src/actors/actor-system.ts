import type { Coverage } from '../assertions/coverage.ts'
import { copyPayload } from '../bus/payload.ts'
import type { FaultPlan } from '../chaos/faults.ts'
import type { Engine } from '../engine/engine.ts'
import { Storage } from '../nodes/storage.ts'
import type { Activation } from './activation.ts'
import type { ActorType } from './actor.ts'
import { DirectoryHost } from './directory-host.ts'
import { leaseMs } from './lease.ts'
import type { ActorNode, NodeActors } from './node-actors.ts'
import { type Placement, type PlacementName, createPlacement } from './placement.ts'
import type { Registration } from './registration.ts'

/** What actors need of the simulation. */
export interface ActorSystemParts {
  readonly engine: Engine
  readonly faults: FaultPlan
  readonly coverage: Coverage
  readonly placement: Placement | PlacementName
  /** Probabilities per operation, 0 when off. */
  readonly directoryFaults: number
  readonly placementFaults: number
  readonly storageFaults: number
  /** Every node, in order of creation. */
  readonly nodes: () => readonly ActorNode[]
  /** The built-in invariants of actors that are on. */
  readonly strict: boolean
}

/** Most replicas of the directory. */
const replicasMax = 3

/** All that the actors of one simulation share. Made when the first actor is called. */
export class ActorSystem {
  readonly parts: ActorSystemParts
  readonly engine: Engine
  readonly place: Placement
  /** Where actors keep their state: a database that every node reaches, durable as soon as it answers. */
  readonly storage: Storage
  readonly types = new Map<string, ActorType>()
  /** Ids of the nodes that keep the directory; one, unless there are three nodes or more when the first actor is called. */
  readonly hosts: readonly string[]
  readonly replicas = new Map<string, DirectoryHost>()
  readonly members = new Map<string, NodeActors>()
  private readonly living = new Map<string, Set<Activation>>()
  private numbers = 0

  constructor(parts: ActorSystemParts) {
    this.parts = parts
    this.engine = parts.engine
    this.place = createPlacement(parts.placement)
    const { faults, storageFaults } = parts
    this.storage = new Storage(parts.engine, 'actors', { plan: faults, intensity: storageFaults }, copyPayload)
    const nodes = parts.nodes()
    const hosts = nodes.slice(0, nodes.length >= replicasMax ? replicasMax : 1)
    this.hosts = hosts.map((node) => node.id)
    for (const host of hosts) this.replicas.set(host.id, new DirectoryHost(host, leaseMs))
    if (parts.directoryFaults > 0) {
      for (const family of ['stale lookup', 'lookup failure', 'slow lookup']) faults.enable(family)
    }
    if (parts.placementFaults > 0) {
      for (const family of ['slow placement', 'placement failure']) faults.enable(family)
    }
  }

  /** A number for an activation or a lease. */
  nextNumber(): number {
    return ++this.numbers
  }

  /** Learns a type; every node runs the same code. Throws for a second type of the same name. */
  learn(type: ActorType): void {
    const known = this.types.get(type.name)
    if (known === type) return
    if (known !== undefined) throw new TypeError(`there are two actor types of the name '${type.name}'`)
    this.types.set(type.name, type)
  }

  /** Fires one of the built-in `sometimes` of routing. */
  happened(name: string): void {
    const { coverage } = this.parts
    coverage.hit(coverage.site('sometimes', name, true))
  }

  /** An activation takes messages from now on: the strict invariant is judged here, where alone it can break. */
  begun(activation: Activation): void {
    const { id } = activation
    let all = this.living.get(id)
    if (all === undefined) {
      all = new Set()
      this.living.set(id, all)
    }
    all.add(activation)
    if (all.size < 2 || !this.parts.strict) return
    const places = [...all].filter((one) => this.isValid(one)).map((one) => one.registration.node)
    if (places.length < 2) return
    const name = actorInvariants.single
    this.engine.report('InvariantViolation', name, `"${name}": ${id} on ${places.join(' and ')}`)
  }

  ended(activation: Activation): void {
    this.living.get(activation.id)?.delete(activation)
  }

  /** Ids of the nodes on which an actor is active. */
  locations(actor: string): string[] {
    const all = [...(this.living.get(actor) ?? [])]
    return all.filter((one) => this.isValid(one)).map((one) => one.registration.node)
  }

  /** Every living activation, on all nodes. */
  *activations(): Iterable<Activation> {
    for (const all of this.living.values()) yield* all
  }

  /** What a majority of the directory's disks says, without asking over the network. */
  registrations(): Map<string, Registration> {
    const newest = new Map<string, { ballot: number; value: Registration | null }>()
    for (const host of this.replicas.values()) {
      for (const [actor, ballot, value] of host.entries()) {
        if (ballot > (newest.get(actor)?.ballot ?? 0)) newest.set(actor, { ballot, value })
      }
    }
    const out = new Map<string, Registration>()
    for (const [actor, { value }] of newest) if (value !== null) out.set(actor, value)
    return out
  }

  /** True while the activation's node lives and holds the lease under which it was registered. */
  isValid({ registration, state }: Activation): boolean {
    if (state === 'gone') return false
    const member = this.members.get(registration.node)
    return member !== undefined && member.holds(registration.lease)
  }
}

/** Names of the built-in invariants of actors. */
export const actorInvariants = {
  single: 'an actor has at most one live registered activation',
  registered: 'when quiet, exactly the registered activations are alive',
  shutdown: 'every activation is deactivated cleanly at shutdown',
  gone: 'no message is handled by a deactivated activation',
} as const
