import { ActorSystem } from '../actors/actor-system.ts'
import { leftAfterShutdown, registeredAreAlive } from '../actors/invariants.ts'
import { NodeActors } from '../actors/node-actors.ts'
import type { Placement, PlacementName } from '../actors/placement.ts'
import { IterationAssertions } from '../assertions/sink.ts'
import type { Coverage } from '../assertions/coverage.ts'
import type { Bus } from '../bus/bus.ts'
import type { BusShared } from '../bus/bus-shared.ts'
import { copyPayload } from '../bus/payload.ts'
import { UnheardErrors } from '../bus/unheard-errors.ts'
import { type BusMetrics, newBusMetrics } from '../bus/pending.ts'
import { Episodes } from '../chaos/episodes.ts'
import { FaultPlan } from '../chaos/faults.ts'
import { RandomOrder, type ScheduleStrategy } from '../chaos/schedule.ts'
import type { SeedChaos } from '../chaos/seed-chaos.ts'
import type { Engine } from '../engine/engine.ts'
import type { Owner } from '../engine/owner.ts'
import { skewClock, startClockJumps, startCrashes, startPauses } from '../nodes/chaos.ts'
import { startNetworkChaos } from '../network/chaos.ts'
import { MessageRecords } from '../network/message-records.ts'
import { Network } from '../network/network.ts'
import {
  type InvariantsOption,
  MessageConservation,
  RequestOutcomes,
  builtinInvariants,
  isOn,
} from './builtin-invariants.ts'
import { Eventuals } from './eventuals.ts'
import { InstrumentedBus } from './instrumented-bus.ts'
import type { WorkloadRecord } from '../workload/planned-operation.ts'
import { Invariants } from './invariants.ts'
import { type ReplayPlan, scriptOf } from './replay-plan.ts'
import { Node } from './node.ts'
import { forgetTimeouts } from '../sockets/node/undici.ts'
import { Sockets } from '../sockets/sockets.ts'
import { OwedPromises } from './owed.ts'
import { sendSignal } from './signals.ts'

/** What a world is made of. */
export interface WorldPlan {
  readonly chaos: SeedChaos
  readonly strategy: ScheduleStrategy
  readonly coverage: Coverage
  /** Faults to leave out, by key or family. */
  readonly mask: ReadonlySet<string>
  readonly replay: ReplayPlan | undefined
  readonly invariants: InvariantsOption | undefined
  readonly placement: PlacementName | Placement | undefined
  /** Another bus than ours: for tests that plant a bug in it. */
  readonly busClass: typeof Bus | undefined
}

/** A caller of `sim.quiesce()`. */
interface Quiescing {
  readonly owner: Owner
  readonly resolve: () => void
  /** An operation of a workload called it, as the first thing it did. */
  readonly byOperation: boolean
}

/** Everything that exists in one iteration. */
export class World {
  readonly engine: Engine
  readonly faults: FaultPlan
  readonly network: Network
  readonly assertions: IterationAssertions
  readonly invariants: Invariants
  readonly owed: OwedPromises
  readonly nodes: Node[] = []
  readonly byId = new Map<string, Node>()
  readonly bus: BusShared
  readonly workload: WorkloadRecord
  /** Callers of `sim.quiesce()` that still wait. */
  readonly quiescing: Quiescing[] = []
  readonly eventuals: Eventuals

  /** Undefined until the first socket is used. */
  private ownSockets: Sockets | undefined
  /** Undefined until the first actor is called. */
  actorSystem: ActorSystem | undefined
  private readonly episodes: Episodes | undefined
  private readonly hooks: InstrumentedBus
  private readonly plan: WorldPlan

