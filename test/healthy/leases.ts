/** Leases with fencing (Kleppmann, 2016): who holds the lease counts; whoever believes so for too long is refused. */
import type { SimulationNode as Node } from '../../src/world/door.ts'
import { type Healthy, pause, tried } from './kit.ts'

interface Grant {
  readonly token: number
}
interface Stamp {
  readonly token: number
  /** Number of the operation under that token. */
  readonly sequence: number
}

const goal = 12

export const leases: Healthy = {
  name: 'leases with fencing',
  bug: 'the store takes no notice of the token',
  body: async (sim, isBroken) => {
    const locks = sim.node('locks')
    let [token, holder, until] = [0, '', 0]
    locks.bus.handle('acquire', (who: string): Grant | undefined => {
      if (performance.now() < until) return undefined
      holder = who
      until = performance.now() + 250
      return { token: ++token }
    })
    locks.bus.handle('renew', (given: number) => {
      if (given !== token || performance.now() >= until) return false
      until = performance.now() + 250
      return true
    })

    const store = sim.node('store')
    let [value, increments] = [0, 0]
    let last: Stamp = { token: 0, sequence: 0 }
    const isLate = (stamp: Stamp): boolean => {
      if (isBroken) return false
      const isOlder = stamp.token < last.token || (stamp.token === last.token && stamp.sequence <= last.sequence)
      if (!isOlder) last = stamp
      return isOlder
    }
    store.bus.handle('read', (stamp: Stamp) => (isLate(stamp) ? undefined : value))
    store.bus.handle('write', ({ stamp, to }: { stamp: Stamp; to: number }) => {
      if (isLate(stamp)) return false
      value = to
      increments++
      return true
    })

    /** Counts as long as the lease is good by the node's own clock. */
    const hold = async (node: Node, given: number, asked: number): Promise<void> => {
      let ends = asked + 200
      const renew = async (): Promise<void> => {
        const began = performance.now()
        if (await tried(node.bus.request('locks', 'renew', given, { timeout: 100 }))) ends = began + 200
      }
      const beat = setInterval(() => void renew(), 60)
      for (let sequence = 1, turns = 0; performance.now() < ends && turns < 3; turns++) {
        const stamp = (): Stamp => ({ token: given, sequence: sequence++ })
        const before = await tried(node.bus.request<number | undefined>('store', 'read', stamp(), { timeout: 100 }))
        if (before === undefined) continue
        await pause(Math.random() * 60)
        if (before < goal && performance.now() < ends)
          await tried(node.bus.request('store', 'write', { stamp: stamp(), to: before + 1 }, { timeout: 100 }))
      }
      clearInterval(beat)
    }
    for (const id of ['h1', 'h2', 'h3']) {
      sim.node(id, (node) => {
        void (async () => {
          for (;;) {
            const asked = performance.now()
            const grant = await tried(
              node.bus.request<Grant | undefined>('locks', 'acquire', node.id, { timeout: 100 }),
            )
            if (grant !== undefined) await hold(node, grant.token, asked)
            await pause(20 + Math.random() * 60)
          }
        })()
      })
    }

    sim.invariant('no increment is lost', () => value === increments || `${increments} increments, value ${value}`)
    await sim.sleep(800)
    await sim.eventually('the holders reach the goal', () => value === goal || `${holder} has come to ${value}`)
  },
}
