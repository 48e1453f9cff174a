import { type Episodes, inDrawnOrder } from '../chaos/episodes.ts'
import type { FaultPlan } from '../chaos/faults.ts'
import type { ClockOptions, CrashEpisodes, EpisodeOptions, Intensity } from '../chaos/families.ts'
import type { Engine } from '../engine/engine.ts'
import type { RandomStream } from '../random/stream.ts'
import type { CrashOptions, LifeCycle } from './life-cycle.ts'

/** Nodes that faults may hit: those with a boot function or made by the option `nodes`; a test's own client is spared. */
type Victims = () => readonly LifeCycle[]

/** How a node goes: at once, at once and with its disk, or in good order. */
type Death = 'crash' | 'wipe' | 'graceful stop'

/** Attrition: a node (or a zone of nodes) dies, stays dead for a while, and is restarted. */
export function startCrashes(episodes: Episodes, faults: FaultPlan, options: CrashEpisodes, victims: Victims): void {
  faults.enable('crash')
  const lanes = Math.max(1, Math.min(Math.floor(options.maxDead ?? 1), lanesMax))
  const wiped = new Set<LifeCycle>()
  for (let lane = 1; lane <= lanes; lane++) startCrashLane(episodes, faults, options, victims, wiped, lane)
}

/** Most episodes side by side. */
const lanesMax = 16

function startCrashLane(
  episodes: Episodes,
  faults: FaultPlan,
  options: CrashEpisodes,
  victims: Victims,
  wiped: Set<LifeCycle>,
  lane: number,
): void {
  episodes.start({
    family: 'crash',
    kinds: ['crash', 'wipe', 'graceful stop'],
    lane,
    options,
    every: [50, 5_000],
    lasts: [10, 2_000],
    begin: ({ random, lastsMicros, which, named }) => {
      const all = victims()
      const drawn = pickZone(random, all, options.zones)
      const wanted = drawDeath(random, options)
      const dead = all.filter((node) => !node.alive).length
      const hit = (named === undefined ? drawn : namedNodes(all, named)).filter((node) => node.alive)
      if (hit.length === 0 || dead + hit.length > maxDeadOf(options, all)) return undefined
      const death = named === undefined ? bearable(wanted, hit, wiped, options) : wanted
      const subject = named ?? hit.map((node) => node.id).join(', ')
      const fault = faults.inject(death, subject, forMillis(lastsMicros), which, lastsMicros)
      if (fault === undefined) return undefined
      faults.effect(fault)
      const lives = hit.map((node) => new Life(node, death, options))
      return {
        fault,
        end: () => {
          for (const life of lives) life.renew()
        },
      }
    },
  })
}

/** One incarnation that was made to end, and its successor. */
class Life {
  private readonly node: LifeCycle
  private readonly incarnation: number
  private isOver = false

  constructor(node: LifeCycle, death: Death, options: CrashEpisodes) {
    this.node = node
    this.incarnation = node.incarnation
    const how: CrashOptions = options.peers === undefined ? {} : { peers: options.peers }
    if (death === 'crash') node.crash(how)
    else if (death === 'wipe') node.wipe(how)
    else node.stopThen(options.graceMs ?? 1_000, () => this.stopped())
  }

  /** Restarts the node, unless somebody else has done so; one that is still stopping comes back when it has stopped. */
  renew(): void {
    this.isOver = true
    this.stopped()
  }

  private stopped(): void {
    const { node } = this
    if (this.isOver && !node.alive && node.incarnation === this.incarnation) node.restart()
  }
}

/** With zones, one whole zone may be dead; else fewer than half of the nodes, but one always. */
function maxDeadOf(options: CrashEpisodes, all: readonly LifeCycle[]): number {
  return options.maxDead ?? largestZone(options) ?? Math.max(1, (all.length - 1) >> 1)
}

function largestZone({ zones = [] }: CrashEpisodes): number | undefined {
  return zones.length === 0 ? undefined : Math.max(...zones.map((zone) => zone.length))
}

/**
 * A system that bears one lost replica need not bear two, and nobody but itself knows when a blank node has caught up:
 * no seed loses more disks than may be dead at once, unless the test asks for a share of wipes. Then it is a crash.
 */
function bearable(death: Death, hit: readonly LifeCycle[], wiped: Set<LifeCycle>, options: CrashEpisodes): Death {
  if (death !== 'wipe') return death
  const all = new Set([...wiped, ...hit])
  if (options.wipe === undefined && all.size > (options.maxDead ?? largestZone(options) ?? 1)) return 'crash'
  for (const node of hit) wiped.add(node)
  return 'wipe'
}

