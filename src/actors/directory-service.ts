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
  bus.handle('$directory.prepare', whenReady((message: PrepareMessage) => host.prepare(message)))
  bus.handle('$directory.accept', whenReady((message: AcceptMessage) => host.accept(message)))
  bus.handle('$directory.look', whenReady((actor: string) => host.look(actor)))
  bus.handle('$directory.renew', whenReady(({ node: id, lease }: LeaseMessage) => host.renew(id, lease)))
  bus.handle('$directory.release', whenReady(({ node: id, lease }: LeaseMessage) => host.end(id, lease)))
  bus.handle('$directory.copy', whenReady(() => host.copy()))
  if (!blank) return
  void node.run(() => recover(node, host, system)).then(
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

/** Wait between two attempts to learn from the others, µs. */
const retryMicros = 200_000

/** Reads what any majority that this replica may take part in can know. */
async function recover(node: ActorNode, host: DirectoryHost, system: ActorSystem): Promise<void> {
  const others = system.hosts.filter((id) => id !== node.id)
  const { engine } = system
  if (others.length === 0) {
    // Nobody else knows: wait until every activation has lost its lease, then start with nothing.
    await engine.sleep(Math.round(leaseMs * 1000 * (1 + 2 * driftMargin)))
    return
  }
  const needed = majorityOf(system.hosts.length)
  for (;;) {
    const round = await askAll(others.length, Math.min(needed, others.length), (i) =>
      node.bus.request<HostCopy>(others[i] as string, '$directory.copy', undefined, { timeout: 1_000 }),
    )
    for (const { reply } of round.replies) host.merge(reply)
    if (round.majority) return
    await engine.sleep(retryMicros)
  }
}
