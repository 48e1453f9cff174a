/** Orders the attempts to change a register: a round number and the attempting node, as one number. */
export type Ballot = number

/** More nodes than a simulation can have. */
const nodesMax = 16_384

/** A ballot above `above`, unique to the node. */
export function nextBallot(above: Ballot, nodeIndex: number): Ballot {
  return (Math.floor(above / nodesMax) + 1) * nodesMax + nodeIndex
}
