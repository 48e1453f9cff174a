/**
 * Orders the attempts to change a register: an epoch, a round and the attempting node, as one number below 2^53.
 *
 * A new epoch begins when a host has lost its disk, and with it its promises: ballots of older epochs count no more.
 */
export type Ballot = number

/** More nodes than a simulation can have. */
const nodesMax = 2 ** 14
const roundsMax = 2 ** 24

/** A ballot above `above`, unique to the node. */
export function nextBallot(above: Ballot, nodeIndex: number): Ballot {
  return (Math.floor(above / nodesMax) + 1) * nodesMax + nodeIndex
}

/** Above every ballot of the epochs before. */
export function firstBallot(epoch: number): Ballot {
  return epoch * roundsMax * nodesMax
}
