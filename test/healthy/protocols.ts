/** Every healthy protocol. */
import { bank } from './bank.ts'
import { caching } from './caching.ts'
import { commit } from './commit.ts'
import { election } from './election.ts'
import { gossip } from './gossip.ts'
import type { Healthy } from './kit.ts'
import { leases } from './leases.ts'
import { ordered } from './ordered.ts'
import { queue } from './queue.ts'
import { replication } from './replication.ts'
import { saga } from './saga.ts'

export const protocols: readonly Healthy[] = [
  ...[commit, replication, caching, ordered, leases],
  ...[queue, gossip, saga, election, bank],
]
