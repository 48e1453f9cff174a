import { ConnectionReset, RequestTimeout, SendFailed } from '../bus/errors.ts'
import type { MessageContext } from '../bus/handler.ts'
import { copyPayload, sealed } from '../bus/payload.ts'
import { defaultTimeoutMs } from '../bus/request-options.ts'
import { errorName, isA } from '../engine/describe-error.ts'
import type { Engine } from '../engine/engine.ts'
import { badInput } from '../engine/errors.ts'
import { EventKind } from '../engine/event.ts'
import type { Effects, Owner } from '../engine/owner.ts'
import { ProcessExit } from '../engine/process.ts'
import { NodeCrashed } from '../nodes/errors.ts'
import { nameSubject } from '../network/message.ts'
import { isThenable } from '../engine/thenable.ts'
import type { LifeCycleListener } from '../nodes/life-cycle.ts'
import { Activations } from './activations.ts'
import type { ActorCallOptions, ActorRef, ActorType, CallArguments, CallResult, MethodName } from './actor.ts'
import type { ActorCaller, ActorMember, ActorNode } from './actor-node.ts'
import {
  type ActorCall,
  type ActorReply,
  CallFate,
  type CallLink,
  callError,
  errorIn,
  hopsMax,
  isLoss,
  notRun,
  openReply,
  replyThrown,
  replyUnrouted,
} from './actor-call.ts'
import type { ActorSystem } from './actor-system.ts'
import type { NodeActors as PublicActors } from './door.ts'
import { DirectoryClient } from './directory/client.ts'
import { serveDirectory } from './directory/service.ts'
import { ActorUnavailable, Refused } from './errors.ts'
import { Locator } from './locator.ts'

/** A node's actors: calls to any actor from here, and the activations that live here. */
export class NodeActors implements PublicActors, ActorCaller, ActorMember, LifeCycleListener {
  readonly node: ActorNode
  readonly system: ActorSystem
  private readonly engine: Engine
  private readonly client: DirectoryClient
  private readonly locator: Locator
  private activations: Activations
  private installedFor: Owner | undefined

  constructor(node: ActorNode, system: ActorSystem) {
    this.node = node
    this.system = system
    this.engine = system.engine
    this.client = new DirectoryClient(system.engine, node, node.bus, system.hosts, system.replicas.get(node.id))
    this.locator = new Locator(node, system, this.client)
    this.activations = this.empty()
    system.members.set(node.id, this)
    node.listen(this)
    system.engine.describeWaits(() => this.activations.waits())
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

  /** Turns of timers and deactivations under way: the simulation is not quiet before they are over. */
  get underWay(): number {
    return this.activations.underWay
  }

  /** True while the node lives and holds that lease. */
  holds(lease: number): boolean {
    return this.node.alive && this.activations.holds(lease)
  }

  /**
   * Calls a method of an actor, wherever it is or is to be, and resolves to its result.
   *
   * Rejects with RequestTimeout or ConnectionReset (it may have run), RemoteError (the method or the factory threw),
   * CallCycle, ActorUnavailable or SendFailed (it did not run), NodeCrashed (this node died).
   */
  request<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...[payload, options]: CallArguments<Methods[Name], ActorCallOptions>
  ): Promise<CallResult<Methods[Name]>> {
    return this.call(ref as ActorRef, method, payload, options, noLinks) as Promise<CallResult<Methods[Name]>>
  }

  /** Calls a method without waiting for it. What it throws fails the simulation; whether it got there nobody says. */
  send<Methods, Name extends MethodName<Methods>>(
    ref: ActorRef<Methods>,
    method: Name,
    ...[payload]: CallArguments<Methods[Name], never>
  ): void {
    this.cast(ref as ActorRef, method, payload)
  }

  /** `send` without types. */
  cast(ref: ActorRef, method: string, payload: unknown, byActor = false): void {
    this.call(ref, method, payload, undefined, noLinks, byActor).catch((error: unknown) => {
      if (!isLoss(error)) this.engine.fail(error)
    })
  }

