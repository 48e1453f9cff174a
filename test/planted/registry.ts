/** Every planted bug that a whole simulation can find, for `npm run bench:bugs` and the tests of shrinking. */
import type { Body } from '../../src/world/iteration.ts'
import { outcomeOf } from '../../src/workload/outcome.ts'
import { failureDetector, lease, majority, ring, staleRead } from '../races/races.ts'
import { earlyAnswer, heartbeat, memoryOfActors } from './workload/actors.ts'
import { dedupeByTime, lastWriterWins, leaseOverlap } from './workload/clocks.ts'
import { amnesia, lockedForEver, reusedIds, staleFailover, unsynced } from './workload/crashes.ts'
import { losesTheRace, reinsertsTheId } from './workload/managers.ts'
import type { PlantedBug } from './workload/planted-bug.ts'
import {
  doubleDelivery,
  halfTransfer,
  impatient,
  lostAck,
  lostUpdate,
  retryStorm,
  retryTwice,
} from './workload/requests.ts'
import { acrossLinks, doubleBooking, fencing, overtaken, quorum, staleCache } from './workload/shared-state.ts'

/** A request that faults took ends it: only the planted bug is to fail it. */
const tolerant =
  (body: Body): Body =>
  async (sim) => {
    try {
      await body(sim)
    } catch (error) {
      if (outcomeOf(error) === undefined) throw error
    }
  }

/** Without a workload: the order of things finds them, or one fault that slows something down. */
const races: readonly PlantedBug[] = [
  { name: 'ring', what: 'no limit for one tick', body: tolerant(ring), minimum: 0 },
  { name: 'lease', what: 'looks once and never again', body: tolerant(lease), minimum: 1 },
  { name: 'stale read', what: 'takes time for proof', body: tolerant(staleRead), minimum: 1 },
  { name: 'failure detector', what: 'slow is not dead', body: tolerant(failureDetector), minimum: 1 },
  // The profile `random` finds it in one seed of 800: loss is on in each, and ends most runs in the second of twelve rounds.
  { name: 'majority', what: 'drops slow replicas below a majority', body: tolerant(majority), minimum: 2 },
]

export const plantedBugs: readonly PlantedBug[] = [
  lostUpdate,
  retryTwice,
  doubleDelivery,
  lostAck,
  impatient,
  retryStorm,
  halfTransfer,
  doubleBooking,
  acrossLinks,
  fencing,
  staleCache,
  overtaken,
  quorum,
  staleFailover,
  unsynced,
  amnesia,
  lockedForEver,
  reusedIds,
  leaseOverlap,
  lastWriterWins,
  dedupeByTime,
  losesTheRace,
  reinsertsTheId,
  heartbeat,
  earlyAnswer,
  memoryOfActors,
  ...races,
]
