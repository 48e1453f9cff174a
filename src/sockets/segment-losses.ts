import type { Fault, FaultPlan } from '../chaos/faults.ts'
import type { Engine } from '../engine/engine.ts'
import type { Link } from '../network/link.ts'
import type { RandomStream } from '../random/stream.ts'
import { tcp } from './bounds.ts'
import type { Connection } from './connection.ts'

/** What the network does to the segments of one direction of a connection. */
interface Fate {
  readonly random: RandomStream
  readonly name: string
  /** Undefined: nothing was lost yet; null: a plan has left it out. */
  fault: Fault | null | undefined
  segmentSize: number
}

/** Sizes that a seed may cut segments to: those of a usual path, of a bad one, and a few bytes. */
const segmentSizes = [1_460, 536, 16] as const

/**
 * Loses segments, and cuts what is written into pieces of a size of its own for each connection.
 *
 * A connection is one fault, however many of its segments are lost: a plan stays short.
 */
export class SegmentLosses {
  private readonly engine: Engine
  private readonly faults: FaultPlan
  private readonly fates = new WeakMap<Connection, Fate>()

  constructor(engine: Engine, faults: FaultPlan) {
    this.engine = engine
    this.faults = faults
  }

  /** True when the next segment of `connection` is lost. */
  loses(link: Link, connection: Connection): boolean {
    const { loss } = link.faults
    if (loss === 0 || !link.faulty || !(this.faults.active || link.byHand)) return false
    const fate = this.fateOf(connection)
    if (!fate.random.chance(loss) || fate.fault === null) return false
    if (fate.fault === undefined) {
      fate.fault = this.faults.happens(true, 'loss', link.name, fate.name)
        ? (this.faults.inject('loss', link.name, 'segments', fate.name) ?? null)
        : null
      if (fate.fault === null) return false
    }
    this.faults.effect(fate.fault)
    return true
  }

  /** Longest segment of `connection`, bytes. */
  segmentSize(connection: Connection): number {
    if (!this.faults.active) return tcp.segmentSize
    const fate = this.fateOf(connection)
    if (fate.segmentSize === 0) fate.segmentSize = this.drawSize(connection, fate)
    return fate.segmentSize
  }

  private drawSize(connection: Connection, { random, name }: Fate): number {
    const isCut = random.chance(0.25)
    const size = random.pick(segmentSizes)
    if (!isCut) return tcp.segmentSize
    const detail = this.faults.named ? `of ${size} bytes` : ''
    return this.faults.shape('segments', connection.name, detail, name) ? size : tcp.segmentSize
  }

  private fateOf(connection: Connection): Fate {
    let fate = this.fates.get(connection)
    if (fate === undefined) {
      const name = `connection no. ${connection.number}`
      const random = this.engine.random(`faults tcp ${connection.host.name} > ${connection.route.to.name} ${name}`)
      fate = { random, name, fault: undefined, segmentSize: 0 }
      this.fates.set(connection, fate)
    }
    return fate
  }
}
