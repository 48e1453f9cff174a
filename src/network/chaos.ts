import type { Episodes } from '../chaos/episodes.ts'
import type { Fault, FaultPlan } from '../chaos/faults.ts'
import type { PartitionEpisodes, PartitionShape } from '../chaos/options.ts'
import { type ScheduleStrategy, delayShaper } from '../chaos/schedule.ts'
import type { SeedChaos } from '../chaos/seed-chaos.ts'
import type { Engine } from '../engine/engine.ts'
import type { RandomStream } from '../random/stream.ts'
import type { RandomStreams } from '../random/streams.ts'
import { type Network, describePartition } from './hand-made.ts'
import type { Latency, LatencySampler } from './latency.ts'
import type { Link } from './link.ts'
import type { Endpoint } from './message.ts'

/** Turns the faults of one seed on: latencies, per-message faults of every link, clogs and partitions. */
export function startNetworkChaos(
  network: Network,
  engine: Engine,
  faults: FaultPlan,
  episodes: Episodes,
  chaos: SeedChaos,
  strategy: ScheduleStrategy,
): void {
  setLatencies(network, engine, faults, chaos)
  network.shaper = delayShaper(strategy, engine.random('schedule'), () => engine.now)
  const { loss, duplication, reordering } = chaos
  if (loss > 0) faults.enable('loss')
  if (duplication > 0) faults.enable('duplication')
  if (reordering > 0) faults.enable('reordering')
  if (loss + duplication + reordering > 0) {
    network.eachLink((link) => {
      Object.assign(link.faults, { loss, duplication, reordering })
      link.faulty = true
    })
  }
  if (chaos.clog !== undefined) startClogs(network, faults, episodes, chaos.clog)
  if (chaos.partition !== undefined) startPartitions(network, faults, episodes, chaos.partition)
}

/** The shapes that `latency: 'drawn'` chooses from: a light one, two with tails, one with two modes. */
const latencyShapes: readonly Latency[] = [
  { kind: 'uniform', min: 0.5, max: 20 },
  { kind: 'exponential', min: 0.5, mean: 20 },
  { kind: 'bimodal', fast: [0.5, 5], slow: [50, 300], slowShare: 0.1 },
  { kind: 'heavyTail', min: 0.5, max: 2_000 },
]

/** The latency of a seed's chaos; undefined: the usual one. Draws when the option says so. */
export function latencyOf({ latency }: SeedChaos, streams: RandomStreams): Latency | undefined {
  return latency === 'drawn' ? streams.get('chaos latency').pick(latencyShapes) : (latency as Latency | undefined)
}

function setLatencies(network: Network, engine: Engine, faults: FaultPlan, chaos: SeedChaos): void {
  const latency = latencyOf(chaos, engine.streams)
  if (latency !== undefined) network.setLatency(latency, chaos.latency === 'drawn')
  if (chaos.slowPairs > 0 || chaos.slowPeer) slowDownSome(network, engine, faults, chaos)
}

/** Drawn at first contact of a pair, as FoundationDB does: which pairs will talk is not known before. */
function slowDownSome(network: Network, engine: Engine, faults: FaultPlan, chaos: SeedChaos): void {
  const slowIndex = chaos.slowPeer ? engine.random('faults slow peer').below(3) : -1
  if (chaos.slowPairs > 0) faults.enable('slow pair')
  if (chaos.slowPeer) faults.enable('slow peer')
  network.eachLink((link) => {
    if (!faults.active) return
    // A stream for each link: what another fault does to the order of first contacts must not move these draws.
    const random = engine.random(`faults slow ${link.name}`)
    const factor = random.integer(5, 50)
    const isSlowPair = random.chance(chaos.slowPairs)
    const isSlowPeer = link.from.index === slowIndex || link.to.index === slowIndex
    if (!isSlowPair && !isSlowPeer) return
    const fault = faults.inject(isSlowPeer ? 'slow peer' : 'slow pair', link.name, `× ${factor}`)
    if (fault !== undefined) slowDown(link, factor, faults, fault)
  })
}

function slowDown(link: Link, factor: number, faults: FaultPlan, fault: Fault): void {
  const usual = link.sample
  const slow: LatencySampler = (random) => {
    const usually = usual(random)
    if (usually === 0) return usually
    faults.effect(fault)
    return usually * factor
  }
  link.sample = slow
}

function startClogs(
  network: Network,
  faults: FaultPlan,
  episodes: Episodes,
  options: SeedChaos['clog'] & object,
): void {
  episodes.start({
    family: 'clog',
    options,
    every: [20, 2_000],
    lasts: [10, 1_000],
    begin: (random, lastsMs) => {
      const endpoints = network.allEndpoints
      if (endpoints.length < 2) return undefined
      // Drawn from the nodes, not from the links in use: which are in use may depend on other faults.
      const one = random.pick(endpoints)
      const others = endpoints.filter((endpoint) => endpoint !== one)
      const other = random.pick(others)
      const scope = random.pick(clogScopes)
      const [from, to, name] = {
        pair: [[one], [other], `${one.id} → ${other.id}`] as const,
        up: [[one], others, `${one.id} → all`] as const,
        down: [others, [one], `all → ${one.id}`] as const,
      }[scope]
      const fault = faults.inject('clog', name, faults.named ? `for ${Math.round(lastsMs)} ms` : '')
      if (fault === undefined) return undefined
      return { fault, end: network.partitionEndpoints(from, to, { oneWay: true, inFlight: 'hold' }, fault) }
    },
  })
}

/** One direction of a pair, or all that a node sends or receives, as FoundationDB clogs pairs and interfaces. */
const clogScopes = ['pair', 'up', 'down'] as const

const allShapes: readonly PartitionShape[] = ['isolate', 'random', 'even']

function startPartitions(network: Network, faults: FaultPlan, episodes: Episodes, options: PartitionEpisodes): void {
  episodes.start({
    family: 'partition',
    options,
    every: [50, 4_000],
    lasts: [100, 3_000],
    begin: (random) => {
      const endpoints = network.allEndpoints
      const shape = random.pick(options.shapes ?? allShapes)
      const oneWay = random.chance(shareOf(options.oneWay, random))
      const inFlight = random.chance(0.5) ? 'drop' : 'hold'
      const [left, right] = sides(shape, endpoints, random)
      if (left.length === 0 || right.length === 0) return undefined
      const fault = faults.inject('partition', faults.named ? describePartition(left, right, oneWay) : '')
      if (fault === undefined) return undefined
      const how = { oneWay, inFlight: options.inFlight ?? inFlight } as const
      return { fault, end: network.partitionEndpoints(left, right, how, fault) }
    },
  })
}

function shareOf(share: PartitionEpisodes['oneWay'], random: RandomStream): number {
  if (share === undefined) return 0.3
  return typeof share === 'number' ? share : random.between(share[0], share[1])
}

/** TigerBeetle's partition modes: one node alone, each node by a coin, two halves. */
function sides(
  shape: PartitionShape,
  endpoints: readonly Endpoint[],
  random: RandomStream,
): [readonly Endpoint[], readonly Endpoint[]] {
  const order = random.shuffle(endpoints)
  switch (shape) {
    case 'isolate':
      return [order.slice(0, 1), order.slice(1)]
    case 'even':
      return [order.slice(0, order.length >> 1), order.slice(order.length >> 1)]
    case 'random': {
      const cut = random.integer(1, Math.max(1, order.length - 1))
      return [order.slice(0, cut), order.slice(cut)]
    }
  }
}
