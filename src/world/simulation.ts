import { DirectoryView } from '../actors/directory/view.ts'
import type { BusMetrics } from '../bus/pending.ts'
import type { Engine } from '../engine/engine.ts'
import { SimulationError, badInput, show, showFully } from '../engine/errors.ts'
import { refuseGenerator } from '../engine/generators.ts'
import { textOf } from '../engine/recorder.ts'
import type { Network } from '../network/network.ts'
import { checkNodeId } from '../nodes/node-id.ts'
import { type NodeOptions, checkNodeOptions } from '../nodes/node-options.ts'
import type { RandomStream } from '../random/stream.ts'
import type { Alphabet } from '../workload/operation.ts'
import type { WorkloadOutcome } from '../workload/outcome.ts'
import type { WorkloadOptions } from '../workload/options.ts'
import { Workload } from '../workload/workload.ts'
import type { Simulation as PublicSimulation } from './door.ts'
import type { EventuallyOptions } from './eventuals.ts'
import type { InvariantCheck, InvariantTime } from './invariants.ts'
import type { Boot, Node } from './node.ts'
import { quiesceCall } from './owed.ts'
import type { World } from './world.ts'

/** One iteration as the test sees it: what `simulation.test` passes to the body. */
export class Simulation implements PublicSimulation {
  /** The seed of this iteration; printed for a failure and enough to replay it. */
  readonly seed: number
  /** One-based. */
  readonly iteration: number
  /** The network between the nodes: latency and faults by hand. */
  readonly network: Network
  /** Randomness for the test itself; draws here move no fault. */
  readonly random: RandomStream
  private readonly world: World
  private readonly engine: Engine

  constructor(world: World, iteration: number) {
    this.world = world
    this.engine = world.engine
    this.seed = world.engine.seed
    this.iteration = iteration
    this.network = world.network
    this.random = world.engine.random('sim.random')
  }

  /** Virtual milliseconds since the iteration began. */
  get now(): number {
    return this.engine.now / 1000
  }

  /** Every node, in order of creation. */
  get nodes(): readonly Node[] {
    return this.world.nodes
  }

  /** Where actors are, as nobody in the simulation can know it: for invariants. */
  get directory(): DirectoryView {
    return new DirectoryView(this.world.actors())
  }

  /** What all buses counted together. */
  get metrics(): Readonly<BusMetrics & { pending: number; inFlight: number }> {
    return this.world.metrics()
  }

  /**
   * The node of that id; made when it is new. `boot` runs now and after every restart.
   *
   * @throws SimulationError (BAD_INPUT) when the id has spaces, or when a node of that id has a boot function already.
   */
  node(id: string, options?: NodeOptions | Boot, then?: Boot): Node {
    checkNodeId(id)
    // What is no object is meant as a boot function.
    const boot = typeof options === 'object' ? then : options
    const known = this.world.byId.get(id)
    if (typeof options === 'object') {
      checkNodeOptions(id, options)
      if (known !== undefined)
        throw new SimulationError('BAD_INPUT', `node '${id}' is there already: give its options when it is made`)
    }
    const node = known ?? this.world.addNode(id)
    if (typeof options === 'object') node.configure(options)
    if (boot === undefined) return node
    if (known?.hasBoot)
      throw new SimulationError('BAD_INPUT', `node id '${id}' is taken: each node needs an id of its own`)
    node.start(boot)
    return node
  }

  /** Waits for virtual milliseconds. */
  sleep(ms: number): Promise<void> {
    if (!(typeof ms === 'number' && ms >= 0 && Number.isFinite(ms))) {
      throw badInput('sim.sleep(ms)', ms, 'it must be 0 or more virtual milliseconds')
    }
    return this.engine.sleep(Math.round(ms * 1000))
  }

  /**
   * Something that must hold after every event, or `{ when: 'quiet' }`: when faults are off, partitions healed,
   * crashed nodes restarted and nothing is in flight. The check answers true, or a string that says why not.
   */
  invariant(name: string, check: InvariantCheck, options: { when?: InvariantTime } = {}): void {
    for (const option of Object.keys(options)) {
      if (option !== 'when') throw badInput(`invariant option '${option}'`, show(options), "known options are 'when'")
    }
    this.world.invariants.runUserCode = true
    this.world.invariants.add(name, check, options.when ?? 'event')
  }

  /**
   * Something that must become true after mending, within so many virtual milliseconds (default 10,000): what the
   * system repairs by itself. The check is asked after every event from mending on, and answers true, or false or a
   * string that says why not yet. Resolves when it has become true; where it does not, the seed fails with its last answer.
   *
   * Waiting for it begins mending, as `quiesce` does. Where nobody waits it is judged when the body has returned.
   */
  eventually(name: string, check: InvariantCheck, options: EventuallyOptions = {}): Promise<void> {
    return this.world.eventuals.add(name, check, options)
  }

  /**
   * Turns the faults off, heals the network, restarts dead nodes and waits until nothing is in flight; then checks the
   * `quiet` invariants. Happens by itself when the body returns.
   */
  quiesce(): Promise<void> {
    return this.world.owed.watch(quiesceCall, this.world.quiesce())
  }

  /**
   * Does operations of an alphabet, chosen by weight, until `operations` have been done; resolves to what came of them.
   *
   * Errors that faults explain are counted as failed or unknown; any other error of an operation fails the seed.
   */
  workload(alphabet: Alphabet<Simulation, Node>, options: WorkloadOptions): Promise<WorkloadOutcome> {
    const { world, engine } = this
    const nodes = (): readonly Node[] => world.nodes
    const host = {
      engine,
      sim: this as Simulation,
      nodes,
      record: world.workload,
      swarm: world.isSwarm,
    }
    const workload = new Workload<Simulation, Node>(host, alphabet, options)
    return world.owed.watch('sim.workload(…)', workload.run())
  }

  /**
   * Does real asynchronous work, for the time of which the simulation stands still; resolves to what came of it.
   *
   * The work sees real time and the real modules of Node. What comes of it must be the same whenever the seed runs.
   */
  real<T>(work: () => T | PromiseLike<T>): Promise<T> {
    if (typeof work !== 'function') throw badInput('sim.real(work)', work, 'it must be a function')
    refuseGenerator(work, 'sim.real(work)')
    this.engine.note('log', 'real work begins')
    this.engine.recorder?.add({ type: 'log', level: 'real', text: 'real work begins' })
    return this.engine.outside.wait(work)
  }

  /** Adds a line to the trace of a failing seed; costs nothing while exploring. */
  log(message: string, data?: unknown): void {
    this.engine.data?.add('log', [message, data])
    if (this.engine.trace !== undefined)
      this.engine.note('log', data === undefined ? message : `${message} ${showFully(data)}`)
    this.engine.recorder?.add({
      type: 'log',
      level: 'log',
      text: data === undefined ? message : `${message} ${textOf(data)}`,
    })
  }
}
