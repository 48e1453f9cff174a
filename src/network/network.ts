import type { Fault } from '../chaos/faults.ts'
import { badInput } from '../engine/errors.ts'
import { type EventKind, eventKind } from '../engine/event.ts'
import { check, object, share } from '../engine/schema.ts'
import { latencySampler, latencySchema, withoutTail } from './latency.ts'
import type { CutMode, Link } from './link.ts'
import type { Endpoint } from './message.ts'
import type { LinkHandle, LinkSettings, Network as PublicNetwork, PartitionOptions } from './door.ts'
import { MessageNetwork } from './message-network.ts'
import type { Rule } from './rule.ts'

const linkSchema = object<LinkSettings>({ latency: latencySchema, loss: share, duplication: share, reordering: share })

/** A partition under way; links that are first used during it are cut, too. */
interface Partition {
  readonly left: ReadonlySet<Endpoint>
  readonly right: ReadonlySet<Endpoint>
  readonly oneWay: boolean
  readonly mode: CutMode
  readonly fault: Fault | undefined
}

const unclogKind: EventKind<Link> = eventKind('unclog', (link) => link.name)
const linkOf = new WeakMap<LinkHandle, Link>()

/** The network as tests use it: every fault by hand, each with its undo. */
export class Network extends MessageNetwork implements PublicNetwork {
  /** Numbers partitions, holds and clogs. */
  private obstructions = 0
  private readonly partitions = new Map<number, Partition>()
  private readonly holds = new Map<number, Link>()

  /** Cuts every link between two sides; returns what heals it. Drops what is in flight unless told to hold it. */
  partition(a: readonly string[], b: readonly string[], options: PartitionOptions = {}): () => void {
    checkPartitionOptions(options)
    const left = this.side(a, 'network.partition first side')
    const right = this.side(b, 'network.partition second side')
    const both = left.find((endpoint) => right.includes(endpoint))
    if (both !== undefined) throw badInput('network.partition', both.id, 'it is on both sides; a node can be on one')
    return this.partitionEndpoints(left, right, options, undefined)
  }

  /** Cuts a node off from all others, both ways; returns what heals it. */
  isolate(node: string | { readonly id: string }, options: PartitionOptions = {}): () => void {
    checkPartitionOptions(options)
    const one = this.known(typeof node === 'string' ? node : node.id, 'network.isolate(node)')
    const others = this.endpoints.filter((endpoint) => endpoint !== one)
    return this.partitionEndpoints([one], others, options, undefined)
  }

  /** Ends every partition, hold and clog, whoever made it; what was held arrives. Rules and `link().set` stay. */
  heal(): void {
    this.partitions.clear()
    this.holds.clear()
    for (const link of this.allLinks) for (const { partition } of link.cuts) this.uncut(link, partition)
    this.noted(() => 'heal')
    this.engine.recorder?.healsAll()
  }

  /** Keeps every message of one direction back, those on the way too; returns its release. */
  hold(link: LinkHandle | readonly [string, string]): () => void {
    const held = this.resolve(link, 'network.hold(link)')
    this.noted(() => `hold ${held.name}`)
    const number = ++this.obstructions
    this.engine.recorder?.cut(undefined, 'hold', held.name, [held.from.id], [held.to.id], number)
    this.cut(held, number, 'hold', undefined)
    this.holds.set(number, held)
    return once(() => this.endHold(number, held))
  }

  /** Ends one `hold`, the latest; what was kept back arrives in order. */
  release(link: LinkHandle | readonly [string, string]): void {
    const held = this.resolve(link, 'network.release(link)')
    const latest = [...this.holds].findLast(([, one]) => one === held)
    if (latest !== undefined) this.endHold(latest[0], held)
  }

  /** Delivers nothing in one direction for `ms` virtual milliseconds, then all of it in order; returns its undo. */
  clog(link: LinkHandle | readonly [string, string], ms: number): () => void {
    if (!(Number.isFinite(ms) && ms >= 0))
      throw badInput('network.clog(link, ms)', ms, 'it must be 0 or more milliseconds')
    const clogged = this.resolve(link, 'network.clog(link, ms)')
    this.noted(() => `clog ${clogged.name} for ${ms} ms`)
    const release = this.obstruct(clogged, undefined)
    const told = this.engine.recorder?.cut(undefined, 'clog', clogged.name, [clogged.from.id], [clogged.to.id])
    const undo = (): void => {
      if (told !== undefined) this.engine.recorder?.heals(told)
      release()
    }
    const end = this.engine.now + Math.round(ms * 1000)
    this.engine.scheduleAt(end, unclogKind, 0, clogged.to.address, undo, clogged)
    return undo
  }

