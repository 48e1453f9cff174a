import type { NodeActors } from '../actors/node-actors.ts'
import { Bus } from '../bus/bus.ts'
import type { BusShared } from '../bus/bus-shared.ts'
import { copyPayload } from '../bus/payload.ts'
import { badInput } from '../engine/errors.ts'
import { refuseGenerator } from '../engine/generators.ts'
import { LifeCycle } from '../nodes/life-cycle.ts'
import type { NodeOptions } from '../nodes/node-options.ts'
import { Storage, type StorageFaults } from '../nodes/storage.ts'
import type { SimulationNode } from './door.ts'
import type { OwedPromises } from './owed.ts'

/** What a boot function gets: the node itself, on which to register handlers. */
export type Boot = (node: Node) => unknown

/** What a node is made of. */
export interface NodeParts {
  readonly shared: BusShared
  readonly storageFaults: StorageFaults
  readonly busClass: typeof Bus | undefined
  readonly owed: OwedPromises
  /** The actors of a node; makes the actor system when it is asked for the first time. */
  readonly actorsOf: (node: Node) => NodeActors
}

/** One node of a simulation: a process that has a bus, a disk and can die. */
export class Node extends LifeCycle implements SimulationNode {
  readonly bus: Bus
  /** True when faults may hit the node: it has a boot function, or was made by the option `nodes`. */
  isVictim: boolean
  private readonly parts: NodeParts
  private disk: Storage | undefined

  constructor(parts: NodeParts, id: string, index: number, isVictim: boolean) {
    super(parts.shared.engine, id, index)
    this.isVictim = isVictim
    this.parts = parts
    this.bus = new (parts.busClass ?? Bus)(this, parts.shared)
    this.listen({
      up: () => {},
      died: (reason) => (reason === 'crashed' ? this.disk?.crash() : this.disk?.flush()),
      wiped: () => this.disk?.wipe(),
    })
  }

  /** The node's disk: survives a crash but for unsynced writes, and is empty after a wipe. */
  get storage(): Storage {
    return (this.disk ??= new Storage(this.engine, this.id, this.parts.storageFaults, copyPayload))
  }

  /** True while an operation of the node's disk is under way. */
  get storageIsBusy(): boolean {
    return this.disk?.isBusy === true
  }

  override run<T>(task: () => T | PromiseLike<T>): Promise<T> {
    return this.parts.owed.watch(`run(…) of node '${this.id}'`, super.run(task))
  }

  /** Calls to actors from this node, and the activations that live here. */
  get actors(): NodeActors {
    return this.parts.actorsOf(this)
  }

  /** Makes it a process of its own; before it boots. */
  configure(options: NodeOptions): void {
    this.processes.settings = options
  }

  /** Sets what runs at boot and after every restart, and boots. */
  start(boot: Boot): void {
    if (typeof boot !== 'function')
      throw badInput(`boot of node '${this.id}'`, boot, 'it must be a function of the node')
    refuseGenerator(boot, `boot of node '${this.id}'`)
    this.isVictim = true
    this.bootWith(() => boot(this))
  }
}
