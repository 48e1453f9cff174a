import { eventKind } from '../engine/event.ts'
import type { Wait } from '../engine/failure.ts'
import type { Owner } from '../engine/owner.ts'
import { Activation, type ActivationOwner, type Ending } from './activation.ts'
import { actorInvariants } from './invariant-names.ts'
import type { ActorType } from './actor.ts'
import type { ActorCall, CallLink } from './actor-call.ts'
import { createSelf } from './create-self.ts'
import type { DirectoryClient, Found } from './directory/client.ts'
import { ActorUnavailable, NotHere } from './errors.ts'
import { Lease } from './directory/lease.ts'
import type { ActorCaller, ActorNode } from './actor-node.ts'
import type { ActorSystem } from './actor-system.ts'
import type { Registration } from './directory/registration.ts'

const idleKind = eventKind<string>('idle', (actor) => actor)

/** Wait between two attempts to clear a registration, µs. */
const clearAgainMicros = 500_000

/** Where an actor was found when it was to be activated here. */
export type Obtained = { readonly kind: 'here' } | { readonly kind: 'elsewhere'; readonly node: string }

/** A deactivation under way. */
interface Closing {
  /** Virtual time, µs. */
  readonly since: number
  readonly done: Promise<void>
}

/** The activations of one incarnation of a node. */
export class Activations implements ActivationOwner {
  readonly engine
  /** Work under way that no message waits for: turns of timers, deactivations. */
  underWay = 0
  private readonly node: ActorNode
  private readonly system: ActorSystem
  private readonly caller: ActorCaller
  private readonly client: DirectoryClient
  private readonly byId = new Map<string, Activation>()
  /** Activations and deactivations under way, by actor. */
  private readonly starting = new Map<string, Promise<Obtained>>()
  private readonly closing = new Map<string, Closing>()
  private readonly lease: Lease
  /** No actor is activated any more; resolves when the last one has gone and the lease is returned. */
  private shutDown: Promise<void> | undefined

  constructor(node: ActorNode, system: ActorSystem, client: DirectoryClient, caller: ActorCaller) {
    this.node = node
    this.system = system
    this.client = client
    this.caller = caller
    this.engine = system.engine
    this.lease = new Lease(
      this.engine,
      node,
      client,
      () => system.nextNumber(),
      () => this.fenced(),
    )
  }

  get code(): Owner {
    return this.node.owner
  }

  get size(): number {
    return this.byId.size
  }

  /** Who is in the middle of something, for a report. */
  *waits(): Iterable<Wait> {
    const owner = this.node.owner.id
    for (const activation of this.byId.values()) yield* activation.waits(owner)
    for (const [id, { since }] of this.closing) {
      if (!this.byId.has(id)) yield { owner, what: `the end of the registration of ${id}`, since, isUnderWay: true }
    }
  }

  /** Ids of those that may still run; where the lease has ended nobody may have noticed yet. */
  ids(): string[] {
    const held = [...this.byId.values()].filter(({ registration }) => this.lease.isHeld(registration.lease))
    return held.map(({ id }) => id)
  }

  has(id: string): boolean {
    return this.byId.get(id)?.state === 'active'
  }

  /** True while the node holds that lease; changes nothing. */
  holds(lease: number): boolean {
    return this.lease.isHeld(lease)
  }

  /** The activation that can take a message now; undefined: there is none, or the node's lease has ended. */
  ready(id: string): Activation | undefined {
    const activation = this.byId.get(id)
    if (activation?.state !== 'active' || this.lease.number === 0) return undefined
    return activation
  }

  /** True when a call from `chain` would wait for ever for the actor here, active or closing. */
  isWaitedFor(id: string, chain: readonly CallLink[]): boolean {
    return chain.length > 0 && this.byId.get(id)?.isWaitedForBy(chain) === true
  }

  /**
   * Makes sure that the actor is active here, or says where else it is.
   *
   * Rejects with NotHere when this node takes no actors any more, with DirectoryUnavailable, ActorUnavailable or what
   * the factory threw.
   */
  async obtain({ type, key, chain }: ActorCall): Promise<Obtained> {
    const id = `${type}/${key}`
    if (this.shutDown !== undefined) {
      // It is gone when the lease is; but a hook that calls must not wait for the shutdown that waits for the hook.
      if (!chain.some((link) => this.byId.get(link.actor)?.registration.activation === link.activation))
        await this.shutDown
      throw new NotHere()
    }
    let starting = this.starting.get(id)
    if (starting === undefined) {
      starting = this.start(id, type, key).finally(() => this.starting.delete(id))
      this.starting.set(id, starting)
    }
    return await starting
  }

  /** The node died: nothing runs any more, and nobody is told. */
  lost(): void {
    for (const activation of this.byId.values()) {
      activation.vanish()
      this.system.ended(activation)
    }
    this.byId.clear()
  }

  /** Deactivates everything that is active now; the registrations are left to end with the node's lease. */
  async deactivateAll(): Promise<void> {
    await Promise.all([...this.starting.values()].map((starting) => starting.catch(() => undefined)))
    const ending: Ending = { unregister: false, hooks: true }
    await Promise.all([...this.byId.values()].map((activation) => this.deactivate(activation, ending)))
  }

