import type { Coverage, SiteRecord } from '../assertions/coverage.ts'
import { copyPayload } from '../bus/payload.ts'
import type { UnheardErrors } from '../bus/unheard-errors.ts'
import type { FaultPlan } from '../chaos/faults.ts'
import type { StorageChances } from '../chaos/families.ts'
import type { Engine } from '../engine/engine.ts'
import { Storage } from '../nodes/storage.ts'
import type { Activation } from './activation.ts'
import type { ActorType } from './actor.ts'
import { DirectoryHost } from './directory/host.ts'
import { leaseMs } from './directory/lease.ts'
import type { ActorMember, ActorNode } from './actor-node.ts'
import { actorInvariants } from './invariant-names.ts'
import { type Placement, type PlacementName, createPlacement } from './placement.ts'
import { majorityOf } from './directory/quorum.ts'
import type { Registration } from './directory/registration.ts'

/** A registration as the disks of the directory's hosts have it. */
export interface DiskEntry {
  readonly value: Registration
  /** False: no majority has it, somebody died half-way; who changes it next decides. */
  readonly isDecided: boolean
}

/** The built-in `sometimes` of routing, by what they are called here. */
export type RoutingSite = 'hit' | 'miss' | 'forward' | 'local'

/** What actors need of the simulation. */
export interface ActorSystemParts {
  readonly engine: Engine
  readonly faults: FaultPlan
  readonly coverage: Coverage
  readonly placement: Placement | PlacementName
  /** Probabilities per operation, 0 when off. */
  readonly directoryFaults: number
  readonly placementFaults: number
  readonly storageFaults: StorageChances | undefined
  readonly unheard: UnheardErrors
  /** Every node, in order of creation. */
  readonly nodes: () => readonly ActorNode[]
  /** The built-in invariants of actors that are on. */
  readonly strict: boolean
}

/** Most replicas of the directory. */
const replicasMax = 3

const nowhere: readonly string[] = []

/** Most rounds in which hooks may activate actors again at the end of a simulation. */
const shutdownRoundsMax = 10

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
  readonly members = new Map<string, ActorMember>()
  /** Activations that are not gone; more than one of an actor only while the older ones have lost their leases. */
  private readonly living = new Map<string, readonly Activation[]>()
  private readonly sites: Readonly<Record<RoutingSite, SiteRecord>>
  private numbers = 0
  private epochs = 0
  private shutdownRounds = 0
  private isOver = false

  constructor(parts: ActorSystemParts) {
    this.parts = parts
    this.engine = parts.engine
    this.place = createPlacement(parts.placement)
    const { faults, storageFaults, coverage } = parts
    const faultsOfStorage = { plan: faults, chances: storageFaults }
    this.storage = new Storage(parts.engine, 'actors', faultsOfStorage, copyPayload, { shared: true })
    const site = (name: string): SiteRecord => coverage.site('sometimes', name, true)
    this.sites = {
      hit: site('directory hit'),
      miss: site('directory miss'),
      forward: site('remote forward'),
      local: site('local activation'),
    }
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

  /** A number for a time in which a host of the directory had lost its disk. */
  nextEpoch(): number {
    return ++this.epochs
  }

  /** Fires one of the built-in `sometimes` of routing. */
  happened(site: RoutingSite): void {
    this.parts.coverage.hit(this.sites[site])
  }

  /** True when no turn of a timer, no deactivation and no access to state is under way. */
  get isQuiet(): boolean {
    if (this.storage.isBusy) return false
    for (const { underWay } of this.members.values()) if (underWay > 0) return false
    return true
  }

  /** True when the simulation is over, but for what actors do in their hooks. */
  get isEnding(): boolean {
    return this.shutdownRounds > 0
  }

  /**
   * Begins the next round of the cluster's shutdown; false: it is complete. Call it again when everything is quiet.
   *
   * Hooks may call other actors, and so activate them again: first everything is deactivated until nothing is left,
   * then every node returns its lease.
   */
  continueShutdown(): boolean {
    if (this.isOver) return false
    const members = [...this.members.values()].filter(({ node }) => node.alive)
    this.isOver = ++this.shutdownRounds > shutdownRoundsMax || members.every((member) => member.count === 0)
    for (const member of members) {
      const round = this.isOver ? () => member.shutdown() : () => member.deactivateAll()
      member.node.execute(round).catch((error: unknown) => this.engine.fail(error))
    }
    return true
  }

  /** An activation takes messages from now on: the strict invariant is judged here, where alone it can break. */
  begun(activation: Activation): void {
    const { id } = activation
    const all = [...(this.living.get(id) ?? []), activation]
    this.living.set(id, all)
    if (all.length < 2 || !this.parts.strict) return
    const places = this.locations(id)
    if (places.length < 2) return
    const name = actorInvariants.single
    this.engine.report('InvariantViolation', name, `"${name}": ${id} on ${places.join(' and ')}`)
  }

  ended(activation: Activation): void {
    const { id } = activation
    const left = this.living.get(id)?.filter((one) => one !== activation)
    if (left === undefined || left.length === 0) this.living.delete(id)
    else this.living.set(id, left)
  }

  /** Ids of the nodes on which an actor is active. */
  locations(actor: string): readonly string[] {
    const all = this.living.get(actor)
    // Invariants ask at every event.
    if (all === undefined) return nowhere
    return all.filter((one) => this.isValid(one)).map((one) => one.registration.node)
  }

  /** Every living activation, on all nodes. */
  *activations(): Iterable<Activation> {
    for (const all of this.living.values()) yield* all
  }

  /** What the directory's disks say, without asking over the network. */
  registrations(): Map<string, DiskEntry> {
    const byActor = new Map<string, { ballot: number; value: Registration | null }[]>()
    for (const host of this.replicas.values()) {
      for (const [actor, ballot, value] of host.entries()) {
        const all = byActor.get(actor)
        if (all === undefined) byActor.set(actor, [{ ballot, value }])
        else all.push({ ballot, value })
      }
    }
    const out = new Map<string, DiskEntry>()
    for (const [actor, all] of byActor) {
      const majority = majorityOf(this.hosts.length)
      const agreed = all.find(({ ballot }) => all.filter((one) => one.ballot === ballot).length >= majority)
      const newest = all.reduce((a, b) => (b.ballot > a.ballot ? b : a))
      const value = (agreed ?? newest).value
      if (value !== null) out.set(actor, { value, isDecided: agreed !== undefined })
    }
    return out
  }

  /** True while the activation's node lives and holds the lease under which it was registered. */
  isValid({ registration, state }: Activation): boolean {
    if (state === 'gone') return false
    const member = this.members.get(registration.node)
    return member !== undefined && member.holds(registration.lease)
  }
}
