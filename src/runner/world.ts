import { IterationAssertions } from '../assertions/sink.ts'
import type { Coverage } from '../assertions/coverage.ts'
import type { BusShared } from '../bus/bus.ts'
import { type BusMetrics, newBusMetrics } from '../bus/pending.ts'
import { FaultPlan } from '../chaos/faults.ts'
import type { SeedChaos } from '../chaos/seed-chaos.ts'
import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import { Network } from '../network/hand-made.ts'
import { InstrumentedBus } from './bus-hooks.ts'
import { Invariants } from './invariants.ts'
import { Node } from './node.ts'

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

  constructor(engine: Engine, chaos: SeedChaos, coverage: Coverage, mask: ReadonlySet<string>) {
    this.engine = engine
    this.faults = new FaultPlan(engine, mask)
    this.faults.active = chaos.profile !== 'calm'
    this.network = new Network(engine, this.faults)
    this.assertions = new IterationAssertions(engine, coverage, this.faults, chaos.buggify)
    this.invariants = new Invariants(engine)
    this.bus = {
      engine,
      network: this.network,
      hooks: new InstrumentedBus(engine, this.faults, this.assertions, coverage, chaos),
      correlationIds: 0,
      pending: 0,
      handling: 0,
      moving: 0,
    }
  }

  addNode(id: string): Node {
    const node = new Node(this.bus, id, this.nodes.length)
    this.nodes.push(node)
    this.byId.set(id, node)
    return node
  }

  quiesce(): Promise<void> {
    return new Promise((resolve) => {
      this.quiescing.push({ owner: this.engine.owner, resolve })
    })
  }

  /** Ends the chaos phase: nothing is injected any more, everything broken is mended. */
  mend(): void {
    this.faults.active = false
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