  /** One direction between two nodes. */
  link(from: string, to: string): LinkHandle {
    const link = this.linkBetween(this.known(from, 'network.link(from)'), this.known(to, 'network.link(to)'))
    const handle: LinkHandle = { from, to, set: (settings) => this.configure(link, settings) }
    linkOf.set(handle, link)
    return handle
  }

  /** Installs a rule that sees every message at sending; the first verdict that is not 'pass' wins. Returns its undo. */
  rule(rule: Rule): () => void {
    if (typeof rule !== 'function') throw badInput('network.rule(rule)', rule, 'it must be a function of a message')
    return this.addRule(rule)
  }

  /** Cuts between two sets of endpoints on behalf of a fault (or of the test); returns what heals it. */
  partitionEndpoints(
    left: readonly Endpoint[],
    right: readonly Endpoint[],
    options: PartitionOptions,
    fault: Fault | undefined,
  ): () => void {
    this.engine.owner.acts()
    const number = ++this.obstructions
    const { oneWay = false, inFlight: mode = 'drop' } = options
    const partition: Partition = { left: new Set(left), right: new Set(right), oneWay, mode, fault }
    // The decision point has noted it when it is a fault.
    const text = (): string => describePartition(left, right, oneWay)
    if (fault === undefined) this.noted(() => `partition ${text()}`)
    const told = this.engine.recorder?.cut(fault, 'partition', text(), left.map(idOf), right.map(idOf))
    this.partitions.set(number, partition)
    for (const link of this.allLinks) if (cuts(partition, link)) this.cut(link, number, mode, fault)
    return once(() => {
      if (!this.partitions.delete(number)) return
      if (told !== undefined) this.engine.recorder?.heals(told)
      for (const link of this.allLinks) this.uncut(link, number)
      if (fault === undefined) this.noted(() => `heal ${text()}`)
    })
  }

  /** Holds what arrives on a link until the undo it returns. */
  obstruct(link: Link, fault: Fault | undefined): () => void {
    const number = ++this.obstructions
    this.cut(link, number, 'hold', fault)
    return once(() => this.uncut(link, number))
  }

  /** A line of the trace, made only while recording. */
  private noted(text: () => string): void {
    if (this.engine.trace !== undefined) this.engine.note('fault', text())
  }

  private endHold(number: number, link: Link): void {
    if (!this.holds.delete(number)) return
    this.noted(() => `release ${link.name}`)
    this.engine.recorder?.released(number)
    this.uncut(link, number)
  }

  protected override linked(link: Link): void {
    for (const [number, partition] of this.partitions) {
      if (cuts(partition, link)) this.cut(link, number, partition.mode, partition.fault)
    }
  }

  private configure(link: Link, settings: LinkSettings): void {
    this.engine.owner.acts()
    check(linkSchema, settings, 'link.set(…)')
    const { latency, ...faults } = settings
    for (const [name, value] of Object.entries(faults)) {
      if (value === undefined) continue
      link.faults[name as keyof typeof faults] = value
      link.faulty = true
      link.byHand = true
    }
    if (latency === undefined) return
    link.sample = latencySampler(latency)
    link.mended = withoutTail(latency)
  }

  private resolve(link: LinkHandle | readonly [string, string], where: string): Link {
    const known = linkOf.get(link as LinkHandle)
    if (known !== undefined) return known
    if (!Array.isArray(link)) throw badInput(where, link, "it must be network.link('a', 'b') or ['a', 'b']")
    const [from, to] = link as unknown as readonly [string, string]
    return this.linkBetween(this.known(from, where), this.known(to, where))
  }

  private side(ids: readonly string[], where: string): Endpoint[] {
    if (!Array.isArray(ids) || ids.length === 0) throw badInput(where, ids, 'it must be a list of node ids')
    return ids.map((id: string) => this.known(id, where))
  }
}

function idOf({ id }: Endpoint): string {
  return id
}

function cuts({ left, right, oneWay }: Partition, { from, to }: Link): boolean {
  return (left.has(from) && right.has(to)) || (!oneWay && right.has(from) && left.has(to))
}

/** 'a, b | c' or, one-way, 'a, b →| c'. */
export function describePartition(left: Iterable<Endpoint>, right: Iterable<Endpoint>, oneWay: boolean): string {
  const names = (side: Iterable<Endpoint>): string => Array.from(side, ({ id }) => id).join(', ')
  return `${names(left)} ${oneWay ? '→|' : '|'} ${names(right)}`
}

function checkPartitionOptions(options: PartitionOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (name === 'oneWay' && typeof value === 'boolean') continue
    if (name === 'inFlight' && (value === 'drop' || value === 'hold')) continue
    throw badInput(
      `partition option '${name}'`,
      value,
      "known options are oneWay: boolean and inFlight: 'drop' | 'hold'",
    )
  }
}

function once(undo: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    undo()
  }
}
