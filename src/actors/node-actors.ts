import { copyPayload, sealed } from '../bus/payload.ts'
import type { Bus } from '../bus/bus.ts'
import { ConnectionReset, RequestTimeout, SendFailed } from '../bus/errors.ts'
import { badInput } from '../engine/errors.ts'
import { EventKind } from '../engine/event.ts'
import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import { type LifeCycle, type LifeCycleListener, isThenable } from '../nodes/node.ts'
import { defaultTimeoutMs } from '../bus/request-options.ts'
import type { ActorRef, ActorType, CallArguments, CallResult, MethodName } from './actor.ts'
import { type ActorCall, type ActorReply, failureReply, hopsMax, openReply } from './actor-call.ts'
import { Refused } from './activation.ts'
import { Activations } from './activations.ts'
import type { ActorSystem } from './actor-system.ts'
import { DirectoryClient } from './directory-client.ts'
import { serveDirectory } from './directory-service.ts'
import { ActorUnavailable, CallCycle } from './errors.ts'
import { Locator } from './locator.ts'
import type { ActorCallOptions } from './self.ts'

/** A node as actors see it. */
export interface ActorNode extends LifeCycle {
  readonly bus: Bus
}

/** A node's actors: calls to any actor from here, and the activations that live here. */
export class NodeActors implements LifeCycleListener {
  readonly node: ActorNode
  readonly system: ActorSystem
  private readonly engine: Engine
  private readonly client: DirectoryClient
  private readonly locator: Locator
  private activations: Activations
  private installedFor: Owner | undefined
  /** The disk of a directory host was lost: it learns from the others before it answers. */
  private blank = false

  constructor(node: ActorNode, system: ActorSystem) {
    this.node = node
    this.system = system
    this.engine = system.engine
    this.client = new DirectoryClient(system.engine, node, node.bus, system.hosts)
    this.locator = new Locator(this, this.client)
    this.activations = new Activations(this, this.client)
    system.members.set(node.id, this)
    node.listen(this)
    if (node.state === 'running') this.install()
  }

  /** Number of activations here. */
  get count(): number {
    return this.activations.size
  }

  /** Ids of the actors that are active here: 'counter/x'. */
  get active(): readonly string[] {
    return this.activations.ids()
  }

  /** True while the node lives and holds that lease. */
  holds(lease: number): boolean {
    return this.node.alive && this.activations.lease === lease
  }

