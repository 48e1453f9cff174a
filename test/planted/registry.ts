/** Every planted bug that a whole simulation can find, for `npm run bench:bugs` and the tests of shrinking. */
import { failureDetector, lease, majority, ring, staleRead } from '../races/races.ts'
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

/** Without a workload, and without a fault: only the order of things finds them. */
const races: readonly PlantedBug[] = [
  { name: 'ring', what: 'no limit for one tick', body: ring, minimum: 0 },
  { name: 'lease', what: 'looks once and never again', body: lease, minimum: 0 },
  { name: 'stale read', what: 'takes time for proof', body: staleRead, minimum: 0 },
  { name: 'failure detector', what: 'slow is not dead', body: failureDetector, minimum: 0 },
  { name: 'majority', what: 'drops slow replicas below a majority', body: majority, minimum: 0 },
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
  ...races,
]
