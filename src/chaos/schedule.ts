import type { SchedulePolicy } from '../engine/schedule-policy.ts'
import type { EventKind } from '../engine/event.ts'
import type { Owner } from '../engine/owner.ts'
import { avalanche, mix } from '../random/hash.ts'
import type { RandomStreams } from '../random/streams.ts'
import type { FaultPlan, Names } from './faults.ts'
import type { Chaos } from './families.ts'
import { profileOf } from './profiles.ts'
import type { RandomStream } from '../random/stream.ts'

/**
 * How a seed orders what could happen in any order.
 *
 * `fifo` keeps the order of scheduling; `random` shuffles what happens at the same instant; `heavyTail` lets single
 * messages straggle; `slowPeer` slows one node; `priority` starves nodes by random priorities that change at a few
 * random points (PCT: Burckhardt et al., 2010, with depth 1 to 3).
 */
export type ScheduleStrategy = 'fifo' | 'random' | 'heavyTail' | 'slowPeer' | 'priority'

export const scheduleStrategies: readonly ScheduleStrategy[] = ['fifo', 'random', 'heavyTail', 'slowPeer', 'priority']

/** The strategy of one seed: drawn for the profiles `random` and `swarm`, `fifo` otherwise. */
export function drawStrategy(chaos: Chaos, streams: RandomStreams): ScheduleStrategy {
  const profile = profileOf(chaos)
  return profile === 'random' || profile === 'swarm' ? streams.get('chaos schedule').pick(scheduleStrategies) : 'fifo'
}

/**
 * Shuffles simultaneous events of different owners, and messages that arrive together.
 *
 * Timers of one owner keep their order: Node promises that.
 */
export class RandomOrder implements SchedulePolicy {
  private readonly salt: number

  constructor(random: RandomStream) {
    this.salt = random.int32()
  }

  rank(time: number, owner: Owner, kind: EventKind, subject: number): number {
    const who = kind.isUnordered === true ? subject : owner.hash
    return avalanche(mix(mix(this.salt, time | 0), who))
  }
}

/** A message as a strategy sees it. */
export interface Travelling {
  readonly from: Stop
  readonly to: Stop
  /** The place of its draws (see Message). */
  readonly place: number
  /** For the key of a fault; undefined while nobody reads names. */
  readonly names: Names | undefined
}

interface Stop {
  readonly id: string
  readonly index: number
}

/**
 * Extra travel time of a message, µs, drawn by a strategy.
 *
 * What it slows has a name and can be left out, like a fault: a straggler, a slow node, a node of low priority.
 */
export interface DelayShaper {
  /** Called before each message, also for those that cannot be sent. `nodes`: how many there are now. */
  meet(nodes: number): void
  extra(message: Travelling): number
}

/** One message in twenty straggles by 10 ms or more, up to 2 s (Pareto, shape 1.2). */
class Stragglers implements DelayShaper {
  private readonly random: RandomStream
  private readonly faults: FaultPlan
  private readonly share: number

  constructor(random: RandomStream, faults: FaultPlan, share: number) {
    this.random = random
    this.faults = faults
    this.share = share
  }

  meet(): void {}

  extra({ from, to, place, names }: Travelling): number {
    const { faults, share } = this
    const random = this.random.at(mix(from.index * 16_384 + to.index, place))
    const straggles = random.chance(share)
    if (!faults.named) return straggles ? lag(random) : 0
    const subject = `${from.id} → ${to.id}`
    if (!faults.happens(straggles, 'straggler', subject, names)) return 0
    const micros = faults.lasts(lag(random), 'straggler', subject, names)
    return faults.shape('straggler', subject, `${names?.number}, ${later(micros)}`, names, micros) ? micros : 0
  }
}

function lag(random: RandomStream): number {
  return Math.min(2_000_000, Math.round(10_000 * (1 - random.float()) ** (-1 / 1.2)))
}

/** All messages from and to one node take 20 to 400 ms longer; it is one of those that exist when the first message travels. */
class OneSlowPeer implements DelayShaper {
  private readonly pick: number
  private readonly delay: number
  private readonly names: NodeNames
  private slow: number | undefined

  constructor(random: RandomStream, faults: FaultPlan) {
    this.pick = random.float()
    this.delay = random.integer(20_000, 400_000)
    this.names = new NodeNames(faults, 'slow node')
  }

  meet(nodes: number): void {
    this.slow ??= Math.floor(this.pick * nodes)
  }

  extra({ from, to }: Travelling): number {
    return this.isSlow(from) || this.isSlow(to) ? this.delay : 0
  }

  private isSlow(node: Stop): boolean {
    return this.names.happens(node.index === this.slow, node, '#1', this.delay, 'each message from and to it')
  }
}