  /**
   * Calls a method of an actor, wherever it is or is to be, and gives back its result.
   *
   * Rejects with RequestTimeout or ConnectionReset (it may have run), RemoteError (the method threw), CallCycle,
   * ActorUnavailable or SendFailed (it did not run), NodeCrashed (this node died).
   */
  request<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...[payload, options]: CallArguments<Methods[Name], ActorCallOptions>
  ): Promise<CallResult<Methods[Name]>> {
    return this.call(ref as ActorRef, method, payload, options, []) as Promise<CallResult<Methods[Name]>>
  }

  /** Calls a method without waiting for it; what it throws fails the simulation, that it gets there is not certain. */
  send<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...[payload]: CallArguments<Methods[Name], never>
  ): void {
    this.call(ref as ActorRef, method, payload, undefined, []).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'RemoteError') this.engine.fail(error)
    })
  }

  /** The same with the chain of calls it belongs to. */
  call(
    ref: ActorRef,
    method: string,
    payload: unknown,
    options: ActorCallOptions | undefined,
    chain: readonly string[],
  ): Promise<unknown> {
    const timeoutMs = options?.timeout ?? defaultTimeoutMs
    let call: ActorCall
    try {
      if (!(typeof timeoutMs === 'number' && timeoutMs > 0)) {
        throw badInput('actor request timeout', timeoutMs, 'it must be a number of virtual milliseconds above 0')
      }
      this.system.learn(ref.type as ActorType)
      call = { type: ref.type.name, key: ref.key, method, payload: copyPayload(payload), chain, hops: 0 }
    } catch (error) {
      return Promise.reject(error)
    }
    const known = this.activations.has(ref.id) ? this.node.id : this.locator.cached(ref.id)
    if (known !== undefined) return this.callAt(known, ref.id, call, timeoutMs)
    const deadline = this.engine.now + timeoutMs * 1000
    // Finding the actor is this node's work, whoever asks.
    if (this.engine.owner === this.node.owner) return this.locateAndCall(ref.id, call, deadline)
    return this.node.run(() => this.locateAndCall(ref.id, call, deadline))
  }

  /** Ends every activation in good order and gives the lease back. */
  shutdown(): Promise<void> {
    return this.activations.shutdown()
  }

  up(): void {
    this.install()
  }

  died(): void {
    this.activations.lost()
    this.activations = new Activations(this, this.client)
    this.locator.forgetAll()
  }

  wiped(): void {
    this.system.replicas.get(this.node.id)?.wiped()
    this.blank = this.system.replicas.has(this.node.id)
  }

  stopping(done: () => void): void {
    this.engine.scheduleAt(
      this.engine.now,
      EventKind.task,
      0,
      this.node.owner,
      () => {
        this.shutdown().then(done, done)
      },
      undefined,
    )
  }

  /** A message of another node: the actor is here, or is believed to be, or shall be. */
  private readonly receive = (call: ActorCall): unknown => {
    const id = `${call.type}/${call.key}`
    const activation = this.activations.ready(id)
    if (activation === undefined) return this.receiveLater(id, call)
    try {
      if (activation.isWaitedForBy(call.chain)) throw new CallCycle([...call.chain, id])
      const result = activation.call(call.method, call.payload, call.chain)
      if (!isThenable(result)) return this.reply(result)
      return this.replyLater(result, id, call)
    } catch (error) {
      return this.replyFailure(error)
    }
  }

  private async replyLater(result: PromiseLike<unknown>, id: string, call: ActorCall): Promise<unknown> {
    try {
      return this.reply(await result)
    } catch (error) {
      if (error instanceof Refused) return this.receiveLater(id, call)
      return this.replyFailure(error)
    }
  }

  /** No ready activation: look, then forward or activate. */
  private async receiveLater(id: string, call: ActorCall): Promise<unknown> {
    try {
      const found = await this.activations.obtain(id, call.type, call.key)
      if (found.kind === 'here') return await this.receive(call)
      if (call.hops >= hopsMax) throw new ActorUnavailable(id, `forwarded ${hopsMax} times without finding it`)
      this.system.happened('remote forward')
      this.locator.learn(id, found.node)
      const forwarded = { ...call, hops: call.hops + 1 }
      return sealed(await this.node.bus.request<ActorReply>(found.node, '$actor.call', sealed(forwarded)))
    } catch (error) {
      return this.replyFailure(error)
    }
  }

  private async locateAndCall(id: string, call: ActorCall, deadline: number): Promise<unknown> {
    const target = await this.locator.locate(id)
    const leftMs = (deadline - this.engine.now) / 1000
    if (leftMs <= 0) throw new ActorUnavailable(id, 'its directory and placement took longer than the timeout')
    return this.callAt(target, id, call, leftMs)
  }

  private callAt(target: string, id: string, call: ActorCall, timeoutMs: number): Promise<unknown> {
    if (target === this.node.id) this.system.happened('local activation')
    return this.node.bus.request<ActorReply>(target, '$actor.call', sealed(call), { timeout: timeoutMs }).then(
      (reply) => {
        if (reply.lost === true) this.locator.forget(id)
        else this.locator.learn(id, reply.at)
        return openReply(reply, call)
      },
      (error: unknown) => {
        if (error instanceof RequestTimeout || error instanceof ConnectionReset || error instanceof SendFailed) {
          this.locator.forget(id)
        }
        throw error
      },
    )
  }

  private reply(value: unknown): unknown {
    return sealed({ at: this.node.id, value: copyPayload(value) } satisfies ActorReply)
  }

  private replyFailure(error: unknown): unknown {
    if (error instanceof Error && error.name === 'AssertionError') this.engine.fail(error)
    return sealed(failureReply(this.node.id, error))
  }

  /** Registers what other nodes call, for this incarnation. */
  private install(): void {
    const { bus, owner } = this.node
    if (this.installedFor === owner) return
    this.installedFor = owner
    bus.handle('$actor.call', this.receive)
    const replica = this.system.replicas.get(this.node.id)
    if (replica === undefined) return
    replica.restarted()
    serveDirectory(this.node, replica, this.system, this.blank)
    this.blank = false
  }
}
