import type { Episodes } from '../chaos/episodes.ts'
import type { FaultPlan } from '../chaos/faults.ts'
import type { ClockOptions, CrashEpisodes, EpisodeOptions } from '../chaos/options.ts'
import type { Engine } from '../engine/engine.ts'
import type { RandomStream } from '../random/stream.ts'
import type { LifeCycle } from './node.ts'

/** Nodes that faults may hit: those with a boot function or made by the option `nodes`; a test's own client is spared. */
type Victims = () => readonly LifeCycle[]

/** Crashes: a node (or a zone of nodes) dies, stays dead for a while, and is restarted. */
export function startCrashes(episodes: Episodes, faults: FaultPlan, options: CrashEpisodes, victims: Victims): void {
  faults.enable('crash')
  const wipe = options.wipe ?? 0.1
  episodes.start({
    family: 'crash',
    options,
    every: [50, 5_000],
    lasts: [10, 2_000],
    begin: (random) => {
      const all = victims()
      const zone = pickZone(random, all, options.zones)
      const wipes = random.chance(typeof wipe === 'number' ? wipe : random.between(wipe[0], wipe[1]))
      const dead = all.filter((node) => !node.alive).length
      const maxDead = options.maxDead ?? Math.max(1, (all.length - 1) >> 1)
      const hit = zone.filter((node) => node.alive).slice(0, Math.max(0, maxDead - dead))
      if (hit.length === 0) return undefined
      const fault = faults.inject(wipes ? 'wipe' : 'crash', hit.map((node) => node.id).join(', '))
      if (fault === undefined) return undefined
      faults.effect(fault)
      const incarnations = hit.map((node) => node.incarnation)
      for (const node of hit) {
        if (wipes) node.wipe()
        else node.crash(options.peers === undefined ? {} : { peers: options.peers })
      }
      return {
        fault,
        end: () => {
          for (const [i, node] of hit.entries()) {
            if (!node.alive && node.incarnation === incarnations[i]) node.restart()
          }
        },
      }
    },
  })
}

/** Pauses: a node stands still and goes on later, as under a long garbage collection or a suspended machine. */
export function startPauses(episodes: Episodes, faults: FaultPlan, options: EpisodeOptions, victims: Victims): void {
  episodes.start({
    family: 'pause',
    options,
    every: [50, 5_000],
    lasts: [10, 2_000],
    begin: (random, lastsMs) => {
      const running = victims().filter((node) => node.state === 'running')
      const at = random.float()
      const node = running[Math.floor(at * running.length)]
      if (node === undefined) return undefined
      const fault = faults.inject('pause', node.id, `for ${Math.round(lastsMs)} ms`)
      if (fault === undefined) return undefined
      faults.effect(fault)
      node.pause()
      return { fault, end: () => node.resume() }
    },
  })
}

/** Gives a node a clock of its own: skewed, drifting. It counts as a fault once the node's code reads it. */
export function skewClock(engine: Engine, faults: FaultPlan, options: ClockOptions, node: LifeCycle): void {
  const random = engine.random(`faults clock ${node.id}`)
  const { maxSkewMs = 500, maxDriftPpm = 500 } = options
  const skew = Math.round(random.between(-maxSkewMs, maxSkewMs))
  const drift = Math.round(random.between(-maxDriftPpm, maxDriftPpm))
  node.clock.setSkew(skew)
  node.clock.setDrift(drift)
  const onFirstRead = (): void => {
    const fault = faults.inject('clock', node.id, `skew ${skew} ms, drift ${drift} ppm`)
    if (fault !== undefined) {
      faults.effect(fault)
      return
    }
    node.clock.setDrift(0)
    node.clock.setSkew(0)
  }
  node.clock.onFirstRead = onFirstRead
}

function pickZone(
  random: RandomStream,
  nodes: readonly LifeCycle[],
  zones: CrashEpisodes['zones'],
): readonly LifeCycle[] {
  const at = random.float()
  if (zones === undefined || zones.length === 0) {
    const alive = nodes.filter((node) => node.alive)
    return alive.slice(Math.floor(at * alive.length)).slice(0, 1)
  }
  const ids = zones[Math.floor(at * zones.length)] ?? []
  return nodes.filter((node) => ids.includes(node.id))
}
