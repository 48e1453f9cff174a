import type { Engine } from '../engine/engine.ts'
import { type EventKind, eventKind } from '../engine/event.ts'
import { Owner } from '../engine/owner.ts'
import type { RandomStream } from '../random/stream.ts'
import type { Fault, FaultPlan } from './faults.ts'
import type { EpisodeOptions } from './options.ts'

const beginKind: EventKind<string> = eventKind('episode', (family) => family)
/** Of an episode that is masked or found nothing to break, the family is ''. */
const endKind: EventKind<string> = eventKind('episode ends', (family) => family)

/** True for what only says that a family drew an episode: one that takes place is told as a fault. */
export function isIdleEpisode(kind: string, text: string): boolean {
  return kind === beginKind.name || (kind === endKind.name && text === '')
}

/** Something that is broken for a while. */
export interface Episode {
  readonly fault: Fault
  /** Mends it. */
  end(): void
}

/** What a family needs to have episodes. */
export interface EpisodeFamily {
  readonly family: string
  /** Tells those of the same family apart that go on side by side. */
  readonly lane?: string
  readonly options: EpisodeOptions
  /** Waits between two, virtual ms. */
  readonly every: readonly [number, number]
  readonly lasts: readonly [number, number]
  /** Draws and begins one; undefined: it is masked, or there is nothing to break. It must draw the same either way. */
  begin(random: RandomStream, lastsMs: number): Episode | undefined
}

/** Faults that begin, last and end: one at a time in each lane of a family, until the quiet phase ends them all. */
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
    this.faults.enable(family.family)
    this.next(family, this.engine.random(`faults ${family.family}${family.lane ?? ''}`))
  }

  /** Ends every episode under way. */
  endAll(): void {
    for (const episode of this.open) episode.end()
    this.open.clear()
  }

  private next(family: EpisodeFamily, random: RandomStream): void {
    const wait = skewed(random, family.options.every ?? family.every)
    const at = this.engine.now + Math.round(wait * 1000)
    this.engine.scheduleAt(at, beginKind, 0, this.waiting, () => this.begin(family, random), family.family)
  }

  private begin(family: EpisodeFamily, random: RandomStream): void {
    if (!this.faults.active) return
    const lastsMs = skewed(random, family.options.lasts ?? family.lasts)
    const episode = family.begin(random, lastsMs)
    if (episode !== undefined) this.open.add(episode)
    const at = this.engine.now + Math.round(lastsMs * 1000)
    const owner = episode === undefined ? this.waiting : this.lasting
    const ends = episode === undefined ? '' : family.family
    this.engine.scheduleAt(at, endKind, 0, owner, () => this.over(family, random, episode), ends)
  }

  private over(family: EpisodeFamily, random: RandomStream, episode: Episode | undefined): void {
    if (episode !== undefined && this.open.delete(episode)) episode.end()
    if (this.faults.active) this.next(family, random)
  }
}

/** A number of the range, short ones more often (FoundationDB skews its clogging lengths the same way). */
function skewed(random: RandomStream, [min, max]: readonly [number, number]): number {
  const u = random.float()
  return min + (max - min) * u * u
}
