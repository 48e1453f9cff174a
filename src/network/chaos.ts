import { type Episodes, inDrawnOrder } from '../chaos/episodes.ts'
import type { Fault, FaultPlan } from '../chaos/faults.ts'
import type { PartitionEpisodes, PartitionShape } from '../chaos/families.ts'
import { type ScheduleStrategy, delayShaper } from '../chaos/schedule.ts'
import { type SeedChaos, describeLatency } from '../chaos/seed-chaos.ts'
import type { Engine } from '../engine/engine.ts'
import type { RandomStream } from '../random/stream.ts'
import type { RandomStreams } from '../random/streams.ts'
import { type Network, describePartition } from './network.ts'
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
  network.shaper = delayShaper(strategy, engine.random('schedule'), faults, () => engine.now)
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
  const isOn = latency !== undefined && faults.shape('latency', faults.named ? describeLatency(latency) : '', '')
  if (isOn) network.setLatency(latency, chaos.latency === 'drawn')
  if (chaos.slowPairs > 0 || chaos.slowPeer) slowDownSome(network, engine, faults, chaos)
}

/** Drawn at first contact of a pair, as FoundationDB does: which pairs will talk is not known before. */
function slowDownSome(network: Network, engine: Engine, faults: FaultPlan, chaos: SeedChaos): void {
  const slowIndex = chaos.slowPeer ? engine.random('faults slow peer').below(3) : -1
  if (chaos.slowPairs > 0) faults.enable('slow pair')
  if (chaos.slowPeer) faults.enable('slow peer')
  let peerFault: Fault | undefined
  network.eachLink((link) => {
    if (!faults.active) return
    // A stream for each link: what another fault does to the order of first contacts must not move these draws.
    const random = engine.random(`faults slow ${link.name}`)
    const factor = random.integer(5, 50)
    const isSlowPair = random.chance(chaos.slowPairs)
    const isSlowPeer = link.from.index === slowIndex || link.to.index === slowIndex
    if (!isSlowPair && !isSlowPeer) return
    if (isSlowPeer) {
      // One fault, however many links the node has.
      const { id } = link.from.index === slowIndex ? link.from : link.to
      peerFault ??= faults.inject('slow peer', id, 'each of its links × 5 to 50', '#1')
      if (peerFault !== undefined) slowDown(link, factor, faults, peerFault)
      return
    }
    const fault = faults.inject('slow pair', link.name, `× ${factor}`)
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
    begin: ({ random, lastsMicros, which, named }) => {
      const scope = random.pick(clogScopes)
      // Drawn from the nodes, not from the links in use: which are in use may depend on other faults.
      const order = inDrawnOrder(random, network.allEndpoints)
      const chosen = named === undefined ? drawnClog(scope, order) : namedClog(named, order)
      if (chosen === undefined) return undefined
      const { from, to, name } = chosen
      const detail = faults.named ? `for ${Math.round(lastsMicros / 1_000)} ms` : ''
      const fault = faults.inject('clog', name, detail, which, lastsMicros)
      if (fault === undefined) return undefined
      return { fault, end: network.partitionEndpoints(from, to, { oneWay: true, inFlight: 'hold' }, fault) }
    },
  })
}

/** One direction of a pair, or all that a node sends or receives, as FoundationDB clogs pairs and interfaces. */
const clogScopes = ['pair', 'up', 'down'] as const

interface Clog {
  readonly from: readonly Endpoint[]
  readonly to: readonly Endpoint[]
  readonly name: string
}

function drawnClog(scope: (typeof clogScopes)[number], order: readonly Endpoint[]): Clog | undefined {
  const [one, ...others] = order
  const [other] = others
  if (one === undefined || other === undefined) return undefined
  switch (scope) {
    case 'pair':
      return { from: [one], to: [other], name: `${one.id} → ${other.id}` }
    case 'up':
      return { from: [one], to: others, name: `${one.id} → all` }
    case 'down':
      return { from: others, to: [one], name: `all → ${one.id}` }
  }
}

/** The clog that a plan names. */
function namedClog(name: string, all: readonly Endpoint[]): Clog | undefined {
  for (const one of all) {
    const others = all.filter((endpoint) => endpoint !== one)
    if (name === `${one.id} → all`) return { from: [one], to: others, name }
    if (name === `all → ${one.id}`) return { from: others, to: [one], name }
    const other = others.find(({ id }) => name === `${one.id} → ${id}`)
    if (other !== undefined) return { from: [one], to: [other], name }
  }
  return undefined
}

const allShapes: readonly PartitionShape[] = ['isolate', 'random', 'even']

function startPartitions(network: Network, faults: FaultPlan, episodes: Episodes, options: PartitionEpisodes): void {
  episodes.start({
    family: 'partition',
    options,
    every: [50, 4_000],
    lasts: [100, 3_000],
    begin: ({ random, lastsMicros, which, named }) => {
      const endpoints = network.allEndpoints
      const shape = random.pick(options.shapes ?? allShapes)
      const oneWay = random.chance(shareOf(options.oneWay, random))
      const inFlight = random.chance(0.5) ? 'drop' : 'hold'
      const [left, right] = named === undefined ? sides(shape, endpoints, random) : namedSides(named, endpoints)
      if (left.length === 0 || right.length === 0) return undefined
      const subject = faults.named ? (named ?? describePartition(left, right, oneWay)) : ''
      const fault = faults.inject('partition', subject, '', which, lastsMicros)
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
  const order = inDrawnOrder(random, endpoints)
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

/** The sides of a partition that a plan names; a node that does not exist in the replay is on neither. */
function namedSides(name: string, endpoints: readonly Endpoint[]): readonly [readonly Endpoint[], readonly Endpoint[]] {
  const [, left = '', right = ''] = /^(.*) →?\| (.*)$/s.exec(name) ?? []
  const side = (text: string): readonly Endpoint[] => {
    const ids = text.split(', ')
    return endpoints.filter(({ id }) => ids.includes(id))
  }
  return [side(left), side(right)]
}