  constructor(engine: Engine, plan: WorldPlan) {
    const { chaos, strategy, coverage } = plan
    this.engine = engine
    this.plan = plan
    engine.world = this
    this.faults = new FaultPlan(engine, plan.mask, scriptOf(plan.replay))
    this.network = new Network(engine, this.faults, copyPayload)
    if (engine.recorder !== undefined) this.network.records = new MessageRecords(engine.recorder)
    this.assertions = new IterationAssertions(engine, coverage, this.faults, chaos.buggify)
    this.invariants = new Invariants(engine)
    this.owed = new OwedPromises(engine)
    this.eventuals = new Eventuals(engine)
    this.workload = {
      planned: plan.replay?.operations,
      started: [],
      next: 0,
      underWay: 0,
      isCalling: false,
      mayWait: false,
      owners: [],
      counts: undefined,
    }
    const hooks = new InstrumentedBus(engine, this.faults, this.assertions, coverage, chaos)
    this.hooks = hooks
    const counts = { correlationIds: 0, pending: 0, handling: 0, moving: 0 }
    const unheard = new UnheardErrors()
    this.bus = { engine, network: this.network, hooks, unheard, ...counts, leavesOutRenewed: false }
    this.watch(hooks, plan.invariants)
    const isShuffled = strategy === 'random' && this.faults.shape('shuffle', 'of simultaneous events', '')
    if (isShuffled) engine.policy = new RandomOrder(engine.random('schedule'))
    if (chaos.profile === 'calm' && strategy === 'fifo') return
    this.faults.active = chaos.profile !== 'calm'
    this.episodes = new Episodes(engine, this.faults)
    startNetworkChaos(this.network, engine, this.faults, this.episodes, chaos, strategy)
    this.startNodeChaos(this.episodes)
  }

  /** `isVictim`: faults may hit it from the start. */
  addNode(id: string, isVictim = false): Node {
    const { plan, faults } = this
    const storageFaults = { plan: faults, chances: plan.chaos.storage }
    const actorsOf = (one: Node): NodeActors => this.actors().members.get(one.id) as NodeActors
    const parts = { owed: this.owed, shared: this.bus, storageFaults, busClass: plan.busClass, actorsOf }
    const node = new Node(parts, id, this.nodes.length, isVictim)
    // A function literal that is assigned to a property itself is allocated in V8's old generation, and keeps the whole
    // iteration alive until a full collection: 25,000 seeds a second instead of 80,000. Through a name it is not.
    const resetPeers = (): void => {
      for (const { bus } of this.nodes) bus.peerReset(id)
      this.ownSockets?.resetConnections(id)
    }
    node.resetPeers = resetPeers
    node.checksLives = isOn(plan.invariants, 'incarnations')
    this.nodes.push(node)
    this.byId.set(id, node)
    if (plan.chaos.clock !== undefined && faults.active) skewClock(this.engine, faults, plan.chaos.clock, node)
    if (this.actorSystem !== undefined) new NodeActors(node, this.actorSystem)
    return node
  }

  /** Sockets of Node inside the simulation; made when the first one is used. */
  get sockets(): Sockets {
    return (this.ownSockets ??= new Sockets(this.engine, this.network, this.faults, this.byId))
  }

  /** Nothing else can run: true when a keep-alive will find that the other end of its connection is gone. */
  findsDeadPeers(): boolean {
    return this.ownSockets?.findDeadPeers() === true
  }

  /** The actor system; made at the first call, with the nodes there are then as hosts of the directory. */
  actors(): ActorSystem {
    if (this.actorSystem !== undefined) return this.actorSystem
    const { chaos, coverage, placement, invariants } = this.plan
    const system = new ActorSystem({
      engine: this.engine,
      faults: this.faults,
      coverage,
      placement: placement ?? 'random',
      directoryFaults: chaos.directory,
      placementFaults: chaos.placement,
      storageFaults: chaos.storage,
      unheard: this.bus.unheard,
      nodes: () => this.nodes,
      strict: isOn(invariants, 'single'),
    })
    this.actorSystem = system
    for (const node of this.nodes) new NodeActors(node, system)
    if (isOn(invariants, 'registered')) {
      this.invariants.add(builtinInvariants.registered, () => registeredAreAlive(system), 'quiet')
    }
    return system
  }

  /** Deactivates every actor in good order, in rounds; false when there is nothing left to do. */
  continueShutdown(): boolean {
    this.engine.owner = this.engine.test
    return this.actorSystem?.continueShutdown() ?? false
  }

  /** After the shutdown: nothing may be left of the actors. */
  checkShutdown(): void {
    const system = this.actorSystem
    if (system === undefined || !isOn(this.plan.invariants, 'shutdown')) return
    const left = leftAfterShutdown(system)
    const name = builtinInvariants.shutdown
    if (left !== true) this.engine.report('InvariantViolation', name, `"${name}": ${left}`)
  }

