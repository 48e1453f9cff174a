/** What a user sees of a simulation and its nodes. */
import type { ActorDirectory, NodeActors } from '../actors/door.ts'
import type { NodeBus } from '../bus/door.ts'
import type { BusMetrics } from '../bus/pending.ts'
import type { Network } from '../network/door.ts'
import type { Clock, NodeStorage } from '../nodes/door.ts'
import type { NodeOptions } from '../nodes/node-options.ts'
import type { CrashOptions, NodeState } from '../nodes/life-cycle.ts'
import type { Random } from '../random/door.ts'
import type { Alphabet } from '../workload/operation.ts'
import type { WorkloadOptions } from '../workload/options.ts'
import type { WorkloadOutcome } from '../workload/outcome.ts'
import type { EventuallyOptions } from './eventuals.ts'
import type { InvariantCheck, InvariantTime } from './invariants.ts'

/** One node of a simulation: a process that has a bus, a disk and a clock, and can die. */
export interface SimulationNode {
  readonly id: string
  /** Zero-based, in order of creation. */
  readonly index: number
  readonly bus: NodeBus
  /** The node's disk: survives a crash but for unsynced writes, and is empty after a wipe. */
  readonly storage: NodeStorage
  readonly clock: Clock
  /** Calls to actors from this node, and the activations that live here. */
  readonly actors: NodeActors
  readonly state: NodeState
  /** True while an incarnation lives: booting, running or paused. */
  readonly alive: boolean
  /** One-based; a restart begins the next one. */
  readonly incarnation: number
  /**
   * Sets what runs at boot and after every restart, and boots.
   *
   * @example
   * sim.nodes[0]?.start((node) => node.bus.handle('ping', () => 'pong'))
   */
  start(boot: Boot): void
  /**
   * Runs `task` as this node's code, with its clock and timers, and resolves to its result.
   *
   * Rejects with NodeCrashed when the node is dead or dies before the task has settled.
   *
   * @example
   * const answer = await node.run(() => node.bus.request('server', 'ping'))
   */
  run<T>(task: () => T | PromiseLike<T>): Promise<T>
  /**
   * Stops the node's code at once: its events, timers and pending work never run again.
   *
   * Its peers notice nothing, or with `peers: 'reset'` their requests to it end at once with ConnectionReset.
   *
   * @example
   * node.crash({ peers: 'reset' })
   */
  crash(options?: CrashOptions): void
  /**
   * Crashes the node and empties its disk; that of a dead node, too.
   *
   * @example
   * node.wipe()
   */
  wipe(options?: CrashOptions): void
  /**
   * Stops gracefully: refuses new messages, lets work under way end within `graceMs` (virtual, default 5,000), then is
   * down until `restart`. Resolves when it is down.
   *
   * @example
   * await node.stop(1_000)
   */
  stop(graceMs?: number): Promise<void>
  /**
   * The same with a callback, which is called when the node is down, in whoever's event that is.
   *
   * @example
   * node.stopThen(1_000, () => node.restart())
   */
  stopThen(graceMs: number, down: () => void): void
  /**
   * Boots the next incarnation with empty memory; crashes the present one first when it is alive.
   *
   * @example
   * node.restart()
   */
  restart(): void
  /**
   * Freezes the node: its code does not run, and what reaches it waits.
   *
   * @example
   * node.pause()
   */
  pause(): void
  /**
   * Lets a paused node go on.
   *
   * @example
   * node.resume()
   */
  resume(): void
}

/** What runs at boot and after every restart: registers handlers, starts timers. */
export type Boot = (node: SimulationNode) => unknown

