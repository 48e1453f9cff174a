import type { Engine } from '../engine/engine.ts'
import { type EventKind, eventKind } from '../engine/event.ts'
import { Owner } from '../engine/owner.ts'
import { avalanche, hashString } from '../random/hash.ts'
import type { RandomStream } from '../random/stream.ts'
import { RandomStreams } from '../random/streams.ts'
import type { Fault, FaultPlan } from './faults.ts'
import type { EpisodeOptions } from './families.ts'
import { type FaultScript, type ScriptedEpisode, episodeNumber, scriptedEpisodes } from './script.ts'

const beginKind: EventKind<string> = eventKind('episode', (family) => family)
const endKind: EventKind<string> = eventKind('episode ends', (family) => family)

/** Something that is broken for a while. */
export interface Episode {
  readonly fault: Fault
  /** Mends it. */
  end(): void
}

/** One episode that is to begin. */
export interface Beginning {
  /** Its draws; those of another episode are elsewhere. */
  readonly random: RandomStream
  readonly lastsMicros: number
  /** For its key: '#3'. */
  readonly which: string
  /** Whom it must hit, as a plan says; undefined: it is drawn. */
  readonly named: string | undefined
}

/** What a family needs to have episodes. */
export interface EpisodeFamily {
  readonly family: string
  /** Names of the faults that its episodes are; default: its own. */
  readonly kinds?: readonly string[]
  /** Tells those of the same family apart that go on side by side; from 1. */
  readonly lane?: number
  readonly options: EpisodeOptions
  /** Waits between two, virtual ms. */
  readonly every: readonly [number, number]
  readonly lasts: readonly [number, number]
  /** Draws and begins one; undefined: it is masked, or there is nothing to break. */
  begin(beginning: Beginning): Episode | undefined
}

/**
 * Faults that begin, last and end: one at a time in each lane of a family, until the quiet phase ends them all.
 *
 * Each draws at a place of its own, so that whom one has hit, or found, moves no other.
 */
export class Episodes {
  private readonly engine: Engine
  private readonly faults: FaultPlan
  /** Waiting for the next fault keeps no simulation alive; waiting for the end of one does. */
  private readonly waiting = Owner.background('chaos')
  private readonly lasting = new Owner('chaos')
  private readonly open = new Set<Episode>()

  constructor(engine: Engine, faults: FaultPlan) {
    this.engine = engine
    this.faults = faults
  }

  start(family: EpisodeFamily): void {
    const { faults, engine } = this
    faults.enable(family.family)
    const name = `faults ${family.family}${laneName(family)}`
    if (faults.script === undefined) this.next(new Lane(engine.random(name), family), 1)
    // Streams of its own: an episode that the run never comes to leaves no trace in the digest.
    else this.play(new Lane(new RandomStreams(engine.seed).get(name), family), faults.script)
  }

  /** Ends every episode under way. */
  endAll(): void {
    for (const episode of this.open) episode.end()
    this.open.clear()
  }

  private next(lane: Lane, number: number): void {
    const at = this.engine.now + lane.wait(number)
    this.schedule(lane, number, at)
  }

  private schedule(lane: Lane, number: number, at: number, scripted?: ScriptedEpisode): void {
    const { engine, waiting } = this
    engine.scheduleAt(at, beginKind, 0, waiting, () => this.begin(lane, number, scripted), lane.family.family)
  }

  /** Only the episodes of the script; each at its time, whether or not those before it take place. */
  private play(lane: Lane, script: FaultScript): void {
    const { family } = lane
    let number = 0
    let end = 0
    for (const one of scriptedEpisodes(script, family.kinds ?? [family.family], family.lane ?? 1)) {
      let at = end
      // A plan that somebody has made up must not count to the end of time.
      for (; number < one.number && at <= this.engine.limits.virtualMs * 1_000;) {
        at = end + lane.wait(++number)
        end = at + lane.lasts(number)
      }
      this.schedule(lane, one.number, one.moved.at ?? at, one)
    }
  }

  private begin(lane: Lane, number: number, scripted: ScriptedEpisode | undefined): void {
    if (!this.faults.active) return
    const { family } = lane
    const lastsMicros = lane.allowed(scripted?.moved.lasts ?? lane.lasts(number))
    const which = episodeNumber(family.lane ?? 1, number)
    // Of a plan that makes two of a lane overlap, the second does not take place: the seed cannot have both.
    const episode =
      scripted !== undefined && lane.busy
        ? undefined
        : family.begin({ random: lane.drawsOf(number), lastsMicros, which, named: scripted?.subject })
    if (episode !== undefined) this.open.add(episode)
    lane.busy ||= episode !== undefined
    const owner = episode === undefined ? this.waiting : this.lasting
    const ends = episode === undefined ? '' : family.family
    const at = this.engine.now + lastsMicros
    this.engine.scheduleAt(at, endKind, 0, owner, () => this.over(lane, number, episode), ends)
  }

  private over(lane: Lane, number: number, episode: Episode | undefined): void {
    if (episode !== undefined) {
      lane.busy = false
      if (this.open.delete(episode)) episode.end()
    }
    if (this.faults.active && this.faults.script === undefined) this.next(lane, number + 1)
  }
}

/** The episodes of one family that come one after the other. */
class Lane {
  readonly family: EpisodeFamily
  /** True while one of its episodes lasts. */
  busy = false
  private readonly random: RandomStream

  constructor(random: RandomStream, family: EpisodeFamily) {
    this.random = random
    this.family = family
  }

  /** Between the one before and this one, µs. */
  wait(number: number): number {
    return skewed(this.random.at(3 * number), this.family.options.every ?? this.family.every)
  }

  /** µs. */
  lasts(number: number): number {
    return skewed(this.random.at(3 * number + 1), this.family.options.lasts ?? this.family.lasts)
  }

  /** The nearest that may be drawn: nothing lasts longer than the options say, whatever a plan says. */
  allowed(lastsMicros: number): number {
    const [min, max] = this.family.options.lasts ?? this.family.lasts
    return Math.round(Math.min(Math.max(lastsMicros, min * 1_000), max * 1_000))
  }

  /** Where the rest of an episode is drawn. */
  drawsOf(number: number): RandomStream {
    return this.random.at(3 * number + 2)
  }
}

function laneName({ lane = 1 }: EpisodeFamily): string {
  return lane === 1 ? '' : ` ${lane}`
}

/** A time of the range, in µs, short ones more often (FoundationDB skews its clogging lengths the same way). */
function skewed(random: RandomStream, [min, max]: readonly [number, number]): number {
  const u = random.float()
  return Math.round((min + (max - min) * u * u) * 1_000)
}

/** All of them in an order drawn from `random`: leaving one out, or one more, moves none of the others. */
export function inDrawnOrder<T extends { readonly id: string }>(random: RandomStream, all: readonly T[]): T[] {
  const salt = random.int32()
  const rank = ({ id }: T): number => avalanche(hashString(id) ^ salt)
  return [...all].sort((one, other) => rank(one) - rank(other))
}
