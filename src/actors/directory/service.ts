import { sealed } from '../../bus/payload.ts'
import { answer, questions } from './questions.ts'
import { leaseMs } from './lease.ts'
import { firstBallot } from './ballot.ts'
import { type DirectoryHost, type HostCopy, driftMargin } from './host.ts'
import type { ActorNode } from '../actor-node.ts'
import type { ActorSystem } from '../actor-system.ts'
import { askAll, majorityOf } from './quorum.ts'

/** Lets a node answer for its replica of the directory; a blank one (its disk was wiped) first learns from the others. */
export function serveDirectory(node: ActorNode, host: DirectoryHost, system: ActorSystem): void {
  for (const question of questions) {
    node.bus.handleSystem(question, (payload) => sealed(answer(host, question, payload)))
  }
  node.bus.handleSystem('$directory.copy', (floor: number) => (host.blank ? blankReplica : host.copyAbove(floor)))
  if (!host.blank) return
  void node.execute(() => recover(node, host, system)).catch(() => {})
}

const firstTimeoutMs = 500
const longestTimeoutMs = 4_000

/** Wait between two attempts to learn from the others, µs. */
const retryMicros = 200_000

/** What a replica answers that has lost its disk itself. */
const blankReplica = 'blank'

/**
 * Reads what any majority that this replica may take part in can know.
 *
 * When too many others have lost their disks, too, nobody knows: then it waits until every activation must have lost its
 * lease (a blank replica renews none) and starts with what is left. A directory survives the crash of any of its hosts;
 * it survives the loss of a disk only while a majority keeps theirs.
 */
async function recover(node: ActorNode, host: DirectoryHost, system: ActorSystem): Promise<void> {
  const others = system.hosts.filter((id) => id !== node.id)
  const needed = Math.min(majorityOf(system.hosts.length), others.length)
  const { engine } = system
  const floor = firstBallot(system.nextEpoch())
  host.raise(floor)
  let timeout = firstTimeoutMs
  while (others.length > 0) {
    const round = await askAll(others.length, needed, (i) =>
      node.bus.ask<HostCopy | typeof blankReplica>(others[i] as string, '$directory.copy', floor, timeout),
    )
    let blank = 0
    for (const reply of round.replies) {
      if (reply === blankReplica) blank++
      else host.merge(reply)
    }
    if (round.majority && blank === 0) {
      host.blank = false
      return
    }
    if (round.majority) break
    timeout = Math.min(timeout * 2, longestTimeoutMs)
    await engine.sleep(retryMicros)
  }
  await engine.sleep(Math.round(leaseMs * 1000 * (1 + 2 * driftMargin)))
  host.blank = false
}
