/** For tests of inner parts: what stands behind the interfaces that a user sees. */
import type { Network as PublicNetwork } from '../../src/network/door.ts'
import type { Network } from '../../src/network/network.ts'
import type { SimulationNode } from '../../src/world/door.ts'
import type { Node } from '../../src/world/node.ts'

export function nodeInside(node: SimulationNode): Node {
  return node as Node
}

export function networkInside(network: PublicNetwork): Network {
  return network as Network
}
