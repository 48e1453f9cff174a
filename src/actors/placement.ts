import { type Schema, rule } from '../engine/schema.ts'
import { hashString } from '../random/hash.ts'
import type { Random } from '../random/door.ts'

/** What a placement strategy may look at. */
export interface PlacementView {
  /** 'counter/x' */
  readonly actor: string
  /** Nodes that are alive, in order of creation; at least one. */
  readonly nodes: readonly string[]
  /** The node that asks. */
  readonly local: string
  /** Number of activations on a node. */
  load(node: string): number
  readonly random: Random
}

/** Chooses where an actor is activated: returns the id of one of `view.nodes`. */
export type Placement = (view: PlacementView) => string

export type PlacementName = 'random' | 'roundRobin' | 'leastLoaded' | 'preferLocal' | 'hash'

const strategies: Readonly<Record<PlacementName, () => Placement>> = {
  random: () => (view) => view.random.pick(view.nodes),
  roundRobin: () => {
    let next = 0
    return (view) => view.nodes[next++ % view.nodes.length] as string
  },
  leastLoaded: () => (view) => {
    let best = view.nodes[0] as string
    for (const node of view.nodes) if (view.load(node) < view.load(best)) best = node
    return best
  },
  preferLocal: () => (view) => (view.nodes.includes(view.local) ? view.local : view.random.pick(view.nodes)),
  hash: () => (view) => view.nodes[(hashString(view.actor) >>> 0) % view.nodes.length] as string,
}

export const placementSchema: Schema<PlacementName | Placement> = rule(
  (value) => typeof value === 'function' || (typeof value === 'string' && Object.hasOwn(strategies, value)),
  `it must be one of ${Object.keys(strategies).join(', ')}, or a function (view) => node id`,
)

/** A strategy with its own state, for one iteration. */
export function createPlacement(given: PlacementName | Placement): Placement {
  return typeof given === 'function' ? given : strategies[given]()
}