function drawDeath(random: RandomStream, { wipe = 0.1, graceful = 0.1 }: CrashEpisodes): Death {
  const wipes = random.chance(shareOf(wipe, random))
  const stops = random.chance(shareOf(graceful, random))
  return wipes ? 'wipe' : stops ? 'graceful stop' : 'crash'
}

function shareOf(share: Intensity, random: RandomStream): number {
  return typeof share === 'number' ? share : random.between(share[0], share[1])
}

/** Pauses: a node stands still and goes on later, as under a long garbage collection or a suspended machine. */
export function startPauses(episodes: Episodes, faults: FaultPlan, options: EpisodeOptions, victims: Victims): void {
  episodes.start({
    family: 'pause',
    options,
    every: [50, 5_000],
    lasts: [10, 2_000],
    begin: ({ random, lastsMicros, which, named }) => {
      const running = victims().filter((node) => node.state === 'running')
      const node = pickNode(random, running, named)
      if (node === undefined) return undefined
      const fault = faults.inject('pause', node.id, forMillis(lastsMicros), which, lastsMicros)
      if (fault === undefined) return undefined
      faults.effect(fault)
      node.pause()
      return { fault, end: () => node.resume() }
    },
  })
}

/** Gives a node a clock of its own: skewed, drifting. It has an effect once the node's code reads it. */
export function skewClock(engine: Engine, faults: FaultPlan, options: ClockOptions, node: LifeCycle): void {
  const random = engine.random(`faults clock ${node.id}`)
  const { maxSkewMs = 500, maxDriftPpm = 500 } = options
  const skew = Math.round(random.between(-maxSkewMs, maxSkewMs))
  const drift = Math.round(random.between(-maxDriftPpm, maxDriftPpm))
  if (skew === 0 && drift === 0) return
  const fault = faults.inject('clock', node.id, `skew ${skew} ms, drift ${drift} ppm`)
  if (fault === undefined) return
  node.clock.setSkew(skew)
  node.clock.setDrift(drift)
  onNextRead(node, () => faults.effect(fault))
}

/**
 * Wall clocks that jump, as when a node's time is corrected: forth or back, and there they stay. As skew and drift, it may
 * hit every node.
 */
export function startClockJumps(
  episodes: Episodes,
  faults: FaultPlan,
  { maxJumpMs = 1_000 }: ClockOptions,
  nodes: Victims,
): void {
  if (maxJumpMs === 0) return
  episodes.start({
    family: 'clock jump',
    options: {},
    every: [100, 10_000],
    lasts: [0, 0],
    begin: ({ random, which, named }) => {
      const alive = nodes().filter((node) => node.alive)
      const ms = Math.round(random.between(-maxJumpMs, maxJumpMs))
      const node = pickNode(random, alive, named)
      if (node === undefined) return undefined
      const fault = faults.inject('clock jump', node.id, `${ms} ms`, which)
      if (fault === undefined) return undefined
      onNextRead(node, () => faults.effect(fault))
      node.clock.jump(ms)
      return { fault, end: () => {} }
    },
  })
}

function onNextRead({ clock }: LifeCycle, read: () => void): void {
  const before = clock.onNextRead
  const both = (): void => {
    before?.()
    read()
  }
  clock.onNextRead = both
}

/** The one that a plan names, or the first in an order of all that the draw gives. */
function pickNode(random: RandomStream, eligible: readonly LifeCycle[], named: string | undefined) {
  return named === undefined ? inDrawnOrder(random, eligible)[0] : eligible.find((node) => node.id === named)
}

function pickZone(
  random: RandomStream,
  nodes: readonly LifeCycle[],
  zones: CrashEpisodes['zones'],
): readonly LifeCycle[] {
  if (zones === undefined || zones.length === 0) {
    const alive = nodes.filter((node) => node.alive)
    return inDrawnOrder(random, alive).slice(0, 1)
  }
  const ids = random.pick(zones)
  return nodes.filter((node) => ids.includes(node.id))
}

/** Of a zone, the key of a fault says 'n1, n2'. */
function namedNodes(all: readonly LifeCycle[], named: string): readonly LifeCycle[] {
  const one = all.find((node) => node.id === named)
  if (one !== undefined) return [one]
  const ids = named.split(', ')
  return all.filter((node) => ids.includes(node.id))
}

function forMillis(micros: number): string {
  return `for ${Math.round(micros / 1_000)} ms`
}