/** One iteration as the test sees it: what `simulation.test` passes to the body. */
export interface Simulation {
  /** The seed of this iteration; printed for a failure and enough to replay it. */
  readonly seed: number
  /** One-based. */
  readonly iteration: number
  /** The network between the nodes: latency and faults by hand. */
  readonly network: Network
  /** Randomness for the test itself; draws here move no fault. */
  readonly random: Random
  /** Virtual milliseconds since the iteration began. */
  readonly now: number
  /** Every node, in order of creation. */
  readonly nodes: readonly SimulationNode[]
  /** Where actors are, as nobody in the simulation can know it: for invariants. */
  readonly directory: ActorDirectory
  /** What all buses counted together. */
  readonly metrics: Readonly<BusMetrics & { pending: number; inFlight: number }>
  /**
   * The node of that id; made when it is new. `boot` runs now and after every restart.
   *
   * @throws SimulationError (BAD_INPUT) when the id has spaces, or when a node of that id has a boot function already
   * @example
   * const server = sim.node('server', (node) => node.bus.handle('ping', () => 'pong'))
   */
  node(id: string, boot?: Boot): SimulationNode
  /**
   * The same as a process of its own: with its environment, host name and supervisor.
   *
   * @throws SimulationError (BAD_INPUT) for bad options, or when a node of that id is there already
   * @example
   * sim.node('broker', { env: { PORT: '5672' }, restart: { delay: 1_000 } }, (node) => node.bus.handle('port', () => process.env['PORT']))
   */
  node(id: string, options: NodeOptions, boot?: Boot): SimulationNode
  /**
   * Waits for virtual milliseconds.
   *
   * @example
   * await sim.sleep(100)
   */
  sleep(ms: number): Promise<void>
  /**
   * States what must hold after every event, or with `{ when: 'quiet' }` when faults are off, partitions healed,
   * crashed nodes restarted and nothing is in flight. The check returns true, or a string that says why not.
   *
   * @example
   * sim.invariant('nothing is left', () => sim.metrics.pending === 0, { when: 'quiet' })
   */
  invariant(name: string, check: InvariantCheck, options?: { when?: InvariantTime }): void
  /**
   * States what must become true within so many virtual milliseconds after mending (default 10,000): what the system
   * repairs by itself. The check runs after every event from mending on; it returns true, or false or a string that says
   * why not yet. Resolves when it has become true; otherwise the seed fails with its last answer.
   *
   * Waiting for it begins mending, as `quiesce` does. Where nobody waits it is judged when the body has returned.
   *
   * @example
   * await sim.eventually('all have heard', () => sim.nodes.every((node) => node.alive), { within: 5_000 })
   */
  eventually(name: string, check: InvariantCheck, options?: EventuallyOptions): Promise<void>
  /**
   * Turns the faults off, heals the network, restarts dead nodes and waits until nothing is in flight; then checks the
   * `quiet` invariants. Happens by itself when the body returns.
   *
   * @example
   * await sim.quiesce()
   */
  quiesce(): Promise<void>
  /**
   * Does operations of an alphabet, chosen by weight, until `operations` have been done; resolves to what came of them.
   *
   * Errors that faults explain count as failed or unknown; any other error of an operation fails the seed.
   *
   * @example
   * const ping = operation({ run: (sim) => sim.node('client').bus.request('server', 'ping') })
   * const { ok, unknown } = await sim.workload({ ping }, { operations: 50 })
   */
  workload(alphabet: Alphabet<Simulation, SimulationNode>, options: WorkloadOptions): Promise<WorkloadOutcome>
  /**
   * Does real asynchronous work while the simulation stands still, and resolves to what came of it.
   *
   * The work sees real time, real files and the network. It must come to the same whenever the seed runs: the simulation
   * cannot see to that.
   *
   * @throws SimulationError (BAD_INPUT) when `work` is no function
   * @example
   * const schema = await sim.real(() => fetch('https://example.com/schema.json').then((answer) => answer.text()))
   */
  real<T>(work: () => T | PromiseLike<T>): Promise<T>
  /**
   * Adds a line to the trace of a failing seed; costs nothing while exploring.
   *
   * @example
   * sim.log('the queue is', [1, 2, 3])
   */
  log(message: string, data?: unknown): void
}