  /** `request` without types, with the turns that wait for it. */
  call(
    ref: ActorRef,
    method: string,
    payload: unknown,
    options: ActorCallOptions | undefined,
    chain: readonly CallLink[],
    byActor = false,
  ): Promise<unknown> {
    const { engine, node, system } = this
    // The last words of code whose node has just died go nowhere; at the very end only actors talk, in their hooks.
    if (!engine.owner.alive || (system.isEnding && !byActor)) return new Promise(() => {})
    const timeoutMs = options?.timeout ?? defaultTimeoutMs
    const { type, key, id } = ref
    let call: ActorCall
    try {
      if (typeof method !== 'string' || method === '') {
        throw badInput('actor method', method, 'it must be the name of a method')
      }
      if (!(typeof timeoutMs === 'number' && timeoutMs > 0)) {
        throw badInput('actor request timeout', timeoutMs, 'it must be a number of virtual milliseconds above 0')
      }
      system.learn(type as ActorType)
      const deadline = engine.now + timeoutMs * 1000
      const copy = copyPayload(payload)
      const fate = new CallFate()
      call = { type: type.name, key, method, payload: copy, chain, hops: 0, timeoutMs, deadline, fate, origin: node.id }
      if (engine.trace !== undefined) nameSubject(call, `${id}.${method}`, copy)
    } catch (error) {
      return Promise.reject(error)
    }
    const { effects } = engine.owner
    const known = this.activations.has(id) ? node.id : this.locator.cached(id)
    const outcome = known === undefined ? this.locateAndCall(id, call) : this.callAt(known, id, call)
    return effects === undefined ? outcome : counted(outcome, effects, call)
  }

  /** Ends every activation in good order; the node may have new ones. Their registrations end with the node's lease. */
  deactivateAll(): Promise<void> {
    return this.activations.deactivateAll()
  }

  /** Ends every activation in good order, gives the lease back and takes no actor any more. */
  shutdown(): Promise<void> {
    return this.activations.shutdown()
  }

  up(): void {
    this.install()
  }

  died(): void {
    this.activations.lost()
    this.activations = this.empty()
    this.locator.forgetAll()
  }

  wiped(): void {
    this.system.replicas.get(this.node.id)?.wiped()
  }

  stopping(done: () => void): void {
    const { engine, node } = this
    const begin = (): void => void this.shutdown().then(done, done)
    engine.scheduleAt(engine.now, EventKind.task, 0, node.owner, begin, undefined)
  }

  /** A message of another node: the actor is here, or is believed to be, or shall be. */
  private readonly receive = (call: ActorCall, { from }: Pick<MessageContext, 'from'>): unknown => {
    const id = `${call.type}/${call.key}`
    const activation = call.fate.refused ? undefined : this.activations.ready(id)
    if (activation === undefined) return this.receiveLater(id, call, from)
    if (activation.isWaitedForBy(call.chain)) return this.cycle(id, call)
    if (from === this.node.id) this.system.happened('local')
    try {
      const result = activation.call(call.method, call.payload, call.chain, call.fate)
      if (isThenable(result)) return this.replyLater(result, id, call, from)
      return this.reply(result)
    } catch (error) {
      return this.replyThrown(error, call)
    }
  }

  private async replyLater(result: PromiseLike<unknown>, id: string, call: ActorCall, from: string): Promise<unknown> {
    try {
      return this.reply(await result)
    } catch (error) {
      return isA(error, Refused) ? this.receiveLater(id, call, from) : this.replyThrown(error, call)
    }
  }

  /** No ready activation: look, then forward or activate. */
  private async receiveLater(id: string, call: ActorCall, from: string): Promise<unknown> {
    if (this.activations.isWaitedFor(id, call.chain)) return this.cycle(id, call)
    try {
      if (call.fate.refused || this.engine.now > call.deadline) {
        throw new ActorUnavailable(id, 'its caller has given up')
      }
      const found = await this.activations.obtain(call)
      if (found.kind === 'here') return await this.receive(call, { from })
      return await this.forward(id, call, found.node)
    } catch (error) {
      this.failOnAssertion(error)
      return this.replyError(replyUnrouted(this.node.id, error, id), error, call)
    }
  }

  /** Sends a call on to where the actor is, and its reply back. */
  private async forward(id: string, call: ActorCall, to: string): Promise<unknown> {
    if (call.hops >= hopsMax) throw new ActorUnavailable(id, `forwarded ${hopsMax} times without finding it`)
    const timeout = (call.deadline - this.engine.now) / 1000
    if (timeout <= 0) throw tooLate(id)
    this.system.happened('forward')
    this.locator.learn(id, to)
    const forwarded = sealed({ ...call, hops: call.hops + 1 })
    return sealed(await this.node.bus.ask<ActorReply>(to, '$actor.call', forwarded, timeout))
  }

