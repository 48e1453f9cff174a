import { Bus, type BusShared } from '../bus/bus.ts'
import { badInput } from '../engine/errors.ts'
import { LifeCycle } from '../nodes/node.ts'

/** What a boot function gets: the node itself, on which to register handlers. */
export type Boot = (node: Node) => unknown

/** One node of a simulation: a process that has a bus and can die. */
export class Node extends LifeCycle {
  readonly bus: Bus

  constructor(shared: BusShared, id: string, index: number, busClass = Bus) {
    super(shared.engine, id, index)
    this.bus = new busClass(this, shared)
  }

  /** Sets what runs at boot and after every restart, and boots. */
  start(boot: Boot): void {
    if (typeof boot !== 'function')
      throw badInput(`boot of node '${this.id}'`, boot, 'it must be a function of the node')
    this.bootWith(() => boot(this))
  }
}
