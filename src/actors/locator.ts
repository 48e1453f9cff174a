import { EventKind } from '../engine/event.ts'
import { hashString, mix } from '../random/hash.ts'
import type { RandomStream } from '../random/stream.ts'
import type { DirectoryClient } from './directory/client.ts'
import type { ActorNode } from './actor-node.ts'
import type { ActorSystem } from './actor-system.ts'

/** Longest that a slow look-up or placement takes, µs. */
const slowMicros = 300_000

/** Finds the node on which an actor is, or shall be: cache, directory, placement. */
export class Locator {
  private readonly node: ActorNode
  private readonly system: ActorSystem
  private readonly client: DirectoryClient
  private cache = new Map<string, string>()
  private readonly random: RandomStream
  private directoryFaults: RandomStream | undefined
  private placementFaults: RandomStream | undefined

  constructor(node: ActorNode, system: ActorSystem, client: DirectoryClient) {
    this.node = node
    this.system = system
    this.client = client
    this.random = system.engine.random(`placement ${node.id}`)
  }

  cached(actor: string): string | undefined {
    return this.cache.get(actor)
  }

  /** A reply or a forward said where the actor is. */
  learn(actor: string, node: string): void {
    if (this.cache.get(actor) !== node) this.cache.set(actor, node)
  }

  /** The actor was not reached where it was believed to be. */
  forget(actor: string): void {
    this.cache.delete(actor)
  }

  forgetAll(): void {
    this.cache = new Map()
  }

  /**
   * Asks the directory; where it knows nothing or does not answer, placement decides.
   *
   * Takes no longer than until `deadline` (virtual time, µs): then its caller has given up.
   */
  async locate(actor: string, deadline: number): Promise<string> {
    const registered = await this.lookUp(actor, deadline)
    this.system.happened(registered === undefined ? 'miss' : 'hit')
    const node = registered ?? (await this.place(actor, deadline))
    this.learn(actor, node)
    return node
  }

  private async lookUp(actor: string, deadline: number): Promise<string | undefined> {
    const { system } = this
    const intensity = system.parts.directoryFaults
    let isStale = false
    if (intensity > 0 && system.parts.faults.active) {
      this.directoryFaults ??= this.faultRandom('directory')
      const random = this.directoryFaults.at(this.momentOf(actor))
      const [isSlow, fails] = [random.chance(intensity), random.chance(intensity)]
      isStale = random.chance(intensity)
      const delay = random.below(slowMicros)
      if (isSlow && this.inject('slow lookup', actor)) await this.sleep(delay, deadline)
      if (fails && this.inject('lookup failure', actor)) return undefined
    }
    try {
      const { node, former } = await this.client.look(actor, deadline)
      // As from a host that has missed the last change.
      return isStale && former !== undefined && former !== node && this.inject('stale lookup', actor) ? former : node
    } catch {
      return undefined
    }
  }

  private async place(actor: string, deadline: number): Promise<string> {
    const { system, node } = this
    const { place, parts } = system
    if (parts.placementFaults > 0 && parts.faults.active) {
      this.placementFaults ??= this.faultRandom('placement')
      const random = this.placementFaults.at(this.momentOf(actor))
      const [isSlow, fails] = [random.chance(parts.placementFaults), random.chance(parts.placementFaults)]
      const delay = random.below(slowMicros)
      if (isSlow && this.inject('slow placement', actor)) await this.sleep(delay, deadline)
      if (fails && this.inject('placement failure', actor)) return node.id
    }
    const alive: string[] = []
    for (const one of parts.nodes()) if (one.alive && !one.isStopping) alive.push(one.id)
    const load = (id: string): number => system.members.get(id)?.count ?? 0
    const chosen = place({
      actor,
      nodes: alive.length === 0 ? [node.id] : alive,
      local: node.id,
      load,
      random: this.random.at(this.momentOf(actor)),
    })
    if (!system.members.has(chosen))
      throw new RangeError(`placement of ${actor} chose '${chosen}', which is not a node`)
    return chosen
  }

  private sleep(micros: number, deadline: number): Promise<void> {
    const { engine } = this.system
    return engine.sleep(Math.max(0, Math.min(micros, Math.ceil(deadline - engine.now))), EventKind.stall)
  }

  /** True when the fault happens: it is not masked. */
  private inject(family: string, actor: string): boolean {
    const { faults } = this.system.parts
    const fault = faults.inject(family, faults.named ? `${actor} on ${this.node.id}` : '')
    if (fault !== undefined) faults.effect(fault)
    return fault !== undefined
  }

  private faultRandom(family: string): RandomStream {
    return this.system.engine.random(`faults ${family} ${this.node.id}`)
  }

  /** Draws for one actor at one time do not depend on what else was looked for: leaving that out must not move them. */
  private momentOf(actor: string): number {
    return mix(hashString(actor), this.system.engine.now)
  }
}
