import type { Engine } from '../engine/engine.ts'
import { SimulationError, badInput } from '../engine/errors.ts'
import { defaultLatency, latencySampler } from './latency.ts'
import { Link } from './link.ts'
import type { Endpoint } from './message.ts'

/** The endpoints of a network, and the one-way links between them: each is made when it is first used. */
export abstract class Links {
  protected readonly engine: Engine
  protected readonly endpoints: Endpoint[] = []
  /** Of links to come. */
  protected latency = latencySampler(defaultLatency)
  /** Links of the outsider. */
  protected readonly outsideLinks: Link[] = []
  private readonly byId = new Map<string, Endpoint>()
  private outsider: Endpoint | undefined
  /** links[from][to] */
  private readonly links: (Link | undefined)[][] = []
  /** All of them; undefined: to be made anew. */
  private list: readonly Link[] | undefined
  private readonly onNewLink: ((link: Link) => void)[] = []

  constructor(engine: Engine) {
    this.engine = engine
  }

  attach(endpoint: Endpoint): void {
    this.endpoints.push(endpoint)
    this.byId.set(endpoint.id, endpoint)
    this.links[endpoint.index] = []
  }

  /** Attaches the one endpoint that is no node: the test itself, which no fault and no partition reaches. */
  attachOutsider(endpoint: Endpoint): void {
    this.outsider = endpoint
    // A property, not an element: whoever goes through the links of the nodes does not meet it.
    this.links[endpoint.index] = []
  }

  /** Every endpoint, in order of attachment. */
  get allEndpoints(): readonly Endpoint[] {
    return this.endpoints
  }

  endpoint(id: string): Endpoint | undefined {
    return this.byId.get(id)
  }

  /** Called for every link, those to come too. */
  eachLink(configure: (link: Link) => void): void {
    for (const link of this.allLinks) configure(link)
    this.onNewLink.push(configure)
  }

  linkBetween(from: Endpoint, to: Endpoint): Link {
    const row = this.links[from.index] as (Link | undefined)[]
    return row[to.index] ?? this.createLink(from, to)
  }

  /** A loop: the list is made anew in each iteration. */
  private listLinks(): readonly Link[] {
    const list: Link[] = []
    for (const row of this.links) for (const link of row) if (link !== undefined) list.push(link)
    return list
  }

  /** By sender, then by receiver. */
  get allLinks(): readonly Link[] {
    return (this.list ??= this.listLinks())
  }

  /** True while nothing that is sent from one to the other arrives. */
  isCut(from: Endpoint, to: Endpoint): boolean {
    const link = this.linkBetween(from, to)
    return link.obstructed && link.cuts.some(({ mode }) => mode === 'drop')
  }

  private createLink(from: Endpoint, to: Endpoint): Link {
    if (!this.isAttached(from) || !this.isAttached(to)) {
      throw new SimulationError('BAD_INPUT', `no link between ${from.id} and ${to.id}: not both are on this network`)
    }
    const random = this.engine.random(`link ${from.id} > ${to.id}`)
    const link = new Link(from, to, random, from === to ? () => 0 : this.latency)
    ;(this.links[from.index] as (Link | undefined)[])[to.index] = link
    if (from === this.outsider || to === this.outsider) {
      this.outsideLinks.push(link)
      return link
    }
    this.list = undefined
    if (from === to) return link
    for (const configure of this.onNewLink) configure(link)
    this.linked(link)
    return link
  }

  private isAttached(endpoint: Endpoint): boolean {
    return this.byId.get(endpoint.id) === endpoint || endpoint === this.outsider
  }

  /** Called for every new link between two endpoints. */
  protected linked(_link: Link): void {}

  /** The endpoint of that id; throws SimulationError (BAD_INPUT) that lists the known ones. */
  protected known(id: string, where: string): Endpoint {
    const endpoint = this.byId.get(id)
    if (endpoint !== undefined) return endpoint
    throw badInput(where, id, `there is no such node; known are ${[...this.byId.keys()].join(', ') || 'none'}`)
  }
}
