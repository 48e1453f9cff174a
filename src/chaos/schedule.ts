import type { SchedulePolicy } from '../engine/engine.ts'
import { badInput } from '../engine/errors.ts'
import type { EventKind } from '../engine/event.ts'
import type { Owner } from '../engine/owner.ts'
import { avalanche, mix } from '../random/hash.ts'
import type { RandomStreams } from '../random/streams.ts'
import type { Chaos } from './options.ts'
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
  return chaos === 'random' || chaos === 'swarm' ? streams.get('chaos schedule').pick(scheduleStrategies) : 'fifo'
}

/** Checks a `schedule` option; throws SimulationError (BAD_INPUT). */
export function checkSchedule(value: unknown, where: string): asserts value is ScheduleStrategy | undefined {
  if (value === undefined || (scheduleStrategies as readonly unknown[]).includes(value)) return
  throw badInput(where, value, `it must be one of '${scheduleStrategies.join("', '")}'`)
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
    const who = kind.name === 'deliver' ? subject : owner.hash
    return avalanche(mix(mix(this.salt, time | 0), who))
  }
}

/** Extra travel time of a message, µs, drawn by a strategy. */
export interface DelayShaper {
  /** `from` and `to` are indexes of nodes, `nodes` says how many there are now, `place` is the message's (see Message). */
  extra(from: number, to: number, nodes: number, place: number): number
}

/** One message in twenty straggles by 10 ms or more, up to 2 s (Pareto, shape 1.2). */
class Stragglers implements DelayShaper {
  private readonly random: RandomStream

  constructor(random: RandomStream) {
    this.random = random
  }

  extra(from: number, to: number, _nodes: number, place: number): number {
    const random = this.random.at(mix(from * 16_384 + to, place))
    if (!random.chance(0.05)) return 0
    return Math.min(2_000_000, Math.round(10_000 * (1 - random.float()) ** (-1 / 1.2)))
  }
}

/** All messages from and to one node take 20 to 400 ms longer; it is one of those that exist when the first message travels. */
class OneSlowPeer implements DelayShaper {
  private readonly pick: number
  private readonly delay: number
  private slow: number | undefined

  constructor(random: RandomStream) {
    this.pick = random.float()
    this.delay = random.integer(20_000, 400_000)
  }

  extra(from: number, to: number, nodes: number): number {
    this.slow ??= Math.floor(this.pick * nodes)
    return from === this.slow || to === this.slow ? this.delay : 0
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
  private readonly priorities = new Map<number, number>()
  /** Those to come, the next one last. */
  private readonly changes: { readonly at: number; readonly pick: number }[]
  private readonly step: number
  private lowest = 8

  constructor(random: RandomStream, now: () => number) {
    this.random = random
    this.now = now
    const depth = random.integer(1, 3)
    const within = random.pick([100_000, 1_000_000, 10_000_000])
    this.changes = Array.from({ length: depth - 1 }, () => ({ at: random.integer(1, within), pick: random.float() }))
    this.changes.sort((one, other) => other.at - one.at)
    this.step = random.integer(10_000, 80_000)
  }

  extra(_from: number, to: number, nodes: number): number {
    for (let next = this.changes.at(-1); next !== undefined && next.at <= this.now(); next = this.changes.at(-1)) {
      this.changes.pop()
      this.priorities.set(Math.floor(next.pick * nodes), ++this.lowest)
    }
    let priority = this.priorities.get(to)
    if (priority === undefined) {
      priority = this.random.at(to).below(8)
      this.priorities.set(to, priority)
    }
    return priority * this.step
  }
}

/** The shaper of a strategy; undefined: it does not change travel times. `now`: virtual time, µs. */
export function delayShaper(
  strategy: ScheduleStrategy,
  random: RandomStream,
  now: () => number,
): DelayShaper | undefined {
  switch (strategy) {
    case 'fifo':
    case 'random':
      return undefined
    case 'heavyTail':
      return new Stragglers(random)
    case 'slowPeer':
      return new OneSlowPeer(random)
    case 'priority':
      return new Priorities(random, now)
  }
}