  /** Finding the actor is this node's work, whoever asks. */
  private locateAndCall(id: string, call: ActorCall): Promise<unknown> {
    const work = async (): Promise<unknown> => {
      const target = await this.locator.locate(id, call.deadline)
      return await this.callAt(target, id, call)
    }
    const { engine, node } = this
    if (engine.owner === node.owner) return work()
    // The task that died is not what the caller knows.
    const errorOf = (error: unknown): unknown => (isA(error, NodeCrashed) ? callError(error, call, node.id) : error)
    return withError(node.execute(work), errorOf)
  }

  private callAt(target: string, id: string, call: ActorCall): Promise<unknown> {
    const timeout = (call.deadline - this.engine.now) / 1000
    if (timeout <= 0) return Promise.reject(notRun(tooLate(id), call))
    const asked = this.node.bus.ask<ActorReply>(target, '$actor.call', sealed(call), timeout)
    const answered = withError(asked, (error) => {
      if (error instanceof RequestTimeout || error instanceof ConnectionReset || error instanceof SendFailed) {
        this.locator.forget(id)
      }
      return callError(error, call, target)
    })
    return answered.then((reply) => {
      if (reply.kind !== 'value') return this.notAnswered(reply, id, call)
      this.locator.learn(id, reply.at)
      return reply.value
    })
  }

  private notAnswered(reply: ActorReply, id: string, call: ActorCall): unknown {
    if (reply.kind === 'lost' || reply.kind === 'unavailable' || reply.kind === 'not here') this.locator.forget(id)
    else this.locator.learn(id, reply.at)
    if (reply.kind === 'not here' && call.hops < hopsMax)
      return this.locateAndCall(id, { ...call, hops: call.hops + 1 })
    const error = errorIn(reply, call)
    if (error !== undefined) this.system.parts.unheard.heard(error)
    return openReply(reply, call)
  }

  private cycle(id: string, { chain }: ActorCall): unknown {
    const ids = [...chain.map(({ actor }) => actor), id]
    return sealed({ at: this.node.id, kind: 'cycle', chain: ids, ran: false } satisfies ActorReply)
  }

  private reply(value: unknown): unknown {
    const reply = { at: this.node.id, kind: 'value', value: copyPayload(value) } satisfies ActorReply
    if (this.engine.recorder !== undefined) nameSubject(reply, undefined, reply.value)
    return sealed(reply)
  }

  private replyThrown(error: unknown, call: ActorCall): unknown {
    this.failOnAssertion(error)
    return this.replyError(replyThrown(this.node.id, error), error, call)
  }

  private replyError(reply: ActorReply, thrown: unknown, call: ActorCall): unknown {
    const error = errorIn(reply, call)
    const isError = error !== undefined && !isA(thrown, ProcessExit)
    if (isError) this.system.parts.unheard.threw(error, thrown, this.node.owner)
    return sealed(reply)
  }

  /** A caller that catches RemoteError must not be able to hide a failed expectation. */
  private failOnAssertion(error: unknown): void {
    if (errorName(error) === 'AssertionError') this.engine.fail(error)
  }

  private empty(): Activations {
    return new Activations(this.node, this.system, this.client, this)
  }

  /** Registers what other nodes call, for this incarnation. */
  private install(): void {
    const { bus, owner } = this.node
    if (this.installedFor === owner) return
    this.installedFor = owner
    bus.handleSystem('$actor.call', this.receive)
    const replica = this.system.replicas.get(this.node.id)
    if (replica === undefined) return
    replica.restarted()
    serveDirectory(this.node, replica, this.system)
  }
}

const noLinks: readonly CallLink[] = []

/** Counts a call that may have run, and each copy of it that may have, too. */
function counted(outcome: Promise<unknown>, effects: Effects, { fate }: ActorCall): Promise<unknown> {
  effects.count++
  return withError(outcome, (error) => {
    effects.count += fate.refused ? -1 : fate.copies
    return error
  })
}

/** The same outcome but for the error. Nothing is thrown: V8 looks for the place of each throw, which takes longer. */
function withError<T>(outcome: Promise<T>, change: (error: unknown) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    outcome.then(resolve, (error: unknown) => reject(change(error)))
  })
}

function tooLate(id: string): ActorUnavailable {
  return new ActorUnavailable(id, 'finding it took longer than the timeout')
}