  private startNodeChaos(episodes: Episodes): void {
    const { clock, crash, pause } = this.plan.chaos
    const victims = (): readonly Node[] => this.nodes.filter((node) => node.isVictim)
    if (crash !== undefined) startCrashes(episodes, this.faults, crash, victims)
    if (pause !== undefined) startPauses(episodes, this.faults, pause, victims)
    if (clock !== undefined) startClockJumps(episodes, this.faults, clock, () => this.nodes)
  }

  /** Installs the built-in invariants that are on. */
  private watch(hooks: InstrumentedBus, option: InvariantsOption | undefined): void {
    if (isOn(option, 'sent') || isOn(option, 'copies')) {
      this.network.observer = new MessageConservation(this.engine, option)
    }
    if (isOn(option, 'outcomes')) {
      const outcomes = new RequestOutcomes(this.engine)
      hooks.outcomes = outcomes
      this.invariants.add(builtinInvariants.outcomes, () => outcomes.allEnded(), 'quiet', true)
    }
    if (isOn(option, 'pending')) {
      this.invariants.add(builtinInvariants.pending, () => nothingPending(this.nodes), 'quiet', true)
    }
  }

  quiesce(): Promise<void> {
    return new Promise((resolve) => {
      this.quiescing.push({ owner: this.engine.owner, resolve, byOperation: this.workload.isCalling })
    })
  }

  /** Ends the chaos phase: nothing is injected any more, everything broken is mended. */
  mend(): void {
    this.faults.active = false
    this.invariants.mend()
    this.eventuals.mend()
    this.workload.mayWait = false
    this.episodes?.endAll()
    this.hooks.mend()
    this.engine.mend()
    this.network.mend()
    this.network.heal()
    for (const node of this.nodes) {
      node.clock.setDrift(0)
      if (node.state === 'paused') node.resume()
      else if (node.state === 'crashed') node.restart()
    }
  }

  /** True when nothing is under way: no message, no request, handler, task, boot, operation of a storage or workload. */
  get quiet(): boolean {
    const { bus, network, nodes, workload } = this
    if (network.counts.inFlight > 0 || bus.pending > 0 || bus.handling > 0 || bus.moving > 0) return false
    if (this.ownSockets?.isQuiet === false) return false
    if (workload.underWay > 0 && workload.underWay > this.waitingOperations) return false
    for (const node of nodes) {
      if (node.runningTasks > 0 || node.state === 'booting' || node.storageIsBusy) return false
    }
    return this.actorSystem?.isQuiet ?? true
  }

  /** Operations under way that wait for quiet themselves. */
  get waitingOperations(): number {
    const { quiescing, workload } = this
    return workload.mayWait ? quiescing.length : quiescing.filter(({ byOperation }) => byOperation).length
  }

  /** True when the chaos profile is `swarm`. */
  get isSwarm(): boolean {
    return this.plan.chaos.profile === 'swarm'
  }

  metrics(): BusMetrics & { pending: number; inFlight: number } {
    const sum = newBusMetrics()
    for (const { bus } of this.nodes) {
      for (const key of Object.keys(sum) as (keyof BusMetrics)[]) sum[key] += bus.metrics[key]
    }
    const { pending, leavesOutRenewed } = this.bus
    if (leavesOutRenewed) return { ...sum, pending: 0, inFlight: 0 }
    return { ...sum, pending, inFlight: this.network.counts.inFlight }
  }

  /** Sends a signal to the process of a node; returns false when there is none of that id. */
  kill(pid: number, signal: string | number): boolean {
    return sendSignal(this.nodes, pid, signal)
  }

  /** Nothing is under way any more: an error that nobody has heard will not be. */
  checkUnheard(): void {
    const waits = (caller: string, id: number): boolean => this.byId.get(caller)?.bus.waitsFor(id) === true
    this.bus.unheard.judge(this.engine, waits)
  }

  /** Nobody's code runs any more. */
  end(): void {
    this.engine.test.alive = false
    if (this.engine.sharedTimers !== undefined) forgetTimeouts(this.engine)
    this.ownSockets?.end()
    for (const owner of this.workload.owners) owner.alive = false
    for (const node of this.nodes) node.owner.alive = false
  }
}

function nothingPending(nodes: readonly Node[]): true | string {
  const busy = nodes.filter((node) => node.bus.pending > 0)
  if (busy.length === 0) return true
  return `requests pending: ${busy.map((node) => `${node.bus.pending} on ${node.id}`).join(', ')}`
}
