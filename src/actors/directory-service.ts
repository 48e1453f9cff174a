import { leaseMs } from './lease.ts'
import { type DirectoryHost, type HostCopy, driftMargin } from './directory-host.ts'
import type { ActorNode } from './node-actors.ts'
import type { ActorSystem } from './actor-system.ts'
import { askAll, majorityOf } from './quorum.ts'
import type { AcceptMessage, PrepareMessage } from './registration.ts'

/** Lets a node answer for its replica of the directory; a blank one (its disk was wiped) first learns from the others. */
export function serveDirectory(node: ActorNode, host: DirectoryHost, system: ActorSystem, blank: boolean): void {
  let ready = !blank
  const whenReady = <P, R>(answer: (payload: P) => R) => {
    return (payload: P): R => {
      if (!ready) throw new Error('this replica has lost its disk and is still learning')
      return answer(payload)
    }
  }
  const { bus } = node
  bus.handle(
    '$directory.prepare',
    whenReady((message: PrepareMessage) => host.prepare(message)),
  )
  bus.handle(
    '$directory.accept',
    whenReady((message: AcceptMessage) => host.accept(message)),
  )
  bus.handle(
    '$directory.look',
    whenReady((actor: string) => host.look(actor)),
  )
  bus.handle(
    '$directory.renew',
    whenReady(({ node: id, lease }: LeaseMessage) => host.renew(id, lease)),
  )
  bus.handle(
    '$directory.release',
    whenReady(({ node: id, lease }: LeaseMessage) => host.end(id, lease)),
  )
  bus.handle('$directory.copy', () => (ready ? host.copy() : blankReplica))
  if (!blank) return
  void node
    .run(() => recover(node, host, system))
    .then(
      () => {
        ready = true
      },
      () => {},
    )
}

interface LeaseMessage {
  readonly node: string
  readonly lease: number
}

const firstTimeoutMs = 500

/** Wait between two attempts to learn from the others, µs. */
const retryMicros = 200_000

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
  let timeout = firstTimeoutMs
  while (others.length > 0) {
    const round = await askAll(others.length, needed, (i) =>
      node.bus.request<HostCopy | typeof blankReplica>(others[i] as string, '$directory.copy', undefined, { timeout }),
    )
    let blank = 0
    for (const { reply } of round.replies) {
      if (reply === blankReplica) blank++
      else host.merge(reply)
    }
    if (round.majority && blank === 0) return
    if (round.majority) break
    timeout = Math.min(timeout * 2, 60_000)
    await engine.sleep(retryMicros)
  }
  await engine.sleep(Math.round(leaseMs * 1000 * (1 + 2 * driftMargin)))
}

/** What a replica answers that has lost its disk itself. */
const blankReplica = 'blank'
