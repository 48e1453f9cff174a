import { IterationAssertions } from '../assertions/sink.ts'
import type { Coverage } from '../assertions/coverage.ts'
import type { Bus, BusShared } from '../bus/bus.ts'
import { copyPayload } from '../bus/payload.ts'
import { type BusMetrics, newBusMetrics } from '../bus/pending.ts'
import { Episodes } from '../chaos/episodes.ts'
import { FaultPlan } from '../chaos/faults.ts'
import { RandomOrder, type ScheduleStrategy } from '../chaos/schedule.ts'
import type { SeedChaos } from '../chaos/seed-chaos.ts'
import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import { startNetworkChaos } from '../network/chaos.ts'
import { Network } from '../network/hand-made.ts'
import {
  type InvariantsOption,
  MessageConservation,
  RequestOutcomes,
  builtinInvariants,
  isOn,
} from './builtin-invariants.ts'
import { InstrumentedBus } from './bus-hooks.ts'
import { Invariants } from './invariants.ts'
import { Node } from './node.ts'

/** What a world is made of. */
export interface WorldPlan {
  readonly chaos: SeedChaos
  readonly strategy: ScheduleStrategy
  readonly coverage: Coverage
  /** Faults to leave out, by key or family. */
  readonly mask: ReadonlySet<string>
  readonly invariants: InvariantsOption | undefined
  /** Another bus than ours: for tests that plant a bug in it. */
  readonly busClass: typeof Bus | undefined
}

/** Everything that exists in one iteration. */
export class World {
  readonly engine: Engine
  readonly faults: FaultPlan
  readonly network: Network
  readonly assertions: IterationAssertions
  readonly invariants: Invariants
  readonly nodes: Node[] = []
  readonly byId = new Map<string, Node>()
  readonly bus: BusShared
  /** Callers of `sim.quiesce()` that still wait. */
  readonly quiescing: { readonly owner: Owner; readonly resolve: () => void }[] = []

  private readonly episodes: Episodes | undefined
  private readonly plan: WorldPlan

  constructor(engine: Engine, plan: WorldPlan) {
    const { chaos, strategy, coverage } = plan
    this.engine = engine
    this.plan = plan
    this.faults = new FaultPlan(engine, plan.mask)
    this.network = new Network(engine, this.faults, copyPayload)
    this.assertions = new IterationAssertions(engine, coverage, this.faults, chaos.buggify)
    this.invariants = new Invariants(engine)
    const hooks = new InstrumentedBus(engine, this.faults, this.assertions, coverage, chaos)
    this.bus = { engine, network: this.network, hooks, correlationIds: 0, pending: 0, handling: 0, moving: 0 }
    this.watch(hooks, plan.invariants)
    if (strategy === 'random') engine.policy = new RandomOrder(engine.random('schedule'))
    if (chaos.profile === 'calm' && strategy === 'fifo') return
    this.faults.active = chaos.profile !== 'calm'
    this.episodes = new Episodes(engine, this.faults)
    startNetworkChaos(this.network, engine, this.faults, this.episodes, chaos, strategy)
  }

  addNode(id: string): Node {
    const node = new Node(this.bus, id, this.nodes.length, this.plan.busClass)
    this.nodes.push(node)
    this.byId.set(id, node)
    return node
  }

  /** Installs the built-in invariants that are on. */
  private watch(hooks: InstrumentedBus, option: InvariantsOption | undefined): void {
    if (isOn(option, 'sent') || isOn(option, 'copies')) {
      this.network.observer = new MessageConservation(this.engine, option)
    }
    if (isOn(option, 'outcomes')) {
      const outcomes = new RequestOutcomes(this.engine)
      hooks.outcomes = outcomes
      this.invariants.add(builtinInvariants.outcomes, () => outcomes.allEnded(), 'quiet')
    }
    if (isOn(option, 'pending')) {
      this.invariants.add(builtinInvariants.pending, () => nothingPending(this.nodes), 'quiet')
    }
  }

  quiesce(): Promise<void> {
    return new Promise((resolve) => {
      this.quiescing.push({ owner: this.engine.owner, resolve })
    })
  }

  /** Ends the chaos phase: nothing is injected any more, everything broken is mended. */
  mend(): void {
    this.faults.active = false
    this.episodes?.endAll()
    this.network.heal()
    for (const node of this.nodes) {
      if (node.state === 'paused') node.resume()
      else if (node.state === 'crashed') node.restart()
    }
  }

  /** True when nothing is in flight: no message, no pending request, no handler, task or boot under way. */
  get quiet(): boolean {
    const { bus, network, nodes } = this
    if (network.counts.inFlight > 0 || bus.pending > 0 || bus.handling > 0 || bus.moving > 0) return false
    for (const node of nodes) if (node.runningTasks > 0 || node.state === 'booting') return false
    return true
  }

  metrics(): BusMetrics & { pending: number; inFlight: number } {
    const sum = newBusMetrics()
    for (const { bus } of this.nodes) {
      for (const key of Object.keys(sum) as (keyof BusMetrics)[]) sum[key] += bus.metrics[key]
    }
    return { ...sum, pending: this.bus.pending, inFlight: this.network.counts.inFlight }
  }

  /** Nobody's code runs any more. */
  end(): void {
    this.engine.test.alive = false
    for (const node of this.nodes) node.owner.alive = false
  }
}

function nothingPending(nodes: readonly Node[]): true | string {
  const busy = nodes.filter((node) => node.bus.pending > 0).map((node) => `${node.bus.pending} on ${node.id}`)
  return busy.length === 0 || `requests pending: ${busy.join(', ')}`
}
