import { eventKind } from '../engine/event.ts'
import { Activation, type ActivationOwner } from './activation.ts'
import { actorInvariants } from './actor-system.ts'
import type { DirectoryClient, Found } from './directory-client.ts'
import { ActorUnavailable } from './errors.ts'
import { Lease } from './lease.ts'
import type { NodeActors } from './node-actors.ts'
import type { Registration } from './registration.ts'
import { createSelf } from './create-self.ts'

const idleKind = eventKind<string>('idle', (actor) => actor)

/** Wait between two attempts to clear a registration, µs. */
const clearAgainMicros = 500_000

/** Where an actor was found when it was to be activated here. */
export type Obtained = { readonly kind: 'here' } | { readonly kind: 'elsewhere'; readonly node: string }

/** The activations of one incarnation of a node. */
export class Activations implements ActivationOwner {
  readonly engine
  private readonly owner: NodeActors
  private readonly client: DirectoryClient
  private readonly byId = new Map<string, Activation>()
  /** Activations and deactivations under way, by actor. */
  private readonly starting = new Map<string, Promise<Obtained>>()
  private readonly closing = new Map<string, Promise<void>>()
  private readonly leaseOf: Lease

  constructor(owner: NodeActors, client: DirectoryClient) {
    this.owner = owner
    this.client = client
    this.engine = owner.system.engine
    const { node, system } = owner
    this.leaseOf = new Lease(
      this.engine,
      node,
      client,
      () => system.nextNumber(),
      () => this.fenced(),
    )
  }

  get size(): number {
    return this.byId.size
  }

  /** The number of the node's present lease; 0: none. */
  get lease(): number {
    return this.leaseOf.number
  }

  ids(): string[] {
    return [...this.byId.keys()]
  }

  has(id: string): boolean {
    return this.byId.get(id)?.state === 'active'
  }

  /** The activation that can take a message now; undefined: there is none, or the node's lease has ended. */
  ready(id: string): Activation | undefined {
    const activation = this.byId.get(id)
    if (activation?.state !== 'active' || this.leaseOf.number === 0) return undefined
    return activation
  }

  /** Makes sure that the actor is active here, or says where else it is. Rejects with DirectoryUnavailable. */
  obtain(id: string, type: string, key: string): Promise<Obtained> {
    let starting = this.starting.get(id)
    if (starting === undefined) {
      starting = this.start(id, type, key).finally(() => this.starting.delete(id))
      this.starting.set(id, starting)
    }
    return starting
  }

  /** The node died: nothing runs any more. */
  lost(): void {
    for (const activation of this.byId.values()) this.drop(activation)
    this.byId.clear()
  }

  /** Deactivates everything in good order, then gives the lease back. */
  async shutdown(): Promise<void> {
    await Promise.all([...this.starting.values()].map((starting) => starting.catch(() => undefined)))
    await Promise.all([...this.byId.values()].map((activation) => this.deactivate(activation, false)))
    await this.leaseOf.release()
  }

  /** Ends one activation: present turns, hooks, registration, in this order. */
  deactivate(activation: Activation, unregister = true): Promise<void> {
    const { id } = activation
    let closing = this.closing.get(id)
    if (closing === undefined) {
      closing = this.close(activation, unregister).finally(() => this.closing.delete(id))
      this.closing.set(id, closing)
    }
    return closing
  }

  handledAfterEnd(activation: Activation): void {
    const name = actorInvariants.gone
    this.engine.report('InvariantViolation', name, `"${name}": ${activation.id} on ${this.owner.node.id}`)
  }

  private async start(id: string, type: string, key: string): Promise<Obtained> {
    await this.closing.get(id)
    if (this.ready(id) !== undefined) return { kind: 'here' }
    const { system, node } = this.owner
    const lease = await this.leaseOf.acquire()
    const mine: Registration = { activation: system.nextNumber(), node: node.id, lease }
    const decide = ({ value: current, ended }: Found): Registration => {
      if (current === null || ended) return mine
      // A registration of this node under this lease without an activation is a leftover of an attempt that failed.
      return current.node === node.id && !this.byId.has(id) ? mine : current
    }
    const { value } = await this.client.change(id, decide).catch(async (error: unknown) => {
      // Nobody knows whether it is registered now.
      await this.clear(id, lease, ({ activation }) => activation === mine.activation)
      throw error
    })
    if (value === null) throw new ActorUnavailable(id, 'its registration was taken away at once')
    if (value.activation !== mine.activation) return { kind: 'elsewhere', node: value.node }
    await this.activate(id, type, key, mine)
    return { kind: 'here' }
  }

  private async activate(id: string, typeName: string, key: string, registration: Registration): Promise<void> {
    const { system, node } = this.owner
    const type = system.types.get(typeName)
    if (type === undefined) throw new ActorUnavailable(id, `there is no actor type '${typeName}'`)
    const activation = new Activation(this, id, type, registration)
    this.byId.set(id, activation)
    try {
      const methods = await type.factory(createSelf(this.owner, this, activation, key))
      if (this.leaseOf.number !== registration.lease) throw new ActorUnavailable(id, `${node.id} lost its lease`)
      activation.begin(methods)
    } catch (error) {
      this.drop(activation)
      this.byId.delete(id)
      await this.unregister(activation)
      throw error
    }
    system.begun(activation)
    if (type.idleMs !== Infinity) this.watchIdle(activation)
  }

  private watchIdle(activation: Activation): void {
    const due = activation.lastUsed + activation.type.idleMs * 1000
    const { node } = this.owner
    const look = (): void => {
      this.engine.become(node.owner)
      if (activation.state !== 'active') return
      if (this.engine.now < activation.lastUsed + activation.type.idleMs * 1000) this.watchIdle(activation)
      else this.deactivate(activation).catch(() => undefined)
    }
    this.engine.scheduleAt(Math.max(due, this.engine.now), idleKind, 0, node.background, look, activation.id)
  }

  private async close(activation: Activation, unregister: boolean): Promise<void> {
    if (activation.state !== 'active') return
    await activation.drain()
    for (const hook of activation.hooks) {
      try {
        await hook()
      } catch (error) {
        this.engine.fail(error)
      }
    }
    if (unregister) await this.unregister(activation)
    this.drop(activation)
    if (this.byId.get(activation.id) === activation) this.byId.delete(activation.id)
  }

  /** Takes its own registration out of the directory: a late deactivation must not delete a newer activation's. */
  private unregister({ id, registration }: Activation): Promise<void> {
    return this.clear(id, registration.lease, ({ activation }) => activation === registration.activation)
  }

  /**
   * Takes a registration of this node out that has no activation; tries again for as long as the lease lasts, because
   * the attempt before may have left it half-way.
   */
  private async clear(id: string, lease: number, isMine: (value: Registration) => boolean): Promise<void> {
    while (this.leaseOf.number === lease) {
      try {
        await this.client.change(id, ({ value }) => (value !== null && isMine(value) ? null : value))
        return
      } catch {
        await this.engine.sleep(clearAgainMicros)
      }
    }
  }

  /** The node's lease has ended: others may take its actors over, so they must not run on. */
  private fenced(): void {
    this.lost()
  }

  private drop(activation: Activation): void {
    activation.end()
    this.owner.system.ended(activation)
  }
}