  /** Deactivates everything for good, then gives the lease back. */
  shutdown(): Promise<void> {
    const all = async (): Promise<void> => {
      await this.deactivateAll()
      await this.lease.release()
    }
    return (this.shutDown ??= all())
  }

  /** Ends one activation: present turns, hooks, registration, in this order. */
  deactivate(activation: Activation, ending: Ending = { unregister: true, hooks: true }): Promise<void> {
    const { id } = activation
    const closing = this.closing.get(id)
    if (closing !== undefined) return closing.done
    this.busy(1)
    const done = this.close(activation, ending).finally(() => {
      this.busy(-1)
      this.closing.delete(id)
    })
    this.closing.set(id, { since: this.engine.now, done })
    return done
  }

  mayRun({ registration }: Activation): boolean {
    return this.lease.number === registration.lease
  }

  handledAfterEnd(activation: Activation): void {
    const name = actorInvariants.gone
    this.engine.report('InvariantViolation', name, `"${name}": ${activation.id} on ${this.node.id}`)
  }

  busy(change: 1 | -1): void {
    this.underWay += change
  }

  private async start(id: string, typeName: string, key: string): Promise<Obtained> {
    await this.closing.get(id)?.done
    if (this.ready(id) !== undefined) return { kind: 'here' }
    const { system, node } = this
    const type = system.types.get(typeName)
    if (type === undefined) throw new ActorUnavailable(id, `there is no actor type '${typeName}'`)
    const lease = await this.lease.acquire()
    const mine: Registration = { activation: system.nextNumber(), node: node.id, lease }
    const decide = ({ value: current, ended }: Found): Registration => {
      if (current === null || ended) return mine
      // A registration of this node without an activation is a leftover of an attempt that failed.
      return current.node === node.id && !this.byId.has(id) ? mine : current
    }
    const { value, ballot } = await this.client.change(id, decide).catch(async (error: unknown) => {
      // Nobody knows whether it is registered now.
      await this.clear(id, mine)
      throw error
    })
    if (value === null) throw new ActorUnavailable(id, 'its registration was taken away at once')
    if (value.activation !== mine.activation) return { kind: 'elsewhere', node: value.node }
    await this.activate(new Activation(this, id, type, mine, ballot), type, key)
    return { kind: 'here' }
  }

  private async activate(activation: Activation, type: ActorType, key: string): Promise<void> {
    const { system, node } = this
    const { id, registration } = activation
    this.byId.set(id, activation)
    this.engine.recorder?.actor('activate', id)
    try {
      const methods = await type.factory(
        createSelf(node, system, this.caller, activation, key, (ending) => this.deactivate(activation, ending)),
      )
      if (!this.mayRun(activation)) throw new ActorUnavailable(id, `${node.id} lost its lease`)
      activation.begin(methods)
    } catch (error) {
      this.drop(activation)
      await this.clear(id, registration)
      throw error
    }
    system.begun(activation)
    if (type.idleMs !== Infinity) this.watchIdle(activation)
  }

  private watchIdle(activation: Activation): void {
    const idleMicros = activation.type.idleMs * 1000
    const { node } = this
    const look = (): void => {
      this.engine.become(node.owner)
      if (activation.state !== 'active') return
      if (activation.isBusy || this.engine.now < activation.lastUsed + idleMicros) this.watchIdle(activation)
      else void this.deactivate(activation)
    }
    const due = (activation.isBusy ? this.engine.now : activation.lastUsed) + idleMicros
    this.engine.scheduleAt(Math.round(due), idleKind, 0, node.background, look, activation.id)
  }

  private async close(activation: Activation, { unregister, hooks }: Ending): Promise<void> {
    if (activation.state !== 'active' || !this.mayRun(activation)) return
    await activation.drain()
    // Without the lease it has gone already, and somebody else may have the actor.
    if (!this.mayRun(activation)) return
    if (hooks) await activation.runHooks()
    // First it is gone, then the registration: from there on another node may have the actor.
    this.drop(activation)
    if (unregister) await this.clear(activation.id, activation.registration)
  }

  /**
   * Takes its own registration out of the directory: a late deactivation must not delete a newer activation's. Tries
   * again for as long as the lease lasts, because the attempt before may have left it half-way.
   */
  private async clear(id: string, { activation, lease }: Registration): Promise<void> {
    while (this.lease.number === lease) {
      try {
        await this.client.change(id, ({ value }) => (value?.activation === activation ? null : value), true)
        return
      } catch {
        await this.engine.sleep(clearAgainMicros)
      }
    }
  }

  /** The node's lease has ended: others may take its actors over, so they must not run on. */
  private fenced(): void {
    for (const activation of [...this.byId.values()]) this.drop(activation)
  }

  private drop(activation: Activation): void {
    activation.end()
    if (this.byId.get(activation.id) === activation) this.byId.delete(activation.id)
    this.system.ended(activation)
  }
}