/**
 * Each node has a priority; a message to a node waits longer the lower it is. At change points a node drops to the end.
 *
 * Change points are times, and not numbers of messages: a replay that leaves operations out sends fewer messages, and is
 * to meet the same. How long a seed will take is not known, so they lie in the first 100 ms, 1 s or 10 s.
 */
class Priorities implements DelayShaper {
  private readonly random: RandomStream
  private readonly now: () => number
  private readonly names: NodeNames
  /** By node, before any change. */
  private readonly priorities = new Map<number, number>()
  /** Those that have come. */
  private readonly changed: { readonly node: number; readonly value: number; readonly which: string }[] = []
  /** Those to come, the next one last. */
  private readonly changes: { readonly at: number; readonly pick: number }[]
  private readonly step: number
  private lowest = 8

  constructor(random: RandomStream, faults: FaultPlan, now: () => number) {
    this.random = random
    this.now = now
    this.names = new NodeNames(faults, 'low priority')
    const depth = random.integer(1, 3)
    const within = random.pick([100_000, 1_000_000, 10_000_000])
    this.changes = Array.from({ length: depth - 1 }, () => ({ at: random.integer(1, within), pick: random.float() }))
    this.changes.sort((one, other) => other.at - one.at)
    this.step = random.integer(10_000, 80_000)
  }

  meet(nodes: number): void {
    for (let next = this.changes.at(-1); next !== undefined && next.at <= this.now(); next = this.changes.at(-1)) {
      this.changes.pop()
      const value = ++this.lowest
      this.changed.push({ node: Math.floor(next.pick * nodes), value, which: `#${value - 7}` })
    }
  }

  extra({ to }: Travelling): number {
    for (let i = this.changed.length - 1; i >= 0; i--) {
      const { node, value, which } = this.changed[i] as (typeof this.changed)[number]
      // A replay takes the node that the plan names, also when there are fewer now to pick one from.
      const delay = this.delay(node === to.index, to, which, value)
      if (delay > 0) return delay
    }
    let priority = this.priorities.get(to.index)
    if (priority === undefined) {
      priority = this.random.at(to.index).below(8)
      this.priorities.set(to.index, priority)
    }
    return this.delay(priority > 0, to, '#1', priority)
  }

  private delay(isDrawn: boolean, to: Stop, which: string, priority: number): number {
    const micros = priority * this.step
    return this.names.happens(isDrawn, to, which, micros, 'each message to it') ? micros : 0
  }
}

/** Nodes that are slow by the strategy: each is named once, and slow unless it is masked. */
class NodeNames {
  private readonly faults: FaultPlan
  private readonly family: string
  private readonly decided = new Map<string, boolean>()

  constructor(faults: FaultPlan, family: string) {
    this.faults = faults
    this.family = family
  }

  happens(drawn: boolean, { id }: Stop, which: string, micros: number, what: string): boolean {
    const { faults, family, decided } = this
    if (!faults.named) return drawn
    const name = `${id} ${which}`
    let decision = decided.get(name)
    if (decision === undefined) {
      // A replay slows the node that the plan names, also when there are fewer now to pick one from.
      decision = faults.happens(drawn, family, id, which) && micros > 0
      decision &&= faults.shape(family, id, `${what}: ${later(micros)}`, which, micros)
      decided.set(name, decision)
    }
    return decision
  }
}

function later(micros: number): string {
  return `${Math.round(micros / 1_000)} ms later`
}

/** The stragglers that a plan names, whatever the strategy is, on top of what that does. */
class Both implements DelayShaper {
  private readonly all: readonly DelayShaper[]

  constructor(...all: readonly DelayShaper[]) {
    this.all = all
  }

  meet(nodes: number): void {
    for (const one of this.all) one.meet(nodes)
  }

  extra(message: Travelling): number {
    let sum = 0
    for (const one of this.all) sum += one.extra(message)
    return sum
  }
}

/** The shaper of a strategy; undefined: it does not change travel times. `now`: virtual time, µs. */
export function delayShaper(
  strategy: ScheduleStrategy,
  random: RandomStream,
  faults: FaultPlan,
  now: () => number,
): DelayShaper | undefined {
  const ofPlan = faults.script === undefined ? undefined : new Stragglers(random, faults, 0)
  switch (strategy) {
    case 'fifo':
    case 'random':
      return ofPlan
    case 'heavyTail':
      return new Stragglers(random, faults, 0.05)
    case 'slowPeer': {
      const slow = new OneSlowPeer(random, faults)
      return ofPlan === undefined ? slow : new Both(slow, ofPlan)
    }
    case 'priority': {
      const priorities = new Priorities(random, faults, now)
      return ofPlan === undefined ? priorities : new Both(priorities, ofPlan)
    }
  }
}
